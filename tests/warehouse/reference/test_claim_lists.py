"""Kinds, verdicts and flags are told alike by all who tell them: each is a row of a seed."""

from __future__ import annotations

import re

import pytest

from warehouse.reference.claim_lists import ClaimKind, flags, kinds, verdicts
from warehouse.reference.claims import CLAIM_COLUMNS
from warehouse.settings import PROJECT_ROOT

# Where a verdict may be called by its name: where it is given, counted or tested, and where a query
# or its answer shows it.
NAMED_IN = re.compile(
    r"seeds/reference/.*|tests/.*|docs/.*|README\.md|dbt_project/models/marts/claims/.*"
    r"|dbt_project/models/intermediate/claims/.*"
)
SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".md", ".html", ".css", ".js"}


def table_under(title: str) -> list[list[str]]:
    """The cells of the first table after a title of docs/claims.md, without its head."""
    text = (PROJECT_ROOT / "docs" / "claims.md").read_text("utf-8").partition(title)[2]
    lines = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert lines is not None, title
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines[0].splitlines()[2:]
    ]  # fmt: skip


def names(columns: frozenset[str]) -> set[str]:
    return {f"`{name}`" for name in columns}


def test_the_documentation_tells_verdicts_and_flags_as_the_seeds_do() -> None:
    assert table_under("## Verdicts") == [
        [f"`{name}`", verdict.label, verdict.meaning] for name, verdict in verdicts().items()
    ]
    assert table_under("## Flags") == [
        [f"`{name}`", flag.label, flag.meaning] for name, flag in flags().items()
    ]


def test_the_documentation_tells_kinds_as_the_seed_does() -> None:
    told = {row[0].strip("`"): row[1:] for row in table_under("## A document more")}
    assert list(told) == list(kinds())
    for name, kind in kinds().items():
        meaning, needed, allowed, unit = told[name]
        assert (meaning, unit) == (kind.meaning, kind.unit)
        assert set(filter(None, needed.split(", "))) == names(kind.needed)
        assert set(filter(None, allowed.split(", "))) == names(kind.allowed)


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_a_kind_asks_for_columns_that_claims_have(kind: ClaimKind) -> None:
    assert kind.needed | kind.allowed <= set(CLAIM_COLUMNS)
    assert not kind.needed & kind.allowed
    assert kind.years in {"one", "several", "any"}


def test_verdicts_are_marked_by_severity_and_have_a_colour_each() -> None:
    assert {one.severity for one in verdicts().values()} == {"good", "warning", "bad", "unknown"}
    colours = [one.colour for one in verdicts().values()]
    assert len(set(colours)) == len(colours)
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)


def test_what_can_be_shown_of_a_verdict_stands_nowhere_else() -> None:
    """Code that lists verdicts, flags or their colours would drift from the seeds."""
    listed = "|".join([
        *(name for name in (*verdicts(), *flags()) if name != "confirmed"),
        *(one.colour for one in verdicts().values()),
    ])  # fmt: skip
    found = [
        str(path.relative_to(PROJECT_ROOT))
        for folder in ("warehouse", "orchestration", "bi", "dbt_project", "deploy", "docs")
        for path in (PROJECT_ROOT / folder).rglob("*")
        if path.suffix in SUFFIXES
        and not path.is_relative_to(PROJECT_ROOT / "warehouse" / "data")
        and not NAMED_IN.fullmatch(str(path.relative_to(PROJECT_ROOT)))
        and re.search(listed, path.read_text("utf-8"))
    ]
    assert found == []
