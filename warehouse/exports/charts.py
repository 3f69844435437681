"""Charts of one country of origin under `exports/charts/`, as PNG and SVG, from the published file.

Stock and flow stand in separate panels: the people waiting on a day, and the claims of a year.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import altair as alt
import duckdb

from warehouse import atomic
from warehouse.attribution import source_sentence
from warehouse.publish import open_published
from warehouse.settings import Settings

FOLDER = "charts"
# Okabe and Ito's palette, told apart by colour-blind readers too.
BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#555555"
WIDTH = 760
_STAGING_PREFIX = ".charts-"


def export_charts(settings: Settings, origin_iso3: str = "CHN") -> list[Path]:
    """Draw the yearly figures of a country of origin; returns the paths of the PNG and the SVG.

    An origin without figures gives no chart, and an empty list. Raises PublishedMissingError when
    nothing is published.
    """
    with open_published(settings) as con:
        return write_charts(con, settings, origin_iso3)


def write_charts(
    con: duckdb.DuckDBPyConnection, settings: Settings, origin_iso3: str = "CHN"
) -> list[Path]:
    """`export_charts` for a published file that is already open."""
    chart = yearly_chart(con, origin_iso3)
    if chart is None:
        return []
    folder = settings.exports_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{origin_iso3.lower()}_yearly"
    for left in settings.exports_dir.glob(f"{_STAGING_PREFIX}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_STAGING_PREFIX, dir=settings.exports_dir) as staging:
        drawn = [Path(staging) / f"{name}.png", Path(staging) / f"{name}.svg"]
        chart.save(drawn[0], scale_factor=2)
        chart.save(drawn[1])
        for path in drawn:
            atomic.replace(path, folder / path.name)
    return [folder / path.name for path in drawn]


def yearly_chart(con: duckdb.DuckDBPyConnection, origin_iso3: str) -> alt.VConcatChart | None:
    """Stock of asylum-seekers above, new applications (persons) below, a bar a year.

    A provisional year is drawn hollow. None if the origin has no asylum-seekers in any year.
    """
    found = con.execute(
        """
        select
            reference_year,
            asylum_seekers_stock,
            applications_new,
            is_provisional,
            origin_name,
            max(release_id) over () as release_id
        from mart_origin_yearly
        where origin_iso3 = ? and counting_unit = 'persons'
        order by reference_year
        """,
        [origin_iso3],
    ).fetchall()
    rows = [
        {"year": year, "stock": stock, "new": new, "provisional": provisional}
        for year, stock, new, provisional, _, _ in found
        if stock is not None or new is not None
    ]
    while rows and not rows[0]["stock"] and not rows[0]["new"]:
        del rows[0]  # UNHCR writes zeros back to 1951, before it counted
    if not any(row["stock"] for row in rows):
        return None
    name, release = found[-1][4], found[-1][5]
    stock = _bars(rows, "stock", BLUE, "Asylum-seekers waiting at the end of the year (stock)")
    new = _bars(rows, "new", ORANGE, "New applications in the year, persons (flow)", height=120)
    chart = alt.vconcat(stock, new, spacing=24).resolve_scale(x="shared")
    return chart.properties(
        title=alt.TitleParams(
            f"People from {name} seeking asylum abroad",
            subtitle=source_sentence(release),
            anchor="start",
            fontSize=18,
            subtitleColor=GREY,
            offset=16,
        )
    ).configure_view(stroke=None)


def _bars(
    rows: list[dict[str, Any]], field: str, colour: str, title: str, height: int = 240
) -> alt.Chart:
    provisional = alt.datum.provisional
    return (
        alt.Chart(alt.Data(values=rows), title=alt.TitleParams(title, anchor="start", fontSize=13))
        .mark_bar(stroke=colour)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y(f"{field}:Q", title=None, axis=alt.Axis(format=",d", tickCount=5)),
            fill=alt.condition(provisional, alt.value("white"), alt.value(colour)),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip(f"{field}:Q", title=title, format=",d"),
            ],
        )
        .properties(width=WIDTH, height=height)
    )
