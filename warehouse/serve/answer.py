"""What a newcomer asks first: an origin's years and its newest destinations."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

_YEARS = """
    with persons as (
        select * from mart_origin_yearly where origin_iso3 = $origin and counting_unit = 'persons'
    ),
    cases as (
        select * from mart_origin_yearly where origin_iso3 = $origin and counting_unit = 'cases'
    )
    select
        reference_year,
        coalesce(persons.is_population_provisional, false),
        coalesce(persons.is_applications_provisional, false)
        or coalesce(cases.is_applications_provisional, false),
        persons.asylum_seekers_stock,
        persons.asylum_seekers_stock_change,
        persons.asylum_seekers_stock_change_rate,
        persons.applications_new,
        cases.applications_new,
        persons.refugee_recognition_rate,
        cases.refugee_recognition_rate
    from persons full outer join cases using (reference_year)
    -- From the first year with anybody: UNHCR writes zeros back to 1951, before it counted.
    where reference_year >= (
        select min(reference_year) from mart_origin_yearly
        where origin_iso3 = $origin and (asylum_seekers_stock > 0 or applications_new > 0)
    )
    order by reference_year
"""

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
        asylum_seekers_share,
        is_population_provisional
    from pairs inner join newest using (reference_year)
    where row_kind = 'pair'
    order by asylum_seekers_rank, asylum_name
    limit $count
"""

_NAME = """
    select any_value(origin_name), string_agg(distinct release_id, ', ' order by release_id)
    from mart_origin_yearly where origin_iso3 = $origin
"""

_KNOWN = (
    "select distinct origin_iso3 from mart_origin_yearly where origin_iso3 is not null order by 1"
)


@dataclass(frozen=True)
class Year:
    """One year of an origin. Stocks are persons at the end of the year (or at mid-year, while
    provisional); applications and rates come twice, over persons and over cases, never added.
    """

    year: int
    is_stock_provisional: bool
    are_applications_provisional: bool
    stock: int | None
    change: int | None
    change_rate: float | None
    new_persons: int | None
    new_cases: int | None
    recognition_persons: float | None
    recognition_cases: float | None


@dataclass(frozen=True)
class Destination:
    """One country of asylum in the newest year: stock in persons, share of the origin's total."""

    year: int
    rank: int
    name: str | None
    stock: int
    share: float | None
    is_provisional: bool


@dataclass(frozen=True)
class OriginAnswer:
    """All that is shown for one origin; without years when nothing is known of it."""

    iso3: str
    name: str | None
    releases: str | None
    years: list[Year] = field(default_factory=list)
    destinations: list[Destination] = field(default_factory=list)
    known_origins: list[str] = field(default_factory=list)


def answer(con: duckdb.DuckDBPyConnection, iso3: str, destinations: int = 5) -> OriginAnswer:
    """Ask an opened published file about an origin by its ISO 3166-1 alpha-3 code.

    `known_origins` is filled only when there is nothing on this one.
    """
    given = {"origin": iso3}
    [(name, releases)] = con.execute(_NAME, given).fetchall()
    years = [Year(*row) for row in con.execute(_YEARS, given).fetchall()]
    first = con.execute(_DESTINATIONS, given | {"count": destinations}).fetchall()
    known = [] if years else [code for (code,) in con.execute(_KNOWN).fetchall()]
    return OriginAnswer(
        iso3=iso3,
        name=name,
        releases=releases,
        years=years,
        destinations=[Destination(*row) for row in first],
        known_origins=known,
    )
