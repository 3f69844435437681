"""Ranks over time: of the countries of asylum for the origin, and of the origin in the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    Row,
    Spec,
    clean,
    field,
    framed,
    incomplete,
    layer,
    number,
    panel,
    spans,
    text,
    tooltip,
    years,
)
from warehouse.exports.measures import INCOMPLETE, RANKS, state
from warehouse.exports.origins import Origin

READS = frozenset(
    {"mart_destination_yearly", "mart_destination_concentration", "mart_origin_yearly"}
)
_SERIES = 8
_DEEPEST = 12
_YEARS = 15
_WIDTH = 500
_NAMES = 320  # pixels right of the plot: UNHCR's longest name of a country has room
_LABEL_LENGTH = 60  # letters, wider than _NAMES: to measure a long name takes long


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """Above the ranks of the countries of asylum that are first now, below the rank of the origin
    among all countries of origin, in years of which the data hold the world.

    None where neither has two years.
    """
    destinations = _destinations(con, origin.code)
    world = _world(con, origin.code)
    if not destinations and not world:
        return None
    title = f"Ranks over time: {clean(origin.of('asylum-seekers'))}"
    panels, words = [], []
    if destinations:
        panels.append(_bump(destinations))
        words.append(_destination_words(destinations))
    if world:
        panels.append(_line(world, clean(origin.name)))
        best, newest = min(world, key=lambda row: row["rank"]), world[-1]
        words.append(
            f"Among countries of origin, by asylum-seekers, {clean(origin.name_within)} was "
            f"{number(newest['rank'])} of {number(newest['of'])} in {newest['year']} "
            f"({newest['status']}), and highest in {best['year']}: {number(best['rank'])}."
        )
    rows = [*destinations, *world]
    provisional = sorted({row["year"] for row in rows if row["provisional"]})
    notes = [
        *(incomplete(con, origin.code) if destinations else ()),
        "Rank 1 has the most asylum-seekers waiting at the end of the year (stock, persons).",
    ]
    if destinations:
        notes.append(f"A line is broken where a country is below rank {_DEEPEST} or has none.")
    if provisional:
        notes.append(f"Hollow points: {spans(provisional)} is provisional.")
    if any(row["incomplete"] for row in rows):
        notes.append(f"Hollow points: {INCOMPLETE}.")
    if any(row["among_incomplete"] for row in rows):
        notes.append(RANKS)
        words.append(RANKS)
    return Drawing(
        "rank",
        title,
        " ".join(words),
        framed(panels, title, notes, {row["release"] for row in rows}),
    )


def _destinations(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    found = con.execute(
        """
        with figures as (
            select
                *,
                max(reference_year) over () as newest_year,
                bool_or(is_asylum_seekers_stock_complete is false)
                    over (partition by reference_year) as among_incomplete
            from mart_destination_yearly
            where
                coalesce(origin_iso3, origin_unhcr_code) = ?
                and counting_unit = 'persons'
                and row_kind = 'pair'
                and asylum_seekers_rank is not null
        ),

        series as (
            select
                asylum_unhcr_code,
                row_number() over (order by asylum_seekers_rank, asylum_unhcr_code) - 1 as series
            from figures
            where reference_year = newest_year
            qualify series < ?
        )

        select
            figures.reference_year as year,
            series.series,
            figures.asylum_name as name,
            figures.asylum_seekers_rank as rank,
            figures.asylum_seekers_stock as stock,
            figures.is_population_provisional as provisional,
            figures.is_asylum_seekers_stock_complete is false as incomplete,
            figures.among_incomplete,
            figures.release_id as release
        from figures
        inner join series using (asylum_unhcr_code)
        where figures.reference_year > figures.newest_year - ?
        order by series.series, figures.reference_year
        """,
        [code, _SERIES, _YEARS],
    )
    return _two_years(found)


def _world(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    found = con.execute(
        """
        with ranked as (
            select
                reference_year as year,
                origin_iso3,
                asylum_seekers_stock as stock,
                asylum_seekers_stock_world_share as share,
                is_population_provisional as provisional,
                is_asylum_seekers_stock_complete is false as incomplete,
                bool_or(is_asylum_seekers_stock_complete is false)
                    over (partition by reference_year) as among_incomplete,
                release_id as release,
                rank() over (
                    partition by reference_year order by asylum_seekers_stock desc
                ) as rank,
                count(*) over (partition by reference_year) as "of"
            from mart_origin_yearly
            where
                counting_unit = 'persons'
                and origin_iso3 is not null
                and asylum_seekers_stock > 0
                -- Otherwise not every origin was asked for.
                and asylum_seekers_stock_world_share is not null
        )

        select * from ranked
        where origin_iso3 = ?
        order by year
        """,
        [code],
    )
    return _two_years(found)


def _two_years(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = named_rows(result)
    for row in rows:
        row["status"] = state(row["provisional"], is_incomplete=row["incomplete"])
        row["hollow"] = row["provisional"] or row["incomplete"]
    return rows if len({row["year"] for row in rows}) > 1 else []


def _destination_words(rows: list[dict[str, Any]]) -> str:
    last = max(row["year"] for row in rows)
    first = min(row["year"] for row in rows)
    told = []
    for series in sorted({row["series"] for row in rows})[:5]:
        ranks = {row["year"]: row for row in rows if row["series"] == series}
        before = f"rank {ranks[first]['rank']}" if first in ranks else "none"
        told.append(f"{clean(ranks[last]['name'])} {ranks[last]['rank']} ({before} in {first})")
    return f"Lines of ranks of countries of asylum. Ranks in {last}: {'; '.join(told)}."


def _panel(rows: Sequence[Row], title: str, deepest: int, ticks: int, height: int) -> Spec:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if deepest / step <= ticks)
    made = panel("yearly", [], title, y=(deepest * 1.03 + 0.5, 0.5), width=_WIDTH, height=height)
    y = made["encoding"]["y"]
    y |= {"field": "rank", "scale": y["scale"] | {"zero": False}}
    y["axis"] = {
        "format": "d",
        "values": [1, *(rank for rank in range(step, deepest + 1, step) if rank > 1)],
    }
    made["encoding"]["tooltip"] = tooltip(
        ("name", "Country"),
        ("left", "Year", "d"),
        ("rank", "Rank", "d"),
        ("stock", "Asylum-seekers (stock)", ",d"),
        ("status", "Status"),
        ("release", "Release"),
    )
    return years(made, min(row["year"] for row in rows), max(row["year"] for row in rows))


def _bump(rows: list[dict[str, Any]]) -> Spec:
    first, last = min(row["year"] for row in rows), max(row["year"] for row in rows)
    deepest = min(max(row["rank"] for row in rows), _DEEPEST)
    by_place = {(row["series"], row["year"]): row for row in rows if row["rank"] <= deepest}
    # A year in which a line has no point has a point without a rank, which breaks it.
    points = [
        {"left": year, "series": series, "rank": None} | _point(by_place.get((series, year)))
        for series in sorted({row["series"] for row in rows})
        for year in range(first, last + 1)
    ]
    names = [
        point | {"text": f"{point['rank']}  {point['name'][:_LABEL_LENGTH]}"}
        for point in points
        if point["left"] == last and point["rank"] is not None
    ]
    made = _panel(
        rows,
        f"Countries of asylum that are first in {last}",
        deepest,
        _DEEPEST,
        max(deepest * 26, 60),
    )
    places = {"domain": list(range(_SERIES)), "range": "category"}
    colour = {"color": field("series", "N", scale=places, legend=None)}
    line = {"type": "line", "strokeWidth": 2.5}
    made["layer"] = [
        layer(points, line, tooltip=None, **colour),
        *_points(points, {}, **colour),
        text(names, field("left"), field("rank"), align="left", dx=14, limit=_NAMES),
    ]
    return made


def _point(row: Row | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {key: row[key] for key in ("rank", "stock", "hollow", "status", "release")} | {
        "name": clean(row["name"])
    }


def _points(points: list[Row], looks: Spec, **encoding: Spec) -> list[Spec]:
    layers = []
    for hollow in (False, True):
        some = [
            point for point in points if point["rank"] is not None and point["hollow"] is hollow
        ]
        if some:
            mark = {"type": "point", "filled": not hollow, "size": 70, "opacity": 1} | looks
            layers.append(layer(some, mark, **encoding))
    return layers


def _line(rows: list[Row], name: str) -> Spec:
    by_year = {row["year"]: row for row in rows}
    points = [
        {"left": year, "rank": None}
        | (_point(by_year[year] | {"name": name}) if year in by_year else {})
        for year in range(rows[0]["year"], rows[-1]["year"] + 1)
    ]
    newest = points[-1] | {"text": f"{rows[-1]['rank']} of {rows[-1]['of']}"}
    title = "In the world: rank among all countries of origin"
    made = _panel(rows, title, max(row["rank"] for row in rows), 6, 150)
    made["layer"] = [
        layer(points, {"type": "line", "style": "stock", "strokeWidth": 2}, tooltip=None),
        *_points(points, {"style": "stock"}),
        text([newest], field("left"), field("rank"), align="left", dx=14),
    ]
    return made
