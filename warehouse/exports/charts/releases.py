"""How a figure moved: the stock of the same year, in each release that has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    Row,
    boxes,
    clean,
    framed,
    headroom,
    number,
    panel,
)
from warehouse.exports.measures import HATCHED, MEASURES, state
from warehouse.exports.origins import Origin

READS = frozenset({"mart_origin_yearly_history", "dim_release"})
_YEARS = 4
_RELEASES = 8
_WORD_FITS = 5  # releases
_RELEASE_ROOM = 80  # pixels that a release takes at least with its figure, its name and its day


def told(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    """The stock of asylum-seekers of an origin in each release loaded: a row per year and release,
    and whether the figure was provisional or incomplete then. No row where a release had no figure
    of the year.
    """
    result = con.execute(
        """
        select
            figures.reference_year as year,
            releases.release_id as release,
            releases.in_force_from as published_on,
            releases.reference_date as release_reference_date,
            figures.asylum_seekers_stock as stock,
            figures.is_population_provisional as provisional,
            figures.is_asylum_seekers_stock_complete is false as incomplete
        from mart_origin_yearly_history as figures
        inner join dim_release as releases
            on
                figures.valid_from <= releases.in_force_from
                and releases.in_force_from < coalesce(figures.valid_to, 'infinity'::date)
        where
            releases.is_held
            and list_contains(string_split(releases.datasets, ', '), 'population')
            and coalesce(figures.origin_iso3, figures.origin_unhcr_code) = ?
            and figures.counting_unit = 'persons'
            and figures.asylum_seekers_stock is not null
        order by year, published_on
        """,
        [code],
    )
    return named_rows(result)


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """A panel a year for the latest years, a bar a release; hatched if provisional or incomplete.

    None if fewer than two releases have figures of the origin.
    """
    found = told(con, origin.code)
    loaded = sorted({(row["published_on"], row["release"]) for row in found})
    releases = loaded[-_RELEASES:]
    if len(releases) < 2:
        return None
    places = {release: place for place, (_, release) in enumerate(releases)}
    years = sorted({row["year"] for row in found}, reverse=True)[:_YEARS]
    found = [
        row
        | {
            "release": clean(row["release"]),
            "place": places.get(row["release"]),
            "status": state(row["provisional"], is_incomplete=row["incomplete"]),
        }
        for row in found
    ]
    words = MEASURES["stock"]
    # Where bars are narrow, only the hatching says it: the words of neighbours would overlap.
    fits = len(releases) <= _WORD_FITS
    rows = [
        {
            "since": f"{row['published_on']}",
            "high": row["stock"],
            "shown": number(row["stock"]) + (" provisional" if fits and row["provisional"] else ""),
            "hatched": row["provisional"] or row["incomplete"],
            "style": words["style"],
            **{key: row[key] for key in ("year", "release", "place", "status")},
        }
        for row in found
        if row["year"] in years and row["place"] is not None
    ]
    if not any(row["high"] for row in rows):
        return None
    top = headroom(row["high"] for row in rows) * 1.08
    names = [
        {"place": place, "release": clean(release), "since": f"{day}"}
        for place, (day, release) in enumerate(releases)
    ]
    x = (-0.5, len(releases) - 0.5)
    panels = [
        boxes(
            panel(
                "releases",
                [row for row in rows if row["year"] == year],
                str(year),
                words["column"],
                x=x,
                y=(0, top),
            )
        )
        for year in years
    ]
    panels.append(panel("release_names", names, x=x))
    title = f"{clean(origin.of('Asylum-seekers'))}: what each release said of the same year"
    notes = [
        "Persons waiting at the end of the year (stock), or in the middle of it where a figure was "
        "provisional.",
        *([HATCHED] if any(row["hatched"] for row in rows) else []),
        f"{'The newest releases' if len(loaded) > len(releases) else 'Releases'} loaded in this "
        f"warehouse, with the day each was published.",
    ]
    made = framed(panels, title, notes, {row["release"] for row in rows}, spacing=8)
    # Where a page makes the plot narrower.
    made["usermeta"] = {"narrowest": _RELEASE_ROOM * len(releases)}
    return Drawing(
        "releases", title, _description(clean(origin.of("asylum-seekers")), found, years), made
    )


def _description(people: str, rows: Sequence[Row], years: Sequence[int]) -> str:
    words = [f"Bars of the stock of {people} by release, a panel a year."]
    for year in years:
        first, *_, last = [row for row in rows if row["year"] == year] * 2
        if first["release"] == last["release"]:
            words.append(f"{year}: {number(first['stock'])} ({last['release']}).")
            continue
        change = "unchanged" if first["stock"] == last["stock"] else f"now {number(last['stock'])}"
        words.append(
            f"{year}: first {number(first['stock'])} ({first['release']}, {first['status']}), "
            f"{change} ({last['release']}, {last['status']})."
        )
    return " ".join(words)
