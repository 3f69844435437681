"""Every year: who was waiting at its end (stock) above, who applied in it (flow) below."""

from __future__ import annotations

from typing import Any

import altair as alt
import duckdb

from warehouse.attribution import source_sentence
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.style import WIDTH


def draw(con: duckdb.DuckDBPyConnection, origin_iso3: str) -> Drawing | None:
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
    title = f"People from {name} seeking asylum abroad"
    stock = _bars(rows, "stock", "Asylum-seekers waiting at the end of the year (stock)", 240)
    new = _bars(rows, "new", "New applications in the year, persons (flow)", 120)
    chart = alt.vconcat(stock, new, spacing=24).resolve_scale(x="shared")
    top = max((row for row in rows if row["stock"]), key=lambda row: row["stock"])
    return Drawing(
        "yearly",
        title,
        f"Bars by year, {rows[0]['year']} to {rows[-1]['year']}: asylum-seekers from {name} "
        f"waiting at the end of the year, highest in {top['year']} with {top['stock']:,}, and new "
        "applications in the year.",
        chart.properties(
            title=alt.TitleParams(title, subtitle=source_sentence(release), fontSize=18, offset=16)
        ),
    )


def _bars(rows: list[dict[str, Any]], field: str, title: str, height: int) -> alt.LayerChart:
    style = {"stock": "stock", "new": "flow"}[field]
    layers = [
        alt.Chart(alt.Data(values=[row for row in rows if row["provisional"] is provisional]))
        .mark_bar(style=name)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y(f"{field}:Q", title=None, axis=alt.Axis(format=",d", tickCount=5)),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip(f"{field}:Q", title=title, format=",d"),
            ],
        )
        for provisional, name in ((False, style), (True, f"{style}_provisional"))
    ]
    return alt.layer(*layers, width=WIDTH, height=height, title=title)
