"""Where a figure is a lower bound: the one place that says so in SQL, for site and assistants."""

from __future__ import annotations

# The measures of which the marts know how many people are missing.
_KNOWN = ("asylum_seekers_stock", "new_asylum_claims")


def is_lower_bound(rows: str, measure: str = "asylum_seekers_stock") -> str:
    """A SQL expression: whether the measure in a row of a yearly mart, which the query calls
    `rows`, is a lower bound. Never, where the marts do not know who is missing.
    """
    return f"(not coalesce({rows}.is_{measure}_complete, true))" if measure in _KNOWN else "false"
