"""What the documents show is what a reader gets: their queries are run on the starter build."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tests.cookbooks import (
    STARTER,
    WIDTH,
    Question,
    Shown,
    check,
    lines,
    questions,
    shown_in,
)
from warehouse.cli.app import app
from warehouse.serve.query import open_session
from warehouse.settings import Settings

README, REVISIONS = shown_in("README.md"), shown_in("docs/revisions.md")
BREAKS = shown_in("docs/breaks.md")
# The others of it are of the ten releases: test_ten_releases.py in full_scale.
OUTLOOK = [shown for shown in shown_in("docs/outlook.md") if shown.section == STARTER]

COOKBOOK, WORLD = questions("cookbook.md"), questions("cookbook-world.md")


@pytest.mark.parametrize(
    "shown",
    [*README, *REVISIONS, *BREAKS, *OUTLOOK],
    ids=lambda shown: f"{shown.document} {shown.number}",
)
def test_a_query_in_a_document_gives_what_is_shown(
    shown: Shown, published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(published_starter.data_dir))
    monkeypatch.setenv("COLUMNS", WIDTH)
    done = CliRunner().invoke(app, ["sql", "--format", "table", shown.query])
    assert done.exit_code == 0, done.output
    assert "\n0 rows" not in done.output
    if shown.output is not None:
        assert lines(done.output) == lines(shown.output)


def test_the_documents_have_queries_and_answers_to_be_tested() -> None:
    assert len(README) >= 4
    assert len([shown for shown in REVISIONS if shown.output]) >= 6
    assert len([shown for shown in BREAKS if shown.output]) >= 3
    assert [shown.output is not None for shown in OUTLOOK] == [True]


@pytest.mark.parametrize("asked", COOKBOOK, ids=lambda asked: f"question {asked.number}")
def test_a_question_of_the_cookbook_has_the_answer_that_is_shown(
    asked: Question, published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(asked, published_starter, monkeypatch)


def test_a_question_on_the_world_can_be_asked_of_the_starter_extract_too(
    published_starter: Settings,
) -> None:
    """Its answer is compared at full scale: test_ten_releases.py there."""
    queries = [asked.words[-1] for asked in WORLD if asked.words[0] == "sql"]
    assert len(queries) >= 30
    with open_session(published_starter) as session:
        for query in queries:
            [result] = session.run(query)
            session.head(result, 1)


def test_the_cookbooks_have_their_questions_numbered_through() -> None:
    assert [asked.number for asked in [*COOKBOOK, *WORLD]] == list(range(1, 70))
    assert all(asked.question.endswith("?") for asked in [*COOKBOOK, *WORLD])
