"""What happened within each year: applications, decisions and their rates."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    Row,
    Spec,
    boxes,
    clean,
    field,
    framed,
    headroom,
    layer,
    number,
    panel,
    percent,
    spans,
    tooltip,
    years,
)
from warehouse.exports.measures import BREAK, INCOMPLETE, MEASURES, NO_BAR, state
from warehouse.exports.origin_years import origin_rows
from warehouse.exports.origins import Origin

READS = frozenset({"mart_origin_yearly"})
Span = tuple[int, int]  # first and last year
_OF_HALF_YEAR = MEASURES["claims"]["provisional"]
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


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """New applications, decisions by kind, and the two rates, a panel each; persons alone.

    New applications are of the same reports as the people who claimed asylum: where these lack
    some, they do. None if the origin has no applications and no decisions in any year.
    """
    found = [
        _row(row)
        for row in origin_rows(con, origin.code)
        if row["applications_new"] or row["decisions_total"]
    ]
    rows = [row for row in found if row["counting_unit"] == "persons"]
    if not rows:
        return None
    span = (rows[0]["year"], rows[-1]["year"])
    panels = []
    if any(row["applications_new"] for row in rows):
        panels.append(_applications(rows, span))
    if any(row["decisions_total"] for row in rows):
        panels.append(_decisions(rows, span))
    if any(row["total_protection_rate"] is not None for row in rows):
        panels.append(_rates(rows, span))
    if not panels:
        return None
    cases = [row for row in found if row["counting_unit"] == "cases"]
    people = clean(origin.of("people"))
    title = f"Applications by {people}, and decisions on them"
    return Drawing(
        "flows",
        title,
        _description(people, rows, cases, is_unknown=origin.is_unknown),
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
    has_new = found["applications_new"] is not None
    is_incomplete = has_new and found["is_new_asylum_claims_complete"] is False
    taken = (
        *("applications_new", "applications_release_id", "decisions_release_id"),
        *("is_rate_on_small_count", "decisions_total", *_KINDS, *_RATE_NAMES),
    )
    return {
        "counting_unit": found["counting_unit"],
        "year": year,
        "hatched": provisional,
        "incomplete": is_incomplete,
        "broken": has_new and found["is_applications_new_change_comparable"] is False,
        "style": "flow",
        **{name: found[name] for name in taken},
        "status": state(provisional, provisional=_OF_HALF_YEAR),
        "applications_status": state(
            provisional, is_incomplete=is_incomplete, provisional=_OF_HALF_YEAR
        ),
    }


def _notes(rows: Sequence[Row]) -> list[str]:
    provisional = [str(row["year"]) for row in rows if row["hatched"]]
    notes = []
    if provisional:
        notes.append(f"Hatched: {', '.join(provisional)} is provisional, of the first half-year.")
    incomplete = [row["year"] for row in rows if row["incomplete"]]
    if incomplete:
        notes.append(f"Hatched: new applications of {spans(incomplete)}, {INCOMPLETE}.")
    if any(row["broken"] for row in rows):
        notes.append(f"Dashed line before a year: {BREAK}.")
    if any(row["is_rate_on_small_count"] for row in rows):
        notes.append("Hollow points: rates on fewer than 10 decisions.")
    if any(
        row[column] is None for row in rows for column in ("applications_new", "decisions_total")
    ):
        notes.append(NO_BAR)
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


def _description(
    people: str, rows: Sequence[Row], cases: Sequence[Row], *, is_unknown: bool
) -> str:
    words = [f"Panels by year for {people}, {rows[0]['year']} to {rows[-1]['year']}."]
    for column, what, status in (
        ("applications_new", "New applications", "applications_status"),
        ("decisions_total", "Decisions", "status"),
    ):
        known = [row for row in rows if row[column] is not None]
        if known:
            top, newest = max(known, key=lambda row: row[column]), known[-1]
            # Of no country nothing is told as most.
            told = (
                f"{what} (persons):"
                if is_unknown
                else f"{what} (persons) were most in {top['year']}: {number(top[column])};"
            )
            words.append(f"{told} in {newest['year']} {number(newest[column])} ({newest[status]}).")
    broken = [row["year"] for row in rows if row["broken"]]
    if broken:
        words.append(f"New applications of {spans(broken)}: {BREAK}.")
    rated = [row for row in rows if row["total_protection_rate"] is not None]
    if rated:
        newest = rated[-1]
        words.append(
            f"In {newest['year']} the Refugee Recognition Rate was "
            f"{percent(newest['refugee_recognition_rate'])}, the Total Protection Rate "
            f"{percent(newest['total_protection_rate'])}."
        )
    return " ".join([*words, *_left_out(cases)])


def _panel(rows: Sequence[Row], title: str, top: float, height: int, span: Span) -> Spec:
    made = panel("yearly", rows, title, title, y=(0, top), height=height, layer=[])
    made["encoding"]["y"]["axis"]["tickCount"] = 4
    return years(made, *span)


def _applications(rows: Sequence[Row], span: Span) -> Spec:
    known = [
        row
        | {
            "high": row["applications_new"],
            "hatched": row["hatched"] or row["incomplete"],
            "status": row["applications_status"],
            "release": row["applications_release_id"],
        }
        for row in rows
        if row["applications_new"] is not None
    ]
    top = headroom(row["high"] for row in known)
    made = boxes(_panel(known, _NEW, top, 130, span))
    breaks = [{"left": row["year"] - 0.5, "low": 0, "high": top} for row in known if row["broken"]]
    if breaks:
        made["layer"].append(
            layer(breaks, {"type": "rule", "style": "break"}, y2={"field": "high"}, tooltip=None)
        )
    return made


def _decisions(rows: Sequence[Row], span: Span) -> Spec:
    parts: list[Row] = []
    for row in rows:
        low = 0
        for kind, words in _KINDS.items():
            if row[kind]:
                parts.append(
                    {key: row[key] for key in ("year", "hatched", "status", "style")}
                    | {"low": low, "high": low + row[kind], "count": row[kind], "kind": words}
                    | {"release": row["decisions_release_id"]}
                )
                low += row[kind]
    top = headroom(part["high"] for part in parts)
    made = _panel(parts, _DECIDED, top, 170, span)
    made["encoding"]["tooltip"] = tooltip(
        ("year", "Year", "d"),
        ("kind", "Decision"),
        ("count", "Persons", ",d"),
        ("status", "Status"),
        ("release", "Release"),
    )
    kinds = {"domain": list(_KINDS.values()), "range": "ordinal"}
    return boxes(made, field("kind", "N", scale=kinds))


def _rates(rows: Sequence[Row], span: Span) -> Spec:
    by_year = {row["year"]: row for row in rows}
    # A year without a rate has a point without a value, which breaks the line.
    points: list[Row] = [
        {
            "left": year,
            "low": by_year[year][rate] if year in by_year else None,
            "rate": words,
            "small": bool(year in by_year and by_year[year]["is_rate_on_small_count"]),
            "status": by_year[year]["status"] if year in by_year else None,
        }
        for year in range(span[0], span[1] + 1)
        for rate, words in _RATE_NAMES.items()
    ]
    names = list(_RATE_NAMES.values())
    shape = field("rate", "N", scale={"domain": names, "range": ["circle", "triangle-up"]})
    known = [point for point in points if point["low"] is not None]
    layers = [layer(points, {"type": "line", "strokeWidth": 2}, tooltip=None)]
    layers += [
        layer(
            [point for point in known if point["small"] is small],
            {"type": "point", "filled": not small, "size": 45, "opacity": 1},
            shape=shape,
        )
        for small in (False, True)
        if any(point["small"] is small for point in known)
    ]
    made = _panel([], _RATES, 1, 150, span)
    made["encoding"]["y"]["axis"]["format"] = "%"
    made["encoding"] |= {
        "color": field("rate", "N", scale={"domain": names, "range": "category"}),
        "tooltip": tooltip(
            ("left", "Year", "d"),
            ("rate", "Rate"),
            ("low", "Of substantive decisions", ".1%"),
            ("status", "Status"),
        ),
    }
    return made | {"layer": layers}
