"""Where a figure is a lower bound: the one place that says so, for site, report and assistants.

A lower bound of 0 says nothing: UNHCR writes 0 for years before it knew origins, too.
"""

from __future__ import annotations

from typing import Any

from warehouse.core.database import identifier

# The measures of which the marts know how many people are missing.
_KNOWN = ("asylum_seekers_stock", "new_asylum_claims")


def is_lower_bound(rows: str, measure: str = "asylum_seekers_stock") -> str:
    """A SQL expression: whether the measure in a row of a yearly mart, which the query calls
    `rows`, is a lower bound above 0. Never, where the marts do not know who is missing.
    """
    if measure not in _KNOWN:
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


def with_what_is_known(row: dict[str, Any]) -> dict[str, Any]:
    """The same of a row read from such a mart; whether nothing is complete is not asked."""
    unknown = [m for m in _KNOWN if row[m] == 0 and row[f"is_{m}_complete"] is False]
    return row | dict.fromkeys([*unknown, *(f"is_{m}_complete" for m in unknown)])
