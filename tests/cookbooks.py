"""The documents in docs/: questions and queries, and the answer that a reader gets."""

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
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r'asylum sql "([^"]+)"')
# What a section is called that shows answers of one or the other, where a document has both.
STARTER, TEN_RELEASES = "With the starter extract", "With the ten releases"


class Question(NamedTuple):
    """A question, the words of the command that answers it, and the answer that is shown."""

    question: str
    words: list[str]
    answer: str

    @property
    def number(self) -> int:
        return int(self.question.split(".")[0])


def questions(document: str) -> list[Question]:
    """The questions of a cookbook, which has no other blocks."""
    text = (PROJECT_ROOT / "docs" / document).read_text("utf-8")
    found = []
    for section in text.split("\n### ")[1:]:
        question = section.splitlines()[0]
        (kind, command), (answer_kind, answer) = FENCED.findall(section)
        assert (kind, answer_kind) == ("sh", "text"), question
        asylum, *words = shlex.split(command)
        assert asylum == "asylum", question
        found.append(Question(question, words, answer))
    assert len(FENCED.findall(text)) == 2 * len(found)
    return found


class Shown(NamedTuple):
    """A query in a document, and the answer printed under it, if one is; `section` is the heading
    that it stands under.
    """

    document: str
    section: str
    number: int
    query: str
    output: str | None


def shown_in(document: str) -> list[Shown]:
    """The queries of a document, in their order."""
    text = (PROJECT_ROOT / document).read_text("utf-8")
    blocks = list(FENCED.finditer(text))
    found = []
    for block, after in zip_longest(blocks, blocks[1:]):
        queries = _COMMAND.findall(block[2]) if block[1] == "sh" else []
        # An answer stands right under its query.
        follows = after is not None and not text[block.end() : after.start()].strip()
        output = after[2] if after and follows and after[1] == "text" else None
        _, _, section = text[: block.start()].rpartition("\n#")
        heading = section.splitlines()[0].lstrip("# ")
        for query in queries:
            last = query == queries[-1]
            found.append(Shown(document, heading, len(found) + 1, query, output if last else None))
    return found


def lines(text: str) -> list[str]:
    """Without what cannot be seen in a document: empty lines and blanks at the end."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def check(asked: Question, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who asks gets the answer that is shown."""
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("COLUMNS", WIDTH)
    words = asked.words
    if words[0] == "sql" and "--format" not in words:
        words = ["sql", "--format", "table", *words[1:]]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "\n0 rows" not in done.output, asked.question
    assert lines(done.output) == lines(asked.answer)
