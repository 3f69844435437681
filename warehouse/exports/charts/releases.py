"""How a figure moved: the stock of the same year, in each release that has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import of_origin
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
from warehouse.exports.measures import MEASURES, state

READS = frozenset({"mart_revision_summary", "mart_revisions", "dim_release"})
_YEARS = 4
_RELEASES = 8
_WORD_FITS = 5  # releases


def told(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    """The stock of asylum-seekers of an origin in each release loaded: a row per year and release,
    and whether the figure was provisional then. No row where a release had no figure of the year.
    """
    result = con.execute(
        """
        with summaries as (
            select *
            from mart_revision_summary
            where
                coalesce(origin_iso3, origin_unhcr_code) = ?
                and dataset = 'population'
                and counting_unit = 'persons'
                and measure = 'asylum_seekers_stock'
        ),

        stated as (
            select reference_year, first_published_on as stated_on, first_value as stock
            from summaries
            union all
            select reference_year, published_on, value_after
            from mart_revisions
            where
                level = 'origin'
                and coalesce(origin_iso3, origin_unhcr_code) = ?
                and dataset = 'population'
                and counting_unit = 'persons'
                and measure = 'asylum_seekers_stock'
        ),

        releases as (
            select release_id, in_force_from, reference_date as release_reference_date
            from dim_release
            where is_held and list_contains(string_split(datasets, ', '), 'population')
        )

        select
            summaries.reference_year as year,
            summaries.origin_name,
            releases.release_id as release,
            releases.in_force_from as published_on,
            releases.release_reference_date,
            -- What was stated last by the day of the release.
            arg_max_null(stated.stock, stated.stated_on) as stock,
            coalesce(
                releases.in_force_from
                < summaries.first_published_on + cast(summaries.days_until_final as integer),
                true
            ) as provisional
        from summaries
        inner join releases on summaries.first_published_on <= releases.in_force_from
        inner join stated
            on
                summaries.reference_year = stated.reference_year
                and stated.stated_on <= releases.in_force_from
        group by all
        having stock is not null
        order by year, published_on
        """,
        [code, code],
    )
    return named_rows(result)


def draw(con: duckdb.DuckDBPyConnection, code: str) -> Drawing | None:
    """A panel a year for the latest years, a bar a release; provisional ones hatched.

    None if fewer than two releases have figures of the origin.
    """
    found = told(con, code)
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
            "status": state(row["provisional"]),
        }
        for row in found
    ]
    words = MEASURES["stock"]
    # Where bars are narrow, only the hatching says it: the words of neighbours would overlap.
    word = " provisional" if len(releases) <= _WORD_FITS else ""
    rows = [
        {
            "since": f"{row['published_on']}",
            "high": row["stock"],
            "shown": number(row["stock"]) + (word if row["provisional"] else ""),
            "hatched": row["provisional"],
            "style": words["style"],
            **{key: row[key] for key in ("year", "release", "place", "status")},
        }
        for row in found
        if row["year"] in years and row["place"] is not None
    ]
    if not any(row["high"] for row in rows):
        return None
    name = clean(found[-1]["origin_name"])
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
    title = f"{of_origin('Asylum-seekers', code, name)}: what each release said of the same year"
    notes = [
        "Persons waiting at the end of the year (stock), or in the middle of it where a figure was "
        "provisional (hatched).",
        f"{'The newest releases' if len(loaded) > len(releases) else 'Releases'} loaded in this "
        f"warehouse, with the day each was published.",
    ]
    return Drawing(
        "releases",
        title,
        _description(of_origin("asylum-seekers", code, name), found, years),
        framed(panels, title, notes, {row["release"] for row in rows}, spacing=8),
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
