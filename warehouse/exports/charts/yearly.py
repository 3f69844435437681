"""Every year: who claimed asylum in it (flow) above, who was waiting at its end (stock) below."""

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
    text,
    years_axis,
)
from warehouse.exports.charts.style import WIDTH
from warehouse.exports.origin_years import origin_rows

READS = frozenset({"mart_origin_yearly", "dim_era"})
_STOCK = "Asylum-seekers waiting at the end of the year (stock, persons)"
_INCOMPLETE = "at least: not all was reported"
_FLOW = "People who claimed asylum in the year (flow)"


def draw(con: duckdb.DuckDBPyConnection, code: str) -> Drawing | None:
    """People who claimed asylum above, the stock of asylum-seekers below, a bar a year.

    Provisional and incomplete years are hatched; eras of the origin lie behind. None if the
    origin has no asylum-seekers in any year.
    """
    found = [row for row in origin_rows(con, code) if row["counting_unit"] == "persons"]
    rows = [_row(row) for row in found]
    rows = [row for row in rows if row["stock"] is not None or row["new"] is not None]
    while rows and not rows[0]["stock"] and not rows[0]["new"]:
        del rows[0]  # UNHCR writes zeros back to 1951, before it counted
    if not any(row["stock"] for row in rows):
        return None
    name = clean(found[-1]["origin_name"])
    first, last = rows[0]["year"], rows[-1]["year"]
    eras = _eras(con, code, min(first, last - 9), last)
    panels = []
    if any(row["new"] for row in rows):
        flows = [
            row | {"provisional": row["new_provisional"], "status": row["new_status"]}
            for row in rows
        ]
        panels.append(_bars(flows, "new", _FLOW, 190, eras, named=True))
    panels.append(_bars(rows, "stock", _STOCK, 190, eras, named=not panels))
    provisional = [row for row in rows if row["status"].startswith("provisional")]
    notes = [
        f"Hatched: {row['year']} is provisional, the figure of {row['status'][16:]}."
        for row in provisional
    ]
    incomplete = [row["year"] for row in rows if _INCOMPLETE in (row["status"], row["new_status"])]
    if incomplete:
        notes.append(f"Hatched: {_spans(incomplete)}, at least: not all was reported.")
    if any(row["stock_estimate"] or row["new_estimate"] for row in rows):
        notes.append(
            "Dashed outline: with the people without an origin distributed as before, an estimate."
        )
    if any(row[field] is None for row in rows for field in ("stock", "new")):
        notes.append("No bar: none, or not known.")
    if eras:
        notes.append("Grey bands: calendar years counted for a leader.")
    title = f"{of_origin('People', code, name)} seeking asylum abroad"
    return Drawing(
        "yearly",
        title,
        _description(of_origin("people", code, name), rows, eras),
        framed(panels, title, notes, {row["release"] for row in rows}),
    )


def _spans(years: Sequence[int]) -> str:
    """Years in words, runs of them as one: 2013 to 2015, 2024 and 2025."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(year) for year in run]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _row(found: Row) -> Row:
    year, day = found["reference_year"], found["reference_date"]
    provisional = found["is_population_provisional"]
    half = found["is_flows_provisional"]
    is_incomplete = found["is_new_asylum_claims_complete"] is False
    is_stock_incomplete = found["is_asylum_seekers_stock_complete"] is False
    return {
        "year": year,
        "left": year - 0.42,
        "right": year + 0.42,
        "stock": found["asylum_seekers_stock"],
        "new": found["new_asylum_claims"],
        "provisional": provisional or is_stock_incomplete,
        "status": f"provisional, on {day:%-d %B %Y}"
        if provisional
        else _INCOMPLETE
        if is_stock_incomplete
        else "final",
        "new_provisional": half or is_incomplete,
        "new_status": "provisional, of the first half-year"
        if half
        else _INCOMPLETE
        if is_incomplete
        else "final",
        "release": found["release_id"],
        "stock_estimate": _estimate(found, "asylum_seekers_stock"),
        "new_estimate": _estimate(found, "new_asylum_claims"),
    }


def _estimate(found: Row, measure: str) -> int | None:
    """What an incomplete figure would be with the people without an origin distributed."""
    if found[f"is_{measure}_complete"] is not False:
        return None
    return found[f"{measure}_if_distributed_as_before"]


def _description(people: str, rows: Sequence[Row], eras: Sequence[Row]) -> str:
    waiting = [row for row in rows if row["stock"] is not None]
    top, newest = max(waiting, key=lambda row: row["stock"]), waiting[-1]
    words = [
        f"Bars by year for {people}, {rows[0]['year']} to {rows[-1]['year']}.",
        f"Asylum-seekers waiting at the end of the year were most in {top['year']}: "
        f"{number(top['stock'])}.",
        f"Newest year {newest['year']}: {number(newest['stock'])} ({newest['status']}).",
    ]
    if newest["stock_estimate"]:
        words.append(
            f"With the people without an origin distributed as before it would be "
            f"{number(newest['stock_estimate'])}, an estimate."
        )
    applied = [row for row in rows if row["new"] is not None]
    if applied:
        most = max(applied, key=lambda row: row["new"])
        words.append(
            f"People who claimed asylum were most in {most['year']}: {number(most['new'])}; "
            f"in {applied[-1]['year']} {number(applied[-1]['new'])} "
            f"({applied[-1]['new_status']})."
        )
    if eras:
        words.append(f"Bands behind the bars: {'; '.join(era['text'] for era in eras)}.")
    return " ".join(words)


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
            eras.append({"text": f"{clean(leader)}, {years}", "start": start, "end": end})
    eras.sort(key=lambda era: era["start"])
    for era in eras:
        era["left"], era["right"] = max(era["start"], first) - 0.5, min(era["end"], last) + 0.5
    return eras


def _bars(
    rows: Sequence[Row], field: str, title: str, height: int, eras: Sequence[Row], *, named: bool
) -> alt.LayerChart:
    first, last = rows[0]["year"], rows[-1]["year"]
    x, per_x = years_axis(first, last, WIDTH)
    top = headroom(row[part] for row in rows for part in (field, f"{field}_estimate"))
    y = alt.Y(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format=",d", tickCount=5),
    )
    known = [row | {"low": 0, "high": row[field]} for row in rows if row[field] is not None]
    layers = [
        alt.Chart(alt.InlineData(values=[era]))
        .mark_rect(style=("band_even", "band_odd")[index % 2], aria=False)
        .encode(x=x, x2=alt.X2("right"))
        for index, era in enumerate(eras)
    ]
    layers += boxes(
        known,
        {"stock": "stock", "new": "flow"}[field],
        x,
        y,
        per_x=per_x,
        per_y=height / top,
        tooltip=[
            alt.Tooltip("year:Q", title="Year", format="d"),
            alt.Tooltip("high:Q", title=title, format=",d"),
            alt.Tooltip("status:N", title="Status"),
            alt.Tooltip("release:N", title="Release"),
        ],
    )
    # An outline and no bar: nobody counted these.
    estimates = [
        row | {"low": row[field], "high": row[f"{field}_estimate"]}
        for row in known
        if row[f"{field}_estimate"]
    ]
    if estimates:
        layers.append(
            alt.Chart(data(estimates))
            .mark_rect(style="estimate")
            .encode(
                x=x,
                x2=alt.X2("right"),
                y=y,
                y2=alt.Y2("high"),
                tooltip=[
                    alt.Tooltip("year:Q", title="Year", format="d"),
                    alt.Tooltip("high:Q", title="If distributed as before (estimate)", format=",d"),
                ],
            )
        )
    layers += _values(known, x, y)
    if named:
        middles = [
            {"left": (era["left"] + era["right"]) / 2, "text": era["text"]}
            for era in eras
            if (era["right"] - era["left"]) * per_x > 7 * len(era["text"])
        ]
        layers.append(text(middles, x, alt.YValue(-1), "quiet", baseline="bottom"))
    return panel(layers, WIDTH, height, title)


def _values(known: Sequence[Row], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The values of the highest bar and the newest, clear of each other and of higher bars."""
    top, newest = max(known, key=lambda row: row["high"]), known[-1]
    # (row, its edge or middle, alignment)
    told = [(top, top["year"], "center")]
    if newest is not top:
        if newest["year"] - top["year"] == 1:
            told = [(top, top["right"], "right")]
        told.append((newest, newest["left"], "left"))
    return [
        text(
            [{"left": at, "low": row["high"], "text": number(row["high"])}],
            x,
            y,
            align=align,
            baseline="bottom",
            dy=-3,
        )
        for row, at, align in told
    ]
