"""What the documents show is what a reader gets: their queries are run on the starter build."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from tests.cookbooks import FENCED, WIDTH, Question, check, lines, questions
from warehouse.cli.app import app
from warehouse.serve.query import open_session
from warehouse.settings import PROJECT_ROOT, Settings

_COMMAND = re.compile(r'asylum sql "([^"]+)"')


class Shown(NamedTuple):
    """A query in a document, and the answer printed under it, if one is."""

    document: str
    number: int
    query: str
    output: str | None


def shown_in(document: str) -> list[Shown]:
    text = (PROJECT_ROOT / document).read_text("utf-8")
    blocks = list(FENCED.finditer(text))
    found = []
    for block, after in zip_longest(blocks, blocks[1:]):
        queries = _COMMAND.findall(block[2]) if block[1] == "sh" else []
        # An answer stands right under its query.
        follows = after is not None and not text[block.end() : after.start()].strip()
        output = after[2] if after and follows and after[1] == "text" else None
        for query in queries:
            last = query == queries[-1]
            found.append(Shown(document, len(found) + 1, query, output if last else None))
    return found


README, REVISIONS = shown_in("README.md"), shown_in("docs/revisions.md")
BREAKS = shown_in("docs/breaks.md")


COOKBOOK, WORLD = questions("cookbook.md"), questions("cookbook-world.md")


@pytest.mark.parametrize(
    "shown", [*README, *REVISIONS, *BREAKS], ids=lambda shown: f"{shown.document} {shown.number}"
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
    assert [asked.number for asked in [*COOKBOOK, *WORLD]] == list(range(1, 69))
    assert all(asked.question.endswith("?") for asked in [*COOKBOOK, *WORLD])
