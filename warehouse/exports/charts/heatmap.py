"""Where people waited, year by year: a cell a country of asylum and year."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.core.wording import plural
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    NAMES_WIDTH,
    Row,
    Spec,
    boxes,
    clean,
    field,
    framed,
    incomplete,
    number,
    panel,
    spans,
    specs,
    tooltip,
    years,
)
from warehouse.exports.measures import INCOMPLETE, LOWER_BOUND, state
from warehouse.exports.origins import Origin

READS = frozenset({"mart_destination_yearly", "mart_destination_concentration"})
_TOP = 20
_YEARS = 26
_WIDTH = 535
_ROW_HEIGHT = 20


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """The countries that ever held most asylum-seekers in the latest years, those with most now on
    top; a provisional year hatched. None where there is no second year or no country.
    """
    found = con.execute(
        """
        with figures as (
            select
                reference_year,
                asylum_unhcr_code,
                asylum_name,
                asylum_seekers_stock,
                is_population_provisional as is_provisional,
                is_asylum_seekers_stock_complete is false as is_incomplete,
                release_id,
                max(reference_year) over () as newest_year
            from mart_destination_yearly
            where
                coalesce(origin_iso3, origin_unhcr_code) = ?
                and counting_unit = 'persons'
                and row_kind = 'pair'
                and asylum_seekers_stock > 0
        ),

        shown as (
            select
                asylum_unhcr_code,
                max(asylum_seekers_stock) as highest,
                max(asylum_seekers_stock) filter (where reference_year = newest_year) as newest
            from figures
            where reference_year > newest_year - ?
            group by asylum_unhcr_code
            order by highest desc, asylum_unhcr_code
            limit ?
        ),

        ranked as (
            select
                *,
                row_number() over (
                    order by newest desc nulls last, highest desc, asylum_unhcr_code
                ) - 1 as place
            from shown
        )

        select
            figures.reference_year,
            ranked.place,
            figures.asylum_name,
            figures.asylum_seekers_stock,
            figures.is_provisional,
            figures.is_incomplete,
            figures.release_id
        from figures
        inner join ranked using (asylum_unhcr_code)
        where figures.reference_year > figures.newest_year - ?
        order by ranked.place, figures.reference_year
        """,
        [origin.code, _YEARS, _TOP, _YEARS],
    ).fetchall()
    if len({year for year, *_ in found}) < 2:
        return None
    rows: list[dict[str, Any]] = [
        {
            "year": year,
            "row": place,
            "name": clean(asylum),
            "stock": stock,
            "hatched": provisional or is_incomplete,
            "style": "stock",
            "status": state(provisional, is_incomplete=is_incomplete),
            "release": release,
        }
        for year, place, asylum, stock, provisional, is_incomplete, release in found
    ]
    first, last = min(row["year"] for row in rows), max(row["year"] for row in rows)
    names = {row["row"]: row for row in rows}
    notes = [
        *incomplete(con, origin.code),
        "Persons waiting at the end of the year (stock). No cell: none, or not known. "
        "The scale is logarithmic.",
    ]
    provisional = {year for year, *_, is_provisional, _, _ in found if is_provisional}
    if provisional:
        notes.append(f"Hatched: {spans(provisional)} is provisional.")
    lower_bounds = {(place, year) for year, place, *_, is_incomplete, _ in found if is_incomplete}
    if lower_bounds:
        notes.append(f"Hatched: {INCOMPLETE}.")
    top = max(rows, key=lambda row: row["stock"])
    of_top = (top["row"], top["year"])
    people = clean(origin.of("asylum-seekers"))
    title = f"Countries of asylum of {clean(origin.of('people'))}, {first} to {last}"
    now = [row for row in rows if row["year"] == last]
    reported = " reported" if lower_bounds - {of_top} else ""
    bound = LOWER_BOUND if of_top in lower_bounds else ""
    # Of no country nothing is told as a highest.
    highest = (
        ""
        if origin.is_unknown
        else f"The highest{reported} is {top['name']} in {top['year']} with "
        f"{bound}{number(top['stock'])}. "
    )
    description = (
        f"A grid of {plural(len(names), 'country', 'countries')} of asylum and the years {first} "
        f"to {last}: the stronger "
        f"a cell, the more {people} waited there. {highest}"
        f"Most in {last}: "
        + "; ".join(f"{row['name']} {number(row['stock'])} ({row['status']})" for row in now[:5])
        + "."
    )
    return Drawing(
        "heatmap",
        title,
        description,
        framed(
            [_grid(rows, list(names.values()), first, last)],
            title,
            notes,
            {row["release"] for row in rows},
        ),
    )


def _grid(rows: list[Row], names: list[Row], first: int, last: int) -> Spec:
    made = panel(
        "ranked",
        rows,
        y=(len(names) - 0.5, -0.5),
        width=_WIDTH,
        height=_ROW_HEIGHT * len(names),
        transform=[
            {"calculate": "datum.year - 0.47", "as": "left"},
            {"calculate": "datum.year + 0.47", "as": "right"},
            {"calculate": "datum.row - 0.45", "as": "low"},
            {"calculate": "datum.row + 0.45", "as": "high"},
        ],
    )
    made["encoding"]["x"] = specs()["yearly"]["encoding"]["x"]
    made["encoding"]["tooltip"] = tooltip(
        ("name", "Country of asylum"),
        ("year", "Year", "d"),
        ("stock", "Asylum-seekers (stock)", ",d"),
        ("status", "Status"),
        ("release", "Release"),
    )
    made["layer"] = made["layer"][:1]  # names, without a label at each cell
    made["layer"][0]["data"] = {"values": names}
    made["layer"][0]["mark"]["limit"] = NAMES_WIDTH
    most = max(50, *(row["stock"] for row in rows))
    colour = field(
        "stock",
        title="Asylum-seekers",
        scale={"type": "log", "domain": [5, most], "range": "heatmap", "clamp": True},
        legend={
            "format": ",d",
            "gradientLength": 300,
            "values": [10**power for power in range(1, 8) if 10**power <= most],
        },
    )
    return boxes(years(made, first, last), colour, "thin_stripe")
