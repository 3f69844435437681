"""Every year: who claimed asylum in it (flow) above, who was waiting at its end (stock) below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    spans,
    text,
    years,
)
from warehouse.exports.measures import ESTIMATED, INCOMPLETE, LOWER_BOUND, MEASURES, NO_BAR, state
from warehouse.exports.origin_years import origin_rows
from warehouse.exports.origins import Origin

READS = frozenset({"mart_origin_yearly", "dim_era"})
# Pixels of a letter, so many that a name keeps clear of its neighbours.
_LETTER = 6.5


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """People who claimed asylum above, the stock of asylum-seekers below, a bar a year.

    Provisional and incomplete years are hatched; eras of the origin lie behind. None if the
    origin has no asylum-seekers in any year.
    """
    found = [row for row in origin_rows(con, origin.code) if row["counting_unit"] == "persons"]
    rows = [_row(row) for row in found]
    rows = [row for row in rows if row["stock"] is not None or row["claims"] is not None]
    while rows and not rows[0]["stock"] and not rows[0]["claims"]:
        del rows[0]  # UNHCR writes zeros back to 1951, before it counted
    if not any(row["stock"] for row in rows):
        return None
    first, last = rows[0]["year"], rows[-1]["year"]
    eras = _eras(con, origin.code, min(first, last - 9), last)
    measures = [m for m in ("claims", "stock") if any(row[m] for row in rows)]
    panels = [_bars(rows, measure, eras, named=measure == measures[0]) for measure in measures]
    notes = [
        f"Hatched: {row['year']} is provisional: {' and '.join(said)}."
        for row in rows
        if (said := _months(row))
    ]
    incomplete = [
        row["year"] for row in rows if row["stock_incomplete"] or row["claims_incomplete"]
    ]
    if incomplete:
        notes.append(f"Hatched: {spans(incomplete)}, {INCOMPLETE}.")
    if any(row["stock_estimate"] or row["claims_estimate"] for row in rows):
        notes.append(ESTIMATED)
    if any(row[measure] is None for row in rows for measure in ("stock", "claims")):
        notes.append(NO_BAR)
    if eras:
        notes.append("Grey bands: calendar years counted for a leader.")
    title = f"{clean(origin.of('People'))} seeking asylum abroad"
    return Drawing(
        "yearly",
        title,
        _description(clean(origin.of("people")), rows, eras, is_unknown=origin.is_unknown),
        framed(panels, title, notes, {row["release"] for row in rows}),
    )


def _months(row: Row) -> list[str]:
    """Of when the figures of a provisional year are; none of another year."""
    told = (
        ("claims", "people who claimed asylum in the first half-year"),
        ("stock", f"asylum-seekers of {row['day']}"),
    )
    return [words for name, words in told if row[f"{name}_provisional"] and row[name] is not None]


def _row(found: Row) -> Row:
    date = found["reference_date"]
    day = f"{date:%-d %B %Y}" if date else ""
    row = {"year": found["reference_year"], "release": found["release_id"], "day": day}
    for measure, column, provisional in (
        ("stock", "asylum_seekers_stock", found["is_population_provisional"]),
        ("claims", "new_asylum_claims", found["is_flows_provisional"]),
    ):
        is_incomplete = found[f"is_{column}_complete"] is False
        row |= {
            measure: found[column],
            f"{measure}_provisional": provisional,
            f"{measure}_incomplete": is_incomplete,
            f"{measure}_status": state(
                provisional,
                is_incomplete=is_incomplete,
                provisional=MEASURES[measure]["provisional"].format(day=day),
            ),
            f"{measure}_hatched": provisional or is_incomplete,
            # What it would be with the people without an origin distributed.
            f"{measure}_estimate": found[f"{column}_if_distributed_as_before"]
            if is_incomplete
            else None,
        }
    return row


def _description(people: str, rows: Sequence[Row], eras: Sequence[Row], *, is_unknown: bool) -> str:
    waiting = [row for row in rows if row["stock"] is not None]
    top, newest = max(waiting, key=lambda row: row["stock"]), waiting[-1]
    words = [
        f"Bars by year for {people}, {rows[0]['year']} to {rows[-1]['year']}.",
        # Of no country nothing is told as most.
        "Asylum-seekers waiting at the end of the year."
        if is_unknown
        else f"Asylum-seekers waiting at the end of the year were most"
        f"{_reported(waiting, 'stock')} in {top['year']}: {_bound(top, 'stock')}.",
        f"Newest year {newest['year']}: {number(newest['stock'])} ({newest['stock_status']}).",
    ]
    if newest["stock_estimate"]:
        words.append(
            f"With the people without an origin distributed as before it would be "
            f"{number(newest['stock_estimate'])}, an estimate."
        )
    applied = [row for row in rows if row["claims"] is not None]
    if applied:
        most = max(applied, key=lambda row: row["claims"])
        told = (
            "People who claimed asylum:"
            if is_unknown
            else f"People who claimed asylum were most{_reported(applied, 'claims')} in "
            f"{most['year']}: {_bound(most, 'claims')};"
        )
        words.append(
            f"{told} in {applied[-1]['year']} {number(applied[-1]['claims'])} "
            f"({applied[-1]['claims_status']})."
        )
    if eras:
        words.append(f"Bands behind the bars: {'; '.join(era['text'] for era in eras)}.")
    return " ".join(words)


def _bound(row: Row, measure: str) -> str:
    """A year's figure within a sentence: at least so many, where people are missing."""
    return f"{LOWER_BOUND if row[f'{measure}_incomplete'] else ''}{number(row[measure])}"


def _reported(rows: Sequence[Row], measure: str) -> str:
    """What is said of the year with the most where any year is a lower bound."""
    return ", as reported," if any(row[f"{measure}_incomplete"] for row in rows) else ""


def _eras(con: duckdb.DuckDBPyConnection, code: str, first: int, last: int) -> list[dict[str, Any]]:
    """Eras of the origin within the years. Where conventions overlap, the one that overlaps least:
    it leaves room for the others.
    """
    found = con.execute(
        """
        select
            leader,
            first_year_counted,
            coalesce(last_year_counted, ?) as last_year_counted,
            last_year_counted is null as is_open
        from dim_era as era
        where
            country_iso3 = ?
            and first_year_counted <= ?
            and coalesce(last_year_counted, ?) >= ?
        order by
            (
                select count(*)
                from dim_era as other
                where
                    other.country_iso3 = era.country_iso3
                    and other.first_year_counted <= coalesce(era.last_year_counted, 9999)
                    and coalesce(other.last_year_counted, 9999) >= era.first_year_counted
            ),
            first_year_counted,
            era_id
        """,
        [last, code, last, last, first],
    ).fetchall()
    eras: list[dict[str, Any]] = []
    for leader, start, end, is_open in found:
        if all(end < era["start"] or start > era["end"] for era in eras):
            years = f"since {start}" if is_open else f"{start}–{end}"
            name = clean(leader)
            eras.append({"text": f"{name}, {years}", "name": name, "start": start, "end": end})
    eras.sort(key=lambda era: era["start"])
    for era in eras:
        era["left"], era["right"] = max(era["start"], first) - 0.5, min(era["end"], last) + 0.5
    return eras


def _bars(rows: Sequence[Row], measure: str, eras: Sequence[Row], *, named: bool) -> Spec:
    words = MEASURES[measure]
    bars = [
        {
            **{key: row[key] for key in ("year", "release")},
            **{key: row[f"{measure}_{key}"] for key in ("status", "hatched", "estimate")},
            "high": row[measure],
            "style": words["style"],
        }
        for row in rows
        if row[measure] is not None
    ]
    top = headroom(bar[key] for bar in bars for key in ("high", "estimate"))
    made = panel("yearly", bars, words["panel"], words["column"], y=(0, top))
    made = boxes(years(made, rows[0]["year"], rows[-1]["year"]))
    bands = [
        layer(
            [era],
            {"type": "rect", "style": ("band_even", "band_odd")[index % 2], "aria": False},
            x2=field("right"),
            y=None,
            tooltip=None,
        )
        for index, era in enumerate(eras)
    ]
    made["layer"] = bands + made["layer"]
    if named:
        start, end = made["encoding"]["x"]["scale"]["domain"]
        per_year = made["width"] / (end - start)
        named_eras = [
            {"left": (era["left"] + era["right"]) / 2, "text": said}
            for era in eras
            if (said := _fitting(era, (era["right"] - era["left"]) * per_year))
        ]
        made["layer"].append(
            text(named_eras, field("left"), {"value": -1}, "quiet", baseline="bottom")
        )
    return made


def _fitting(era: Row, pixels: float) -> str | None:
    """What a band of so many pixels has room for: leader and years, or the leader alone."""
    room = pixels / _LETTER
    return next((words for words in (era["text"], era["name"]) if len(words) <= room), None)
