"""Where a figure is a lower bound: the one place that says so in SQL, for site and assistants."""

from __future__ import annotations


def stock_is_incomplete(rows: str) -> str:
    """A SQL expression: whether the stock of asylum-seekers in a row of a yearly mart, which the
    query calls `rows`, is a lower bound.
    """
    return f"(not coalesce({rows}.is_asylum_seekers_stock_complete, true))"
