"""Retired terms stay out of what users read: a native speaker reads each sentence once.

A term is retired with what to write instead.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
import yaml
from typer.core import TyperGroup

from warehouse.cli.app import app
from warehouse.settings import PROJECT_ROOT


class Retired(NamedTuple):
    """A term as a regular expression, and what to write instead."""

    term: str
    instead: str


class Text(NamedTuple):
    """A line that users read, with the file and line it is from."""

    place: str
    line: int
    text: str


RETIRED = (
    Retired(r"asks nobody", "has no authentication"),
    Retired(r"used all the same", "release a snapshot from quarantine"),
    Retired(r"\bbelieved\b", "accepted, or quarantined"),
    Retired(r"\bjudged?\b|\bjudges\b", "validate"),
    Retired(r"told by (its|their|the) release", "is assigned a release"),
    Retired(r"repeats? an earlier reference date unchanged", "was carried forward from"),
    Retired(r"\bwhat of the\b", "persons in the … that"),
    Retired(r"\bout of span\b", "say the first and the last year that can be given"),
    Retired(r"confirmed since revised", "confirmed, later revised"),
    Retired(r"\bwhat there is on\b", "a report on"),
    Retired(r"\bNULL is another type\b", "NULL where the row is of another type"),
    Retired(r"\ba row is a side\b", "a kind of total (total_by)"),
    Retired(r"published file it is called", "name the published table"),
    Retired(r"\bmade anew\b|\bmakes? (it|them|all \w+) anew\b", "rebuilt"),
    Retired(r"\bline more\b", "add a row"),
    Retired(r"\bpairs leave\b", "the residual"),
    Retired(r"\bin force\b", "current, or valid from … to"),
    Retired(r"\b(is|are) held against\b", "is compared with"),
    Retired(r"\breleases? held\b|\b(is|are) held here\b", "loaded"),
    Retired(r"\banew\b", "again, or rebuilt"),
    Retired(r"\bon the spot\b", "check one figure"),
    Retired(r"\bstands? in the row\b", "is in the row"),
)
_DOC_BLOCK = re.compile(r"{%.*?%}")


def written(path: Path) -> Iterator[Text]:
    """The lines of a text file; names in backticks and code blocks are not prose."""
    in_code = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            prose = _DOC_BLOCK.sub("", re.sub(r"`[^`]*`", "", line))
            yield Text(str(path.relative_to(PROJECT_ROOT)), number, prose)


def described(path: Path) -> Iterator[Text]:
    """Every description in a YAML file of dbt's, with the line that it begins on."""

    def walk(node: yaml.Node) -> Iterator[Text]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == "description" and isinstance(value, yaml.ScalarNode):
                    place, line = str(path.relative_to(PROJECT_ROOT)), value.start_mark.line + 1
                    yield Text(place, line, re.sub(r"`[^`]*`", "", value.value))
                else:
                    yield from walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for one in node.value:
                yield from walk(one)

    root = yaml.compose(path.read_text(encoding="utf-8"))
    if root is not None:
        yield from walk(root)


def helped() -> Iterator[Text]:
    """The help of `asylum` and of each command, argument and option."""
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    for name, one in {"": command, **command.commands}.items():
        place = f"asylum {name}".strip() + " --help"
        texts = [one.help, *(getattr(option, "help", None) for option in one.params)]
        yield from (Text(place, 0, text) for text in texts if text)


def _files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in PROJECT_ROOT.glob(pattern))


@cache
def texts() -> tuple[Text, ...]:
    """All that this test reads."""
    return tuple(_texts())


def _texts() -> Iterator[Text]:
    for path in _files("README.md", "docs/*.md", "dbt_project/**/*.md", "seeds/reference/*.md"):
        yield from written(path)
    for path in _files("dbt_project/[ms]*/**/*.yml", "seeds/reference/*.yml"):
        if "unit_tests" not in path.name:
            yield from described(path)
    # What Dagster shows is written in these modules, beside little else.
    for path in _files("orchestration/**/*.py"):
        yield from written(path)
    yield from helped()


def retired(found: Iterable[Text]) -> list[str]:
    """Each retired term with its place and what to write instead."""
    return [
        f"{one.place}:{one.line}: {match.group()!r}: write {word.instead!r}"
        for one in found
        for word in RETIRED
        for match in re.finditer(word.term, one.text, re.IGNORECASE)
    ]


def test_no_retired_term_is_left_in_what_users_read() -> None:
    assert not (found := retired(texts())), "\n".join(found)


def test_all_kinds_of_text_are_read() -> None:
    places = {one.place for one in texts()}
    assert {
        "README.md",
        "docs/operating.md",
        "dbt_project/models/columns.md",
        "dbt_project/models/marts/yearly/_yearly__models.yml",
        "seeds/reference/_reference__seeds.yml",
        "orchestration/checks.py",
        "asylum accept --help",
    } <= places


@pytest.mark.parametrize(
    "planted",
    [
        "Dagster asks nobody who they are.",
        "Have a quarantined snapshot used all the same",
        "All are told by their release and judged.",
        "What of the stock on the day repeats an earlier reference date unchanged",
        "A line more is a claim more.",
        "Not itemised: what the pairs leave of the total.",
        "The release in force on the day.",
        "The histories are made anew by each run.",
    ],
)
def test_a_retired_term_is_found_with_its_line(
    planted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PROJECT_ROOT", tmp_path)
    (tmp_path / "page.md").write_text(f"A first line.\n{planted}\n", encoding="utf-8")
    (tmp_path / "models.yml").write_text(
        f'models:\n  - name: one\n    description: "{planted}"\n', encoding="utf-8"
    )
    assert all(one.startswith("page.md:2: ") for one in retired(written(tmp_path / "page.md")))
    assert retired(written(tmp_path / "page.md"))
    assert retired(described(tmp_path / "models.yml"))[0].startswith("models.yml:3: ")
