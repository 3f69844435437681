"""The years of one origin, and what they lack: the queries behind terminal, report and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.core.database import named_rows

_ROWS = """
    select * from mart_origin_yearly
    where coalesce(origin_iso3, origin_unhcr_code) = $origin
    order by reference_year, counting_unit desc
"""
# Of countries of asylum that had people of the origin in the year before.
_GAPS = """
    select gaps.reference_year, gaps.dataset, countries.country_name, gaps.note
    from reporting_gaps as gaps
    inner join dim_country as countries on gaps.asylum_iso3 = countries.iso3
    where exists (
        select 1
        from mart_destination_yearly as before
        where
            before.asylum_iso3 = gaps.asylum_iso3
            and coalesce(before.origin_iso3, before.origin_unhcr_code) = $origin
            and before.reference_year = gaps.reference_year - 1
            and if(
                gaps.dataset = 'population', before.asylum_seekers_stock, before.new_asylum_claims
            ) > 0
    )
    order by gaps.reference_year desc, gaps.dataset, countries.country_name
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
    """The rows of an origin in mart_origin_yearly, oldest year first, persons before cases."""
    return named_rows(con.execute(_ROWS, {"origin": code}))


@dataclass(frozen=True)
class Gap:
    """What a country of asylum did not report of a year, so that figures are lower bounds."""

    year: int
    dataset: str
    country: str
    note: str

    @property
    def sentence(self) -> str:
        """The gap, to be shown under figures."""
        return f"{self.year}, {self.country}: {self.note}."


def gaps_of(con: duckdb.DuckDBPyConnection, code: str) -> list[Gap]:
    """What is known to be missing of an origin's claims and stocks, newest year first."""
    return [Gap(*row) for row in con.execute(_GAPS, {"origin": code}).fetchall()]


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
