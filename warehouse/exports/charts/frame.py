"""What drawings are made of: panels, hatching, rows with names, and the words around them.

Texts of upstream (names of countries, releases) are values of the data or of a title. They are
never part of an expression, a field name or the domain of a scale, so nothing in them is run.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import altair as alt
import duckdb

from warehouse.core.attribution import source_sentence
from warehouse.core.wording import NO_BREAK, show, visible
from warehouse.exports.charts.style import HATCH_PITCH, TEXT_SIZE

Row = dict[str, Any]
# Longest line of a heading and of a note, in characters, that fits a picture.
_HEADING_LENGTH = 78
_NOTE_LENGTH = 128
# No name of UNHCR is longer; 60 letters are wider than any label.
_LABEL_LENGTH = 60
_HEADROOM = 1.15


def clean(text: str | None) -> str:
    """A text of upstream in one line, each character that is not seen shown as one."""
    return " ".join(visible(text or "").split())


def label(name: str) -> str:
    """A name for a label that is cut at its width in pixels: to measure a long one takes long."""
    return name if len(name) <= _LABEL_LENGTH else f"{name[:_LABEL_LENGTH]}…"


def data(rows: Iterable[Row]) -> alt.InlineData:
    """Rows as values of a layer."""
    return alt.InlineData(values=[dict(row) for row in rows])


def panel(
    layers: Iterable[alt.Chart | alt.LayerChart],
    width: float,
    height: float,
    title: str | Sequence[str] | None = None,
) -> alt.LayerChart:
    """Layers on top of each other, with their own heading."""
    return alt.LayerChart(
        layer=list(layers),
        width=width,
        height=height,
        title=alt.TitleParams(
            list([title] if isinstance(title, str) else title), offset=8, frame="group"
        )
        if title
        else alt.Undefined,
    )


def framed(
    panels: Sequence[Any],
    title: str,
    notes: Iterable[str],
    releases: Collection[str],
    spacing: int = 22,
) -> alt.VConcatChart:
    """Panels one below the other: heading and notes above, source and releases below."""
    inner = alt.VConcatChart(
        vconcat=list(panels),
        spacing=spacing,
        # What a colour means in one panel, it need not mean in another.
        resolve=alt.Resolve(
            scale=alt.ScaleResolveMap(color="independent", shape="independent"),
            legend=alt.LegendResolveMap(color="independent", shape="independent"),
        ),
        title=alt.TitleParams(
            textwrap.wrap(title, _HEADING_LENGTH, max_lines=3, placeholder=" …"),
            subtitle=wrapped(notes),
            fontSize=18,
            offset=16,
        ),
    )
    return alt.VConcatChart(
        vconcat=[inner],
        title=alt.TitleParams(
            wrapped([source_sentence(release_words(releases))]),
            orient="bottom",
            anchor="start",
            fontSize=TEXT_SIZE,
            fontWeight="normal",
            offset=14,
        ),
    )


def wrapped(notes: Iterable[str]) -> list[str]:
    """Notes as lines that fit a picture."""
    return [line for note in notes for line in textwrap.wrap(note, _NOTE_LENGTH)]


def release_words(releases: Collection[str]) -> str:
    """Which releases figures are from, in words."""
    names = sorted(clean(release) for release in set(releases))
    return f"{names[0]} to {names[-1]}" if len(names) > 2 else " and ".join(names)


def headroom(values: Iterable[float | None]) -> float:
    """The end of an axis that starts at 0 and has room for a label above the highest value."""
    return max((value for value in values if value is not None), default=0) * _HEADROOM or 1.0


def years_axis(first: int, last: int, width: float) -> tuple[alt.X, float]:
    """The x of the field `left` over years, each from a half before to a half after it; pixels a
    year. A few years do not become wide bars: the axis then begins earlier.
    """
    start = min(first, last - 9)
    per_year = width / (last - start + 1)
    step = next(step for step in (1, 2, 5, 10, 20) if per_year * step >= 38)
    x = alt.X(
        "left:Q",
        title=None,
        scale=alt.Scale(domain=[start - 0.5, last + 0.5], zero=False, nice=False),
        axis=alt.Axis(
            format="d",
            grid=False,
            values=[year for year in range(first, last + 1) if (last - year) % step == 0],
        ),
    )
    return x, per_year


def boxes(
    rows: Sequence[Row],
    style: str,
    x: alt.X,
    y: alt.Y,
    *,
    per_x: float,
    per_y: float,
    tooltip: Sequence[alt.Tooltip],
    stripes: str = "stripe",
    colour: alt.Color | None = None,
) -> list[alt.Chart]:
    """Layers of boxes from `left` to `right` and `low` to `high`; those with `provisional` hatched.

    Boxes are drawn by their corners, so that a hatch meets their edges exactly. `per_x`, `per_y`:
    pixels of a unit of each axis.
    """
    edges: dict[str, Any] = {"x": x, "x2": alt.X2("right"), "y": y, "y2": alt.Y2("high")}
    fill: dict[str, Any] = {} if colour is None else {"color": colour}
    filled = alt.Chart(data(rows)).encode(**edges, **fill, tooltip=list(tooltip))
    layers = [filled.mark_rect(style=style) if colour is None else filled.mark_rect()]
    hatched = [row for row in rows if row.get("provisional")]
    if hatched:
        lines = [line for row in hatched for line in hatch(row, per_x, per_y)]
        layers.append(
            alt.Chart(data(lines))
            .mark_rule(style=stripes, aria=False, tooltip=False)
            .encode(**edges)
        )
        # Over the stripes, so that a pointer meets a box wherever it is.
        layers.append(
            alt.Chart(data(hatched))
            .mark_rect(style="outline", aria=False)
            .encode(**edges, tooltip=list(tooltip))
        )
    return layers


def hatch(box: Row, per_x: float, per_y: float) -> list[dict[str, float]]:
    """Stripes at 45 degrees that fill a box, each from (left, low) to (right, high)."""
    x, y = min(box["left"], box["right"]), min(box["low"], box["high"])
    width = abs(box["right"] - box["left"]) * per_x
    height = abs(box["high"] - box["low"]) * per_y
    stripes = []
    offset = -width + HATCH_PITCH / 2
    while offset < height:
        start, end = max(0.0, -offset), min(width, height - offset)
        if end > start:
            stripes.append(
                {
                    "left": round(x + start / per_x, 4),
                    "right": round(x + end / per_x, 4),
                    "low": round(y + (start + offset) / per_y, 4),
                    "high": round(y + (end + offset) / per_y, 4),
                }
            )
        offset += HATCH_PITCH
    return stripes


def rows_axis(count: int) -> alt.Y:
    """The y of the field `low` over rows that are numbered from 0 downwards, without labels."""
    return alt.Y(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[count - 0.5, -0.5], zero=False, nice=False),
        axis=None,
    )


def row_names(rows: Iterable[Row], y: alt.Y, limit: int) -> alt.Chart:
    """Names left of the plot: the field `name` at `row`, cut at so many pixels."""
    return text(
        ({"low": row["row"], "text": label(row["name"])} for row in rows),
        alt.XValue(-8),
        y,
        align="right",
        limit=limit,
    )


def text(
    rows: Iterable[Row],
    x: alt.X | alt.XValue,
    y: alt.Y | alt.YValue,
    style: str = "words",
    **mark: Any,
) -> alt.Chart:
    """The field `text` of each row, at a place."""
    return (
        alt.Chart(data(rows))
        .mark_text(style=style, **mark)
        .encode(x=x, y=y, text=alt.Text("text:N"))
    )


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


def number(value: float | None) -> str:
    """A count as people write it."""
    return "not known" if value is None else show(value, "count")


def percent(value: float | None) -> str:
    """A fraction in percent."""
    return "not known" if value is None else show(value, "share").replace(NO_BREAK, " ")
