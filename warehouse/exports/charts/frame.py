"""What drawings are made of: panels, hatching, rows with names, and the words around them.

What the site draws too stands in `specs/`: specifications of Vega-Lite that this module and
`pictures.js` fill in the same way. Texts of upstream (names of countries, releases) are values of
the data or of a title. They are never part of an expression, a field name or the domain of a
scale, so nothing in them is run.
"""

from __future__ import annotations

import functools
import json
import textwrap
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.core.attribution import source_sentence
from warehouse.core.wording import NO_BREAK, listed, show, visible

Row = dict[str, Any]
Spec = dict[str, Any]
Reach = tuple[float, float]
SPECS = Path(__file__).parent / "specs"
# Longest line of a heading and of a note, in characters, that fits a picture.
_HEADING_LENGTH = 78
_NOTE_LENGTH = 128
_HEADROOM = 1.15
# Pixels left of a plot: UNHCR's longest name of a country has room.
NAMES_WIDTH = 300
# Pixels of a plot of ranked bars.
RANKED_WIDTH = 340
_TYPES = {"Q": "quantitative", "N": "nominal"}


@functools.cache
def _specs() -> str:
    paths = sorted(SPECS.glob("*.json"))
    return json.dumps({path.stem: json.loads(path.read_text("utf-8")) for path in paths})


def specs() -> dict[str, Spec]:
    """What report and site draw alike, by name: specifications to be filled, a copy each time."""
    made: dict[str, Spec] = json.loads(_specs())
    return made


def clean(text: str | None) -> str:
    """A text of upstream in one line, each character that is not seen shown as one."""
    return " ".join(visible(text or "").split())


def field(name: str, kind: str = "Q", title: str | None = None, **other: Any) -> Spec:
    """A field as a channel shows it; `kind` is Q for numbers, N for texts."""
    return {"field": name, "type": _TYPES[kind], "title": title, **other}


def tooltip(*fields: tuple[str, ...]) -> list[Spec]:
    """What a pointer is told: field, heading and, of a number, its format."""
    return [
        field(name, "Q" if form else "N", title, **({"format": form[0]} if form else {}))
        for name, title, *form in fields
    ]


def layer(rows: Iterable[Row], mark: Spec, **encoding: Any) -> Spec:
    """A layer with its own rows; a channel of the panel that it does not have is None."""
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def text(rows: Iterable[Row], x: Any, y: Any, style: str = "words", **mark: Any) -> Spec:
    """The field `text` of each row, at a place."""
    words = field("text", "N")
    return layer(rows, {"type": "text", "style": style, **mark}, x=x, y=y, text=words, tooltip=None)


def panel(
    name: str,
    rows: Sequence[Row],
    title: str | None = None,
    told: str | None = None,
    *,
    x: Reach | None = None,
    y: Reach | None = None,
    **given: Any,
) -> Spec:
    """The panel `name` of `specs`, of rows, with its own heading; `given` replaces parts of it.

    `told` is what a pointer is told that the figure is. `x`, `y`: where an axis begins and ends.
    """
    made = specs()[name] | {"data": {"values": list(rows)}} | given
    for axis, reach in (("x", x), ("y", y)):
        if reach:
            made["encoding"][axis]["scale"]["domain"] = list(reach)
    if told:
        made["encoding"]["tooltip"][1]["title"] = told
    if title:
        made["title"]["text"] = [title]
    else:
        made.pop("title", None)
    return made


def boxes(made: Spec, colour: Spec | None = None, stripes: str = "stripe") -> Spec:
    """A panel whose axes have their domains, with its rows as boxes behind its other layers.

    Boxes are drawn by their corners in the style that a row has, or in a `colour` of their own;
    those that are `hatched` have stripes, which meet their edges exactly.
    """
    drawn = []
    for style in dict.fromkeys(row["style"] for row in made["data"]["values"]):
        box = specs()["boxes"]
        box["transform"][0]["filter"]["equal"] = box["layer"][0]["mark"]["style"] = style
        for place, (axis, size) in enumerate((("x", "width"), ("y", "height")), start=1):
            start, end = made["encoding"][axis]["scale"]["domain"]
            box["transform"][place]["calculate"] = str(made[size] / abs(end - start))
        box["layer"][1]["mark"]["style"] = stripes
        if colour:
            box["layer"][0]["encoding"] = {"color": colour}
        drawn.append(box)
    return made | {"layer": drawn + made["layer"]}


def years(made: Spec, first: int, last: int) -> Spec:
    """A panel with its x over years, each from a half before to a half after it.

    A few years do not become wide bars: the axis then begins earlier.
    """
    start = min(first, last - 9)
    per_year = made["width"] / (last - start + 1)
    step = next(step for step in (1, 2, 5, 10, 20) if per_year * step >= 38)
    x = made["encoding"]["x"]
    x["scale"]["domain"] = [start - 0.5, last + 0.5]
    x["axis"]["values"] = [y for y in range(first, last + 1) if (last - y) % step == 0]
    return made


def ranked(rows: Sequence[Row], end: float, title: str | None = None) -> Spec:
    """A panel of bars from 0 to `right`, a `row` each, with their `name` left of the plot; `end` is
    where the axis ends.
    """
    made = panel("ranked", rows, title, x=(0, end), y=(len(rows) - 0.5, -0.5))
    made |= {"width": RANKED_WIDTH, "height": made["height"] * len(rows)}
    made["layer"][0]["mark"]["limit"] = NAMES_WIDTH
    return boxes(made)


def framed(
    panels: Sequence[Spec],
    title: str,
    notes: Iterable[str],
    releases: Collection[str],
    spacing: int = 22,
) -> Spec:
    """Panels one below the other: heading and notes above, source and releases below."""
    made = specs()["frame"]
    [inner] = made["vconcat"]
    inner |= {"vconcat": list(panels), "spacing": spacing}
    inner["title"]["text"] = textwrap.wrap(title, _HEADING_LENGTH, max_lines=3, placeholder=" …")
    inner["title"]["subtitle"] = _wrapped(notes)
    made["title"]["text"] = _wrapped([source_sentence(release_words(releases))])
    return made


def _wrapped(notes: Iterable[str]) -> list[str]:
    return [line for note in notes for line in textwrap.wrap(note, _NOTE_LENGTH)]


def release_words(releases: Collection[str]) -> str:
    """Which releases figures are from, in words."""
    names = sorted(clean(release) for release in set(releases))
    return f"{names[0]} to {names[-1]}" if len(names) > 2 else " and ".join(names)


def headroom(values: Iterable[float | None]) -> float:
    """The end of an axis that starts at 0 and has room for a label above the highest value."""
    return max((value for value in values if value is not None), default=0) * _HEADROOM or 1.0


def incomplete(con: duckdb.DuckDBPyConnection, code: str) -> list[str]:
    """A note if the data do not hold every country of asylum of the origin's newest year."""
    [(complete,)] = con.execute(
        "select arg_max(are_pairs_complete, reference_year) from mart_destination_concentration "
        "where coalesce(origin_iso3, origin_unhcr_code) = ?",
        [code],
    ).fetchall()
    return (
        []
        if complete is not False
        else ["Not every country of asylum is in these data: ranks are among those that are."]
    )


def spans(years: Iterable[int]) -> str:
    """Years in words, runs of them as one: 2013 to 2015, 2024 and 2025."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(year) for year in run]
    return listed(words)


def number(value: float | None) -> str:
    """A count as people write it."""
    return "not known" if value is None else show(value, "count")


def percent(value: float | None) -> str:
    """A fraction in percent."""
    return "not known" if value is None else show(value, "share").replace(NO_BREAK, " ")
