"""Kinds of breaks of reporting: the seed that says what each is, read for Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from warehouse.reference.seeds import read_seed

YEAR_BEFORE = "_year_before"
# What is a break of no country of asylum.
_BESIDES = {
    "half_year": "half a year",
    "before_series": "no figures of origins or countries of asylum the year before",
}


@dataclass(frozen=True)
class BreakKind:
    """A way in which a series breaks because of how a country of asylum reports."""

    label: str
    meaning: str


@cache
def kinds() -> Mapping[str, BreakKind]:
    """The kinds by name, in their order."""
    rows = [row for _, row in read_seed("break_kinds")]
    rows.sort(key=lambda row: int(row["sort_order"]))
    return {row["kind"]: BreakKind(row["label"], row["meaning"]) for row in rows}


def in_words(codes: str) -> str:
    """The breaks of a `…_change_breaks` column as readers see them: labels, separated by commas."""
    return ", ".join(_label(code) for code in codes.split(", ") if code)


def _label(code: str) -> str:
    if code in _BESIDES:
        return _BESIDES[code]
    if code.endswith(YEAR_BEFORE):
        return f"{kinds()[code.removesuffix(YEAR_BEFORE)].label} the year before"
    return kinds()[code].label
