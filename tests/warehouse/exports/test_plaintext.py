"""The report as text: what is bold, and how notes and counts are told."""

from __future__ import annotations

from typing import Any

from warehouse.exports import plaintext
from warehouse.exports.findings import Findings
from warehouse.exports.findings.parts import Figure, Section
from warehouse.exports.origins import Origin

ABOUT = {
    "release": "2025-12.1",
    "source": "UNHCR",
    "how_to_cite": "UNHCR, release 2025-12.1.",
    "licence": "CC-BY-4.0",
    "licence_address": "https://creativecommons.org",
    "terms_address": "https://www.unhcr.org",
    "other_providers": "World Bank.",
    "retrieved_at": "2026-06-26T00:00:00Z",
    "built_at": "2026-06-26T00:00:00Z",
    "project": "asylum-warehouse",
    "endorsement": "Not endorsed by UNHCR.",
}
SECTIONS = ("years", "revisions", "carried_forward", "destinations", "eras", "unrwa", "notes")
FIGURE = Figure(
    "at least 99,716",
    "asylum-seekers",
    "stock",
    ("highest: 180,960 in 2024", "2025, United States: no origin given (2,250 the year before)."),
)


def rendered(**given: Any) -> list[str]:
    about = ABOUT | given.pop("about", {})
    sections = [Section(name, name) for name in SECTIONS]
    found = Findings(Origin("CHN", "CHI", "China"), about, sections=sections, **given)
    return plaintext.render(found).splitlines()


def test_what_is_held_back_stands_first_and_bold() -> None:
    held_back = "demographics: 2025-12.1 is held back *now*\nrefugees: 2025-12.1 is held back"
    lines = rendered(about={"held_back": held_back}, figures=[FIGURE])
    assert lines[:4] == [
        "**demographics: 2025-12.1 is held back \\*now\\***",
        "",
        "**refugees: 2025-12.1 is held back**",
        "",
    ]
    assert rendered(figures=[FIGURE])[0] == "# People from China who seek asylum abroad"


def test_a_note_that_is_a_sentence_is_a_clause_where_notes_are_one_line() -> None:
    last = Figure(FIGURE.value, FIGURE.counts, FIGURE.nature, FIGURE.notes[::-1])
    for figure in (FIGURE, last):
        [line] = [line for line in rendered(figures=[figure]) if line.startswith("- **at least")]
        assert line == (
            f"- **at least 99,716** asylum-seekers (stock); "
            f"{'; '.join(note.removesuffix('.') for note in figure.notes)}"
        )
        assert ".;" not in line
