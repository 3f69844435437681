"""The report as text: what is bold, and how notes and counts are told."""

from __future__ import annotations

from datetime import date
from typing import Any

from warehouse.exports import plaintext
from warehouse.exports.findings import Findings
from warehouse.exports.findings.claims import Claim, Document
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
SECTIONS = (
    *("years", "revisions", "carried_forward", "destinations", "eras", "unrwa", "others", "moved"),
    *("notes", "unknown"),
)
FIGURE = Figure(
    "at least 99,716",
    "asylum-seekers",
    "stock",
    ("highest: 180,960 in 2024", "2025, United States: no origin given (2,250 the year before)."),
)


def rendered(**given: Any) -> list[str]:
    about = ABOUT | given.pop("about", {})
    sections = [Section(name, name) for name in SECTIONS]
    found = Findings(Origin("CHN", "CHI", "China", "China"), about, sections=sections, **given)
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


def claim(meaning: str, *flags: str) -> Claim:
    return Claim(
        document_id="a", document="A", claim_id="1", paraphrase="", location="", counted="",
        reading="", stated="5", on_the_day="5", release_on_the_day=None, newest="5", as_flow=None,
        meaning=meaning, release=None, change=None, verdict="misleading", flags=flags,
        explanation="",
    )  # fmt: skip


def document(**verdicts: int) -> Document:
    return Document("a", "Title", "Publisher", date(2026, 1, 8), verdicts, sum(verdicts.values()),
                    None)  # fmt: skip


def test_verdicts_are_counted_so_that_no_comma_within_one_ends_it() -> None:
    assert document(confirmed=14, confirmed_since_revised=1, misstated=1).counted == (
        "16\u00a0claims: 14 confirmed; 1 confirmed, later revised; 1 misstated"
    )
    assert document(not_reproduced=1).counted == "1\u00a0claim: 1 not reproduced"


def test_what_a_figure_counts_is_told_once_beside_its_verdict() -> None:
    given = claim("stock_read_as_flow", "stock_read_as_flow", "figure_is_lower_bound")
    lines = rendered(figures=[FIGURE], documents=[document(misleading=1)], claims=[given])
    assert "Claim 1: misleading: a stock read as a flow (a lower bound)." in lines
    assert "1\u00a0claim: 1 misleading." in lines
    assert claim("stock_read_as_flow", "stock_read_as_flow").flag_words == ()
    # Where it counts something else besides, that is told.
    assert claim("stocks_added_up", "stock_read_as_flow", "stocks_added_up").flag_words == (
        "a stock read as a flow",
    )
