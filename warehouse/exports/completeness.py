"""Where a figure is a lower bound: the one place that says so in SQL, for site and assistants."""

from __future__ import annotations

from warehouse.core.database import identifier

# The measures of which the marts know how many people are missing.
_KNOWN = ("asylum_seekers_stock", "new_asylum_claims")


def is_lower_bound(rows: str, measure: str = "asylum_seekers_stock") -> str:
    """A SQL expression: whether the measure in a row of a yearly mart, which the query calls
    `rows`, is a lower bound. Never, where the marts do not know who is missing.
    """
    if measure not in _KNOWN:
        return "false"
    return f"(not coalesce({rows}.{identifier(f'is_{measure}_complete')}, true))"
