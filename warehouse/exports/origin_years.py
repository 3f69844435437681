"""The years of one origin, and what they lack: the queries behind terminal, report and charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.core.database import each_row
from warehouse.core.wording import show
from warehouse.exports.completeness import with_what_is_known
from warehouse.reference.break_kinds import in_words
from warehouse.reference.claims import label_within

_ROWS = """
    select * from mart_origin_yearly
    where
        coalesce(origin_iso3, origin_unhcr_code)
        = coalesce($origin, origin_iso3, origin_unhcr_code)
    order by coalesce(origin_iso3, origin_unhcr_code), reference_year, counting_unit desc
"""
# Of countries of asylum whose break bears on the origin's figure of the year.
_BREAKS = """
    select
        coalesce(origins.origin_iso3, origins.origin_unhcr_code) as origin,
        breaks.reference_year,
        breaks.measure,
        breaks.kind,
        breaks.asylum_name,
        breaks.note,
        coalesce(kinds.makes_incomplete, false) as makes_incomplete
    from mart_reporting_break_origins as origins
    inner join mart_reporting_breaks as breaks
        using (asylum_unhcr_code, measure, counting_unit, reference_year, kind)
    inner join break_kinds as kinds using (kind)
    inner join mart_origin_yearly as years
        using (origin_unhcr_code, counting_unit, reference_year)
    where
        coalesce(origins.origin_iso3, origins.origin_unhcr_code)
        = coalesce($origin, origins.origin_iso3, origins.origin_unhcr_code)
        and (
            breaks.measure in ('asylum_seekers_stock', 'new_asylum_claims', 'decisions_total')
            or breaks.kind in ('origin_dropped', 'estimate_replaced', 'origin_divided')
        )
        and breaks.kind not in ('definition_changed', 'asylum_divided')
        and origins.persons >= kinds.bears_from_share * coalesce(
            case breaks.measure
                when 'asylum_seekers_stock' then years.asylum_seekers_stock
                when 'refugees_stock' then years.refugees_stock
                when 'new_asylum_claims' then years.new_asylum_claims
                when 'decisions_total' then years.decisions_total
            end,
            0
        )
    order by
        breaks.reference_year desc, breaks.measure, kinds.makes_incomplete desc,
        origins.persons desc, breaks.asylum_name, breaks.asylum_unhcr_code, breaks.kind,
        breaks.counting_unit, origins.origin_unhcr_code
"""
_UNCERTAIN = """
    select coalesce(origin_iso3, origin_unhcr_code), list(distinct measure order by measure)
    from mart_origin_records
    where
        coalesce(origin_iso3, origin_unhcr_code)
        = coalesce($origin, origin_iso3, origin_unhcr_code)
        and counting_unit = 'persons'
        and not is_record_certain
    group by all
"""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class OriginYear:
    """One year: what is counted in persons, and what in cases. Of a row that is not there, every
    column is None.
    """

    year: int
    persons: Row
    cases: Row


def origin_rows(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    """The rows of an origin in mart_origin_yearly, oldest year first, persons before cases; what is
    a lower bound of 0 there is not known.
    """
    return list(rows_of_origins(con, code))


def rows_of_origins(
    con: duckdb.DuckDBPyConnection, code: str | None = None
) -> Iterator[dict[str, Any]]:
    """The same of all origins, in the order of their codes, or of one."""
    return with_what_is_known(each_row(con.execute(_ROWS, {"origin": code})))


@dataclass(frozen=True)
class Break:
    """How a country of asylum reported otherwise than before, so that a figure of the year is not
    like those before; `makes_incomplete` where people are missing in it.
    """

    year: int
    measure: str
    kind: str
    country: str
    note: str
    makes_incomplete: bool

    @property
    def sentence(self) -> str:
        """The break, to be shown under figures."""
        return f"{self.year}, {self.country}: {self.note}."


def breaks_of(con: duckdb.DuckDBPyConnection, code: str) -> list[Break]:
    """The breaks of reporting that bear on an origin's claims and stocks, newest year first; of
    refugees those that dropped or replaced its own number.
    """
    return breaks_by_origin(con, code).get(code, [])


def breaks_by_origin(
    con: duckdb.DuckDBPyConnection, code: str | None = None
) -> dict[str, list[Break]]:
    """The same of all origins, or of one, by code; one that has no breaks is left out."""
    found: dict[str, list[Break]] = {}
    for origin, *row in con.execute(_BREAKS, {"origin": code}).fetchall():
        found.setdefault(origin, []).append(Break(*row))
    return found


def may_be_higher_by_origin(
    con: duckdb.DuckDBPyConnection, code: str | None = None
) -> dict[str, frozenset[str]]:
    """Measures, in persons, of which another year may be higher than the highest reported, of all
    origins or of one, by code; an origin without any is left out.
    """
    return {
        origin: frozenset(measures)
        for origin, measures in con.execute(_UNCERTAIN, {"origin": code}).fetchall()
    }


def newest_year(con: duckdb.DuckDBPyConnection) -> int | None:
    """The newest year that a release loaded here describes."""
    found = con.execute(
        "select max(year(reference_date))::integer from dim_release where is_held"
    ).fetchall()
    return found[0][0] if found else None


def may_be_higher(con: duckdb.DuckDBPyConnection, code: str) -> frozenset[str]:
    """The same of one origin."""
    return may_be_higher_by_origin(con, code).get(code, frozenset())


# What an incomplete figure would be; the site's scripts fill in the same words. Before is the year
# before, or the last year before a country of asylum withheld origins.
ESTIMATE = (
    "about {about}{between}, if the people without an origin were of the same origins as before: "
    "an estimate"
)
BETWEEN = " (four times in five between {low} and {high})"


def if_distributed(row: Row, measure: str) -> str | None:
    """What an incomplete figure would be with the people without an origin, in a sentence; None
    where it is complete or nothing can be estimated.
    """
    estimate = row[f"{measure}_if_distributed_as_before"]
    if row[f"is_{measure}_complete"] is not False or estimate is None:
        return None
    low, high = (row[f"{measure}_if_distributed_as_before_{end}"] for end in ("low", "high"))
    between = (
        BETWEEN.format(low=_rounded(low), high=_rounded(high))
        if low is not None and high is not None and _rounded(low) != _rounded(high)
        else ""
    )
    return (
        f"{row['reference_year']}: {show(row[measure], 'count')} {label_within(measure)} were "
        f"reported; {ESTIMATE.format(about=_rounded(estimate), between=between)}."
    )


def not_comparable(row: Row, measure: str) -> str | None:
    """Why the change of a year is none of people, in words; None where it is comparable."""
    if row[f"is_{measure}_change_comparable"] is not False:
        return None
    return in_words(row[f"{measure}_change_breaks"])


def _rounded(value: int) -> str:
    """An estimate to three digits, so that it is not taken for a count."""
    digits = max(len(str(abs(value))) - 3, 0)
    return show(round(value, -digits), "count")


def by_year(rows: Iterable[Row]) -> list[OriginYear]:
    """The rows with both counting units of a year side by side."""
    found: dict[int, dict[str, Row]] = {}
    nothing: Row = {}
    for row in rows:
        nothing = nothing or dict.fromkeys(row)
        found.setdefault(row["reference_year"], {})[row["counting_unit"]] = row
    return [
        OriginYear(year, units.get("persons", nothing), units.get("cases", nothing))
        for year, units in found.items()
    ]


def since_counted(years: Sequence[OriginYear], *measures: str) -> list[OriginYear]:
    """The years from the first with anybody: UNHCR writes zeros back to 1951, before it counted."""
    for index, year in enumerate(years):
        if any(row[measure] for row in (year.persons, year.cases) for measure in measures):
            return list(years[index:])
    return []
