"""The first answer for a newcomer: an origin's years and its newest destinations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from warehouse.exports.origin_years import (
    Break,
    OriginYear,
    breaks_of,
    by_year,
    if_distributed,
    origin_rows,
    since_counted,
)
from warehouse.exports.origins import Origin, find_origin

_DESTINATIONS = """
    with pairs as (
        select * from mart_destination_yearly
        where origin_iso3 = $origin and counting_unit = 'persons' and asylum_seekers_stock > 0
    ),
    newest as (
        select max(reference_year) as reference_year from pairs where row_kind = 'pair'
    )
    select
        reference_year,
        asylum_seekers_rank,
        asylum_name,
        asylum_seekers_stock,
        is_asylum_seekers_stock_complete,
        asylum_seekers_share,
        new_asylum_claims,
        is_new_asylum_claims_complete,
        is_population_provisional
    from pairs inner join newest using (reference_year)
    where row_kind = 'pair'
    order by asylum_seekers_rank, asylum_name
    limit $count
"""

_KNOWN = (
    "select distinct origin_iso3 from mart_origin_yearly where origin_iso3 is not null order by 1"
)


@dataclass(frozen=True)
class Year:
    """One year of an origin. `claimed`: people who claimed asylum within the year, a lower bound
    where not `is_complete`; stocks are persons at the end of the year (or at mid-year, while
    provisional), lower bounds where not `is_stock_complete`, and their change is none of people
    where not `is_change_comparable`; rates come twice, over persons and over cases.
    """

    year: int
    is_stock_provisional: bool
    are_claims_provisional: bool
    claimed: int | None
    is_complete: bool | None
    stock: int | None
    is_stock_complete: bool | None
    change: int | None
    change_rate: float | None
    is_change_comparable: bool | None
    recognition_persons: float | None
    recognition_cases: float | None


@dataclass(frozen=True)
class Destination:
    """One country of asylum in the newest year: stock in persons, a lower bound where not
    `is_stock_complete`, share of the origin's total, people who claimed asylum within the year.
    """

    year: int
    rank: int
    name: str | None
    stock: int
    is_stock_complete: bool | None
    share: float | None
    claimed: int | None
    is_complete: bool | None
    is_provisional: bool


@dataclass(frozen=True)
class OriginAnswer:
    """All that is shown for one origin; without years when nothing is known of it."""

    origin: Origin
    releases: str | None
    years: list[Year] = field(default_factory=list)
    destinations: list[Destination] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    known_origins: list[str] = field(default_factory=list)


def answer(con: duckdb.DuckDBPyConnection, iso3: str, destinations: int = 5) -> OriginAnswer:
    """Ask an opened published file about an origin by its ISO 3166-1 alpha-3 code.

    `known_origins` is filled only when there is nothing on this one.
    """
    rows = origin_rows(con, iso3)
    years = since_counted(by_year(rows), "asylum_seekers_stock", "new_asylum_claims")
    first = con.execute(_DESTINATIONS, {"origin": iso3, "count": destinations}).fetchall()
    known = [] if years else [code for (code,) in con.execute(_KNOWN).fetchall()]
    releases = sorted({row["release_id"] for row in rows if row["release_id"]})
    return OriginAnswer(
        origin=find_origin(con, iso3),
        releases=", ".join(releases) or None,
        years=[_year(year) for year in years],
        destinations=[Destination(*row) for row in first],
        breaks=_breaks(years, breaks_of(con, iso3)) if years else [],
        known_origins=known,
    )


def _breaks(years: Sequence[OriginYear], breaks: Sequence[Break]) -> list[str]:
    """Of the newest two years, the largest part that is missing in each figure; of the newest, what
    it would be.
    """
    said: list[str] = []
    for year in years[:-3:-1]:
        for measure in ("new_asylum_claims", "asylum_seekers_stock"):
            if year.persons[f"is_{measure}_complete"] is not False:
                continue
            missing = [
                found.sentence
                for found in breaks
                if found.makes_incomplete and (found.year, found.measure) == (year.year, measure)
            ]
            estimate = if_distributed(year.persons, measure)
            said += [*missing[:1], *([estimate] if estimate and year is years[-1] else [])]
    return said


def _year(found: OriginYear) -> Year:
    persons, cases = found.persons, found.cases
    return Year(
        year=found.year,
        is_stock_provisional=bool(persons["is_population_provisional"]),
        are_claims_provisional=bool(persons["is_flows_provisional"]),
        claimed=persons["new_asylum_claims"],
        is_complete=persons["is_new_asylum_claims_complete"],
        stock=persons["asylum_seekers_stock"],
        is_stock_complete=persons["is_asylum_seekers_stock_complete"],
        change=persons["asylum_seekers_stock_change"],
        change_rate=persons["asylum_seekers_stock_change_rate"],
        is_change_comparable=persons["is_asylum_seekers_stock_change_comparable"],
        recognition_persons=persons["refugee_recognition_rate"],
        recognition_cases=cases["refugee_recognition_rate"],
    )
