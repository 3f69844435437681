"""Share of the stock carried forward from an earlier reference date, by country of asylum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.exports import unchanged
from warehouse.exports.charts import releases
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    Row,
    Spec,
    clean,
    framed,
    number,
    percent,
    ranked,
    tooltip,
)
from warehouse.exports.origins import Origin

READS = releases.READS | unchanged.READS
_TOP = 8
_REST = "Not carried forward, or below 100"


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """For the newest release and the one of the reference date before: the share of the origin's
    stock that each country of asylum only repeats. None where neither repeats anything.
    """
    latest = _latest(releases.told(con, origin.code))
    names = {release["release"] for release in latest}
    repeated = [
        row
        for row in unchanged.carried_forward(con, origin.code)
        if row["measure"] == "asylum_seekers_stock" and row["release_id"] in names
    ]
    if not repeated:
        return None
    panels, words = [], []
    for release in latest:
        own = [row for row in repeated if row["release_id"] == release["release"]]
        rows = _rows(own, release)
        heading = (
            f"Release {clean(release['release'])}, stock on "
            f"{release['release_reference_date']:%-d %B %Y}"
            f"{', provisional' if release['provisional'] else ''}: "
            f"{percent(_share(own, release))} carried forward"
        )
        panels.append(_bars(rows, heading))
        first = ", ".join(f"{row['name']} {number(row['stock'])}" for row in rows[: len(own)][:5])
        words.append(
            f"{heading}, of {number(release['stock'])} persons{': ' if first else ''}{first}."
        )
    title = f"{clean(origin.of('Asylum-seekers'))} that a release only carried forward"
    notes = [
        "Stocks of a country of asylum of 100 persons or more that are exactly those of an earlier "
        "date, as a share of the origin's stock. Whether a country did not report, or the number "
        "is truly the same, the data cannot tell.",
    ]
    return Drawing(
        "carried_forward",
        title,
        f"Bars by country of asylum, a panel a release. {' '.join(words)}",
        framed(panels, title, notes, names),
    )


def _latest(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The stock of each release's own year: of the newest release, and of the newest of the
    reference date before.
    """
    latest: dict[Any, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["published_on"], reverse=True):
        day = row["release_reference_date"]
        if day is not None and row["year"] == day.year and row["stock"]:
            latest.setdefault(day, row)
    return [latest[day] for day in sorted(latest, reverse=True)[:2]]


def _share(repeated: Sequence[Row], release: Row) -> float:
    share: float = sum(row["carried_forward_stock"] for row in repeated) / release["stock"]
    return share


def _rows(repeated: Sequence[Row], release: Row) -> list[dict[str, Any]]:
    rows = [
        {
            "name": clean(row["asylum_name"]),
            "stock": row["carried_forward_stock"],
            "earlier": f"since {row['unchanged_since']:%-d %b %Y}",
            "all": row["carried_forward_share"],
            "style": "stale",
        }
        for row in repeated[:_TOP]
    ]
    others = repeated[_TOP:]
    if others:
        rows.append(
            {
                "name": f"{len(others)} other {'countries' if len(others) > 1 else 'country'}",
                "stock": sum(row["carried_forward_stock"] for row in others),
                "earlier": "since an earlier date",
                "all": None,
                "style": "stale",
            }
        )
    rows.append(
        {
            "name": _REST,
            "stock": release["stock"] - sum(row["carried_forward_stock"] for row in repeated),
            "earlier": "",
            "all": None,
            "style": "rest",
        }
    )
    for place, row in enumerate(rows):
        share = row["stock"] / release["stock"]
        row |= {
            "row": place,
            "right": share,
            "shown": f"{percent(share)}  ({number(row['stock'])}"
            + (f", {row['earlier']})" if row["earlier"] else ")"),
            "release": release["release"],
        }
    return rows


def _bars(rows: Sequence[Row], heading: str) -> Spec:
    made = ranked(rows, 1, heading)
    made["encoding"]["x"]["axis"] = {"format": "%", "tickCount": 5, "domain": False}
    made["encoding"]["tooltip"] = tooltip(
        ("name", "Country of asylum"),
        ("stock", "Persons", ",d"),
        ("right", "Share of the origin's stock", ".1%"),
        ("earlier", "Unchanged"),
        ("all", "Carried forward there, all origins", ".1%"),
        ("release", "Release"),
    )
    return made
