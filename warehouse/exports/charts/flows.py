"""What happened within each year: applications, decisions and their rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import duckdb

from warehouse.core.wording import of_origin
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    Row,
    boxes,
    clean,
    data,
    framed,
    headroom,
    number,
    panel,
    percent,
    years_axis,
)
from warehouse.exports.charts.style import WIDTH
from warehouse.exports.origin_years import origin_rows

READS = frozenset({"mart_origin_yearly"})
_NEW = "New applications in the year (persons)"
_DECIDED = "Decisions in the year, all levels (persons)"
_RATES = "Rates over substantive decisions, of the summed counts (persons)"
# Words of a kind of decision, in the order of stacking.
_KINDS = {
    "decisions_recognized": "Recognised as refugee",
    "decisions_complementary": "Complementary protection",
    "decisions_rejected": "Rejected",
    "decisions_otherwise_closed": "Otherwise closed",
}
_RATE_NAMES = {
    "refugee_recognition_rate": "Refugee Recognition Rate",
    "total_protection_rate": "Total Protection Rate",
}


def draw(con: duckdb.DuckDBPyConnection, code: str) -> Drawing | None:
    """New applications, decisions by kind, and the two rates, a panel each; persons alone.

    None if the origin has no applications and no decisions in any year.
    """
    found = [
        _row(row)
        for row in origin_rows(con, code)
        if row["applications_new"] or row["decisions_total"]
    ]
    rows = [row for row in found if row["counting_unit"] == "persons"]
    if not rows:
        return None
    name, first, last = clean(rows[-1]["origin_name"]), rows[0]["year"], rows[-1]["year"]
    for row in rows:
        del row["origin_name"]
    panels = []
    if any(row["applications_new"] for row in rows):
        panels.append(_applications(rows, first, last))
    if any(row["decisions_total"] for row in rows):
        panels.append(_decisions(rows, first, last))
    if any(row["total_protection_rate"] is not None for row in rows):
        panels.append(_rates(rows, first, last))
    if not panels:
        return None
    cases = [row for row in found if row["counting_unit"] == "cases"]
    people = of_origin("people", code, name)
    title = f"Applications by {people}, and decisions on them"
    return Drawing(
        "flows",
        title,
        _description(people, rows, cases),
        framed(
            panels,
            title,
            [*_notes(rows), *_left_out(cases)],
            {
                release
                for row in rows
                for release in (row["applications_release_id"], row["decisions_release_id"])
                if release
            },
        ),
    )


def _row(found: Row) -> Row:
    year = found["reference_year"]
    provisional = found["is_applications_provisional"] or found["is_decisions_provisional"]
    taken = (
        *("origin_name", "applications_new", "applications_release_id", "decisions_release_id"),
        *("is_rate_on_small_count", "decisions_total", *_KINDS, *_RATE_NAMES),
    )
    return {
        "counting_unit": found["counting_unit"],
        "year": year,
        "provisional": provisional,
        **{name: found[name] for name in taken},
        "left": year - 0.42,
        "right": year + 0.42,
        "status": "provisional" if provisional else "final",
    }


def _notes(rows: Sequence[Row]) -> list[str]:
    provisional = [str(row["year"]) for row in rows if row["provisional"]]
    notes = []
    if provisional:
        notes.append(f"Hatched: {', '.join(provisional)} is provisional.")
    if any(row["is_rate_on_small_count"] for row in rows):
        notes.append("Hollow points: rates on fewer than 10 decisions.")
    if any(row[field] is None for row in rows for field in ("applications_new", "decisions_total")):
        notes.append("No bar: none, or not known.")
    return notes


def _left_out(cases: Sequence[Row]) -> list[str]:
    """That figures in cases are not drawn, and which."""
    if not cases:
        return []
    newest = cases[-1]
    span = f"{cases[0]['year']} to {newest['year']}" if len(cases) > 1 else str(newest["year"])
    of_newest = ", ".join(
        f"{number(value)} {word}"
        for value, word in (
            (newest["applications_new"], "new applications"),
            (newest["decisions_total"], "decisions"),
        )
        if value
    )
    return [
        "Left out: what some countries counted in cases, which can hold several persons, in "
        f"{len(cases)} {'years' if len(cases) > 1 else 'year'} ({span}; in {newest['year']} "
        f"{of_newest})."
    ]


def _description(people: str, rows: Sequence[Row], cases: Sequence[Row]) -> str:
    words = [f"Panels by year for {people}, {rows[0]['year']} to {rows[-1]['year']}."]
    for field, what in (("applications_new", "New applications"), ("decisions_total", "Decisions")):
        known = [row for row in rows if row[field] is not None]
        if known:
            top, newest = max(known, key=lambda row: row[field]), known[-1]
            words.append(
                f"{what} (persons) were most in {top['year']}: {number(top[field])}; in "
                f"{newest['year']} {number(newest[field])} ({newest['status']})."
            )
    rated = [row for row in rows if row["total_protection_rate"] is not None]
    if rated:
        newest = rated[-1]
        words.append(
            f"In {newest['year']} the Refugee Recognition Rate was "
            f"{percent(newest['refugee_recognition_rate'])}, the Total Protection Rate "
            f"{percent(newest['total_protection_rate'])}."
        )
    return " ".join([*words, *_left_out(cases)])


def _axis(title: str | None, top: float, form: str) -> alt.Y:
    return alt.Y(
        "low:Q",
        title=title,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format=form, tickCount=4),
    )


def _applications(rows: Sequence[Row], first: int, last: int) -> alt.LayerChart:
    height = 130
    x, per_x = years_axis(first, last, WIDTH)
    known = [
        row | {"low": 0, "high": row["applications_new"]}
        for row in rows
        if row["applications_new"] is not None
    ]
    top = headroom(row["high"] for row in known)
    return panel(
        boxes(
            known,
            "flow",
            x,
            _axis(None, top, ",d"),
            per_x=per_x,
            per_y=height / top,
            tooltip=[
                alt.Tooltip("year:Q", title="Year", format="d"),
                alt.Tooltip("high:Q", title=_NEW, format=",d"),
                alt.Tooltip("status:N", title="Status"),
                alt.Tooltip("applications_release_id:N", title="Release"),
            ],
        ),
        WIDTH,
        height,
        _NEW,
    )


def _decisions(rows: Sequence[Row], first: int, last: int) -> alt.LayerChart:
    height = 170
    x, per_x = years_axis(first, last, WIDTH)
    parts: list[dict[str, Any]] = []
    for row in rows:
        low = 0
        for kind, words in _KINDS.items():
            if row[kind]:
                parts.append(
                    {key: row[key] for key in ("year", "left", "right", "provisional", "status")}
                    | {"low": low, "high": low + row[kind], "count": row[kind], "kind": words}
                    | {"release": row["decisions_release_id"]}
                )
                low += row[kind]
    top = headroom(part["high"] for part in parts)
    return panel(
        boxes(
            parts,
            "flow",
            x,
            _axis(None, top, ",d"),
            per_x=per_x,
            per_y=height / top,
            colour=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=list(_KINDS.values()), range="ordinal"),
            ),
            tooltip=[
                alt.Tooltip("year:Q", title="Year", format="d"),
                alt.Tooltip("kind:N", title="Decision"),
                alt.Tooltip("count:Q", title="Persons", format=",d"),
                alt.Tooltip("status:N", title="Status"),
                alt.Tooltip("release:N", title="Release"),
            ],
        ),
        WIDTH,
        height,
        _DECIDED,
    )


def _rates(rows: Sequence[Row], first: int, last: int) -> alt.LayerChart:
    x, _ = years_axis(first, last, WIDTH)
    by_year = {row["year"]: row for row in rows}
    # A year without a rate has a point without a value, which breaks the line.
    points: list[dict[str, Any]] = [
        {
            "left": year,
            "low": by_year[year][field] if year in by_year else None,
            "rate": words,
            "small": bool(year in by_year and by_year[year]["is_rate_on_small_count"]),
            "status": by_year[year]["status"] if year in by_year else None,
        }
        for year in range(first, last + 1)
        for field, words in _RATE_NAMES.items()
    ]
    colour = alt.Color(
        "rate:N",
        title=None,
        scale=alt.Scale(domain=list(_RATE_NAMES.values()), range="category"),
    )
    shape = alt.Shape(
        "rate:N",
        title=None,
        scale=alt.Scale(domain=list(_RATE_NAMES.values()), range=["circle", "triangle-up"]),
    )
    y = _axis(None, 1, "%")
    known = [point for point in points if point["low"] is not None]
    layers = [alt.Chart(data(points)).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)]
    layers += [
        alt.Chart(data([point for point in known if point["small"] is small]))
        .mark_point(filled=not small, size=45, opacity=1)
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=shape,
            tooltip=[
                alt.Tooltip("left:Q", title="Year", format="d"),
                alt.Tooltip("rate:N", title="Rate"),
                alt.Tooltip("low:Q", title="Of substantive decisions", format=".1%"),
                alt.Tooltip("status:N", title="Status"),
            ],
        )
        for small in (False, True)
        if any(point["small"] is small for point in known)
    ]
    return panel(layers, WIDTH, 150, _RATES)
