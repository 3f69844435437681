"""Where a figure is a lower bound: the one place that says so, for site, report and assistants.

A lower bound of 0 says nothing: UNHCR writes 0 for years before it knew origins, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from warehouse.core.database import identifier, literal

# The measures of which the marts know whether people are missing, and those among them whose 0 can
# be of a year of which nothing is known.
_KNOWN = ("asylum_seekers_stock", "new_asylum_claims")
_BOUNDED = (*_KNOWN, "refugees_stock")
# Breaks of a year in which people are missing whom no estimate distributes: nobody reported them.
_NOT_REPORTED = ("half_year_repeated", "not_reported")
# What a figure would be with the people without an origin distributed, and its range.
_ESTIMATES = tuple(f"{{}}_if_distributed_as_before{end}" for end in ("", "_low", "_high"))
# What is said of the change of a measure since the year before.
_CHANGE = (
    *("{}_change", "{}_change_rate", "{}_change_breaks"),
    *("is_{}_change_comparable", "is_{}_change_on_small_count"),
)
# Rows of a yearly mart that differ in the year alone.
_SERIES = ("origin_unhcr_code", "asylum_unhcr_code", "counting_unit")


def is_lower_bound(rows: str, measure: str = "asylum_seekers_stock") -> str:
    """A SQL expression: whether the measure in a row of a yearly mart, which the query calls
    `rows`, is a lower bound above 0. Never, where the marts do not know who is missing.
    """
    if measure not in _BOUNDED:
        return "false"
    return (
        f"({rows}.{identifier(measure)} > 0 and "
        f"not coalesce({rows}.{identifier(f'is_{measure}_complete')}, true))"
    )


def known(rows: str, measure: str) -> str:
    """A SQL expression: the measure in such a row, NULL where it is a lower bound of 0."""
    column = f"{rows}.{identifier(measure)}"
    if measure not in _KNOWN:
        return column
    complete = f"coalesce({rows}.{identifier(f'is_{measure}_complete')}, true)"
    return f"if({column} = 0 and not {complete}, null, {column})"


def estimate(rows: str, measure: str, end: str = "") -> str:
    """A SQL expression: what the measure would be in such a row with the people without an origin
    distributed, or an `end` of its range (_low, _high); NULL in a year in which others are missing.
    """
    breaks = f"string_split(coalesce({rows}.{measure}_change_breaks, ''), ', ')"
    kinds = ", ".join(literal(kind) for kind in _NOT_REPORTED)
    column = f"{rows}.{identifier(f'{measure}_if_distributed_as_before{end}')}"
    return f"if(list_has_any({breaks}, [{kinds}]), null, {column})"


def with_what_is_known(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same of rows read from such a mart, a country's years one after another: whether nothing
    is complete is not asked, a change to or from what is not known is not known, and nothing is
    estimated of a year in which people are missing who were not reported.
    """
    before: dict[tuple[Any, ...], tuple[int, list[str]]] = {}
    for row in rows:
        unknown = [m for m in _KNOWN if row[m] == 0 and row[f"is_{m}_complete"] is False]
        series = tuple(row.get(column) for column in _SERIES)
        year, unknown_before = before.get(series, (None, []))
        if year is None or year + 1 != row["reference_year"]:
            unknown_before = []
        before[series] = (row["reference_year"], unknown)
        of_part = [
            m
            for m in _KNOWN
            if {*(row.get(f"{m}_change_breaks") or "").split(", ")}.intersection(_NOT_REPORTED)
        ]
        yield row | dict.fromkeys(
            [
                *unknown,
                *(f"is_{m}_complete" for m in unknown),
                *(ending.format(m) for m in {*unknown, *unknown_before} for ending in _CHANGE),
                *(ending.format(m) for m in of_part for ending in _ESTIMATES),
            ]
        )
