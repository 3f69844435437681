"""Breaks of reporting as a list that a person can judge: the thresholds, and all that they find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.core.database import literal, named_rows
from warehouse.published.read import release_on

_KINDS = """
    select
        kind, persons_from, share_from, share_is_of, pairs_from, years_from, differs_up_to_share
    from break_kinds
    order by sort_order
"""
_COLUMNS = """
    select
        breaks.reference_year, breaks.asylum_name, breaks.measure, breaks.kind,
        breaks.persons, breaks.share, breaks.note
"""
_CHOSEN = """
    inner join break_kinds using (kind)
    where
        ($asylum is null or breaks.asylum_iso3 = $asylum)
        and ($kind is null or breaks.kind = $kind)
        and breaks.reference_year >= coalesce($from_year, 0)
    order by breaks.reference_year desc, break_kinds.sort_order, breaks.persons desc,
        breaks.asylum_name, breaks.asylum_unhcr_code, breaks.measure, breaks.counting_unit
"""


@dataclass(frozen=True)
class Threshold:
    """A kind of break, and from what size on there is one.

    persons_from persons (or cases), and where it is given: the fraction share_from of what
    share_is_of says, pairs_from large pairs that repeat, in a total that differs by the fraction
    differs_up_to_share at most, years_from years restated together.
    """

    kind: str
    persons_from: int
    share_from: float | None
    share_is_of: str | None
    pairs_from: int | None
    years_from: int | None
    differs_up_to_share: float | None


@dataclass(frozen=True)
class Found:
    """One break: how many persons (or cases) it is about, and which share of the figure."""

    year: int
    country: str
    measure: str
    kind: str
    persons: int
    share: float
    note: str


def thresholds(con: duckdb.DuckDBPyConnection) -> list[Threshold]:
    """The kinds of breaks, in their order."""
    return [Threshold(**row) for row in named_rows(con.execute(_KINDS))]


def breaks(
    con: duckdb.DuckDBPyConnection,
    *,
    asylum: str | None = None,
    kind: str | None = None,
    from_year: int | None = None,
    as_of: date | None = None,
) -> list[Found]:
    """The breaks of an opened published file, newest year first; as of a day those known on it.

    Raises NoReleaseError when no release was out on that day.
    """
    table = "mart_reporting_breaks"
    if as_of is not None:
        release_on(con, as_of)
        table = f"reporting_breaks_as_of({literal(as_of.isoformat())})"
    given = {"asylum": asylum, "kind": kind, "from_year": from_year}
    return [
        Found(*row)
        for row in con.execute(f"{_COLUMNS} from {table} as breaks {_CHOSEN}", given).fetchall()
    ]
