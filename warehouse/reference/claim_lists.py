"""Kinds, verdicts, meanings and flags of claims: the seeds that say what each is, read for Python.

SQL, documentation and charts read the same files. Whoever shows a verdict takes its words and its
severity from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from warehouse.reference.seeds import read_seed


@dataclass(frozen=True)
class ClaimKind:
    """What a claim can state: its columns besides those of every claim, and how many years it is
    about ("one", "several" or "any"). `must_state`: a value or bounds are needed.
    """

    label: str
    meaning: str
    unit: str
    needed: frozenset[str]
    allowed: frozenset[str]
    years: str
    must_state: bool
    is_compared_with_base: bool


@dataclass(frozen=True)
class ClaimVerdict:
    """What can come of a claim. `severity` is good, warning, bad or unknown."""

    label: str
    meaning: str
    severity: str
    colour: str


@dataclass(frozen=True)
class ClaimMeaning:
    """What the figure of a claim counts, beside what the document says that it counts."""

    label: str
    meaning: str


@dataclass(frozen=True)
class ClaimFlag:
    """What can qualify a claim, whatever its verdict."""

    label: str
    meaning: str


@cache
def kinds() -> Mapping[str, ClaimKind]:
    """The kinds by name, in their order."""
    return {
        row["kind"]: ClaimKind(
            label=row["label"],
            meaning=row["meaning"],
            unit=row["unit"],
            needed=frozenset(row["needed_columns"].split()),
            allowed=frozenset(row["allowed_columns"].split()),
            years=row["years"],
            must_state=row["must_state"] == "true",
            is_compared_with_base=row["is_compared_with_base"] == "true",
        )
        for row in _rows("claim_kinds")
    }


@cache
def verdicts() -> Mapping[str, ClaimVerdict]:
    """The verdicts by name, in their order."""
    return {
        row["verdict"]: ClaimVerdict(row["label"], row["meaning"], row["severity"], row["colour"])
        for row in _rows("claim_verdicts")
    }


@cache
def meanings() -> Mapping[str, ClaimMeaning]:
    """What a figure can count, by name, in their order."""
    return {
        row["meaning_verdict"]: ClaimMeaning(row["label"], row["meaning"])
        for row in _rows("claim_meanings")
    }


@cache
def flags() -> Mapping[str, ClaimFlag]:
    """The flags by name, in their order."""
    return {row["flag"]: ClaimFlag(row["label"], row["meaning"]) for row in _rows("claim_flags")}


@cache
def choices() -> Mapping[str, tuple[str, ...]]:
    """The words that a column of a claim may hold, by column, in their order."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("claim_choices"):
        found[row["column_name"]] = (*found.get(row["column_name"], ()), row["choice"])
    return found


def _rows(seed: str) -> list[dict[str, str]]:
    return sorted((row for _, row in read_seed(seed)), key=lambda row: int(row["sort_order"]))
