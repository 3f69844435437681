"""What stands beside the figures of a country whatever release is chosen: people who are in none of
them, and people who were moved from one of them to another. Of the newest release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import day, show
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.origin_years import OriginYear

YEARS_SHOWN = 5
MOVES_SHOWN = 15
OTHERS = (
    "On {day}, {count} {people} were other people in need of international protection, in release "
    "{release}. They are neither among the refugees nor among the asylum-seekers here."
)
_MOVES = """
    select
        coalesce(origins.origin_iso3, origins.origin_unhcr_code) as origin,
        coalesce(origins.asylum_iso3, origins.asylum_unhcr_code) as asylum,
        coalesce(origins.origin_name, origins.origin_unhcr_code) as origin_place,
        coalesce(origins.asylum_name, origins.asylum_unhcr_code) as asylum_place,
        origins.reference_year,
        origins.persons,
        origins.figure_before,
        origins.figure,
        breaks.note
    from mart_reporting_break_origins as origins
    inner join mart_reporting_breaks as breaks
        using (asylum_unhcr_code, measure, counting_unit, reference_year, kind)
    where
        origins.kind = 'category_moved' and origins.measure = 'refugees_stock'
        and (
            coalesce(origins.origin_iso3, origins.origin_unhcr_code) = $origin
            or $origin is null
        )
    order by
        origins.reference_year desc, origins.persons desc,
        origins.asylum_unhcr_code, origins.origin_unhcr_code
"""


def moves_by_code(
    con: duckdb.DuckDBPyConnection, origin: str | None = None
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Where refugees came into another category or out of one, by side and code, newest first; of
    all origins, or of one.
    """
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in named_rows(con.execute(_MOVES, {"origin": origin})):
        for side, other in (("origin", "asylum"), ("asylum", "origin")):
            found.setdefault((side, row[side]), []).append({**row, "place": row[f"{other}_place"]})
    return found


def moves_of(con: duckdb.DuckDBPyConnection, origin: str) -> list[dict[str, Any]]:
    """The moves of one country of origin, newest first."""
    return moves_by_code(con, origin).get(("origin", origin), [])


def moved_section(name: str, side: str, rows: Sequence[dict[str, Any]], release: str) -> Section:
    """The moves of one country; `side` is its own."""
    heading = "Country of asylum" if side == "origin" else "Country of origin"
    columns = (
        ReportColumn("place", heading),
        ReportColumn("reference_year", "Year", "year"),
        ReportColumn("persons", "People moved", "count"),
        ReportColumn("figure_before", "Refugees the year before", "count"),
        ReportColumn("figure", "Refugees in the year", "count"),
        ReportColumn("note", "What the country of asylum did, all origins together"),
    )
    table = ReportTable(
        "moved", f"{name}: refugees and other categories, release {release}", columns,
        [*rows[:MOVES_SHOWN]],
    )  # fmt: skip
    sentence = (
        "People were counted in another category than the year before. By so many the number of "
        "refugees can change without anybody having come or left. People moved are the smaller of "
        "what one category lost and another gained; whether they are the same people is not "
        f"known. By the figures of release {release}."
    )
    return section("moved", "People moved between categories", [sentence], [table])


def others_section(of_people: str, years: Sequence[OriginYear], release: str) -> Section:
    """Other people in need of international protection; `of_people`: "people from Venezuela";
    `years` oldest first.
    """
    rows = [year.persons for year in years if year.persons.get("oip_stock")]
    title = "Other people in need of international protection"
    if not rows:
        return Section("others", title)
    newest = rows[-1]
    sentence = OTHERS.format(
        day=day(newest["reference_date"]),
        count=show(newest["oip_stock"], "count"),
        people=of_people,
        release=release,
    )
    columns = (
        ReportColumn("reference_date", "On", "day"),
        ReportColumn("oip_stock", title, "count"),
    )
    table = ReportTable(
        "others", f"{title}, release {release}", columns, rows[: -YEARS_SHOWN - 1 : -1]
    )
    return section("others", title, [sentence], [table])
