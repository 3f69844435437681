"""From which year on a country's figures are loaded, where UNHCR's begin earlier.

A highest figure is then the highest since that year, and the true one may be earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import duckdb

Side = Literal["origin", "asylum"]
# Of a country that no query named: all that others have covers.
REST = "*"
_OTHER: dict[Side, Side] = {"origin": "asylum", "asylum": "origin"}


def loaded_from(side: Side) -> str:
    """SQL of a row for each country of a side, measure and interval in which the first years of
    the measure are not loaded: endpoint, code ("*": each country that has no rows of its own in
    `cells_of`), measure, valid_from, valid_to, and from_year, the first that is.

    A country's figures are its own totals, or the sum of its pairs where all of them are loaded.
    """
    return f"""
        with covered as ({cells_of(side)}),
        days as (select distinct endpoint, code, valid_from as day from covered),
        begun as (
            select
                days.endpoint, days.code, days.day as valid_from, min(from_year) as from_year
            from days
            inner join covered using (endpoint, code)
            where
                covered.valid_from <= days.day
                and (covered.valid_to > days.day or covered.valid_to is null)
            group by days.endpoint, days.code, days.day
        ),
        changed as (
            select * from begun
            qualify
                from_year is distinct from
                lag(from_year) over (partition by endpoint, code order by valid_from)
        ),
        standing as (
            select
                *,
                lead(valid_from) over (partition by endpoint, code order by valid_from) as valid_to
            from changed
        )
        select
            standing.endpoint, standing.code, measures.measure, standing.valid_from,
            standing.valid_to, standing.from_year
        from standing
        inner join measures using (endpoint)
        where standing.from_year > measures.first_{side}_year
    """


def cells_of(side: Side) -> str:
    """SQL of what is loaded of each country of a side: endpoint, code ("*": each that has no rows
    of its own), from_year, valid_from, valid_to.
    """
    return f"""
        select endpoint, {side}_cell as code, from_year, valid_from, valid_to
        from coverage_in_force
        where slice = 'by_{side}' or (slice = 'pairs' and covers_all_{_OTHER[side]}s)
    """


def since_by_code(con: duckdb.DuckDBPyConnection, side: Side) -> Since:
    """The same of the newest figures."""
    found: dict[str, dict[str, int | None]] = {}
    cells = f"""
        select distinct code, measure from ({cells_of(side)}) inner join measures using (endpoint)
    """
    for code, measure in con.execute(cells).fetchall():
        found.setdefault(code, {})[measure] = None
    newest = f"select code, measure, from_year from ({loaded_from(side)}) where valid_to is null"
    for code, measure, year in con.execute(newest).fetchall():
        found[code][measure] = year
    return Since(found)


class Since:
    """The first year loaded of each measure whose first years are not, by country."""

    def __init__(self, by_code: Mapping[str, Mapping[str, int | None]]) -> None:
        self._by_code = by_code

    def of(self, code: str) -> dict[str, int]:
        """By measure; empty where all years are loaded, or where nothing is."""
        known = {**self._by_code.get(REST, {}), **self._by_code.get(code, {})}
        return {measure: year for measure, year in known.items() if year is not None}
