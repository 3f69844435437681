"""What the documents show is what a reader gets: their queries are run on the starter build."""

from __future__ import annotations

import re
import shlex
from itertools import zip_longest
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from warehouse.cli.app import app
from warehouse.settings import PROJECT_ROOT, Settings

WIDTH = "120"
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r'asylum sql "([^"]+)"')


class Shown(NamedTuple):
    """A query in a document, and the answer printed under it, if one is."""

    document: str
    number: int
    query: str
    output: str | None


def shown_in(document: str) -> list[Shown]:
    text = (PROJECT_ROOT / document).read_text("utf-8")
    blocks = list(_FENCED.finditer(text))
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


def cookbook() -> list[tuple[str, list[str], str]]:
    """Each question with its command's words and its answer; no other blocks."""
    text = (PROJECT_ROOT / "docs/cookbook.md").read_text("utf-8")
    found = []
    for section in text.split("\n### ")[1:]:
        question = section.splitlines()[0]
        (kind, command), (answer_kind, answer) = _FENCED.findall(section)
        assert (kind, answer_kind) == ("sh", "text"), question
        asylum, *words = shlex.split(command)
        assert asylum == "asylum", question
        found.append((question, words, answer))
    assert len(_FENCED.findall(text)) == 2 * len(found)
    return found


COOKBOOK = cookbook()


def lines(text: str) -> list[str]:
    """Without what cannot be seen in a document: empty lines and blanks at the end."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(
    "shown", [*README, *REVISIONS], ids=lambda shown: f"{shown.document} {shown.number}"
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


@pytest.mark.parametrize(
    ("question", "words", "answer"),
    COOKBOOK,
    ids=[f"question {question.split('.')[0]}" for question, *_ in COOKBOOK],
)
def test_a_question_of_the_cookbook_has_the_answer_that_is_shown(
    question: str,
    words: list[str],
    answer: str,
    published_starter: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(published_starter.data_dir))
    monkeypatch.setenv("COLUMNS", WIDTH)
    shown_as = ["--format", "table"] if words[0] == "sql" else []
    done = CliRunner().invoke(app, [words[0], *shown_as, *words[1:]])
    assert done.exit_code == 0, done.output
    assert "\n0 rows" not in done.output, question
    assert lines(done.output) == lines(answer)


def test_the_cookbook_has_its_questions_numbered_through() -> None:
    assert [int(question.split(".")[0]) for question, *_ in COOKBOOK] == list(range(1, 33))
    assert all(question.endswith("?") for question, *_ in COOKBOOK)
