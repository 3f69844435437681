"""People of unknown origin: which countries of asylum gave no origin, or give one again."""

from __future__ import annotations

import duckdb

from warehouse.core.database import named_rows
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.findings.words import MEASURES
from warehouse.exports.origins import Origin

NAME, TITLE = "unknown", "Where no origin is given"
_SHOWN = 15
_QUERY = """
    select reference_year, coalesce(asylum_name, asylum_unhcr_code) as place, measure, note
    from mart_reporting_breaks
    where
        kind in ('origin_withheld', 'origin_given_again')
        and measure in ('asylum_seekers_stock', 'new_asylum_claims', 'refugees_stock')
        and counting_unit = 'persons'
    order by reference_year desc, persons desc, place, asylum_unhcr_code, measure, kind
    limit $shown
"""
_COLUMNS = (
    ReportColumn("place", "Country of asylum"),
    ReportColumn("reference_year", "Year", "year"),
    ReportColumn("counted", "Figure"),
    ReportColumn("note", "What it reported"),
)


def unknown_section(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """The newest changes of what countries of asylum report, for the unknown origin alone."""
    if not origin.is_unknown:
        return Section(NAME, TITLE)
    rows = named_rows(con.execute(_QUERY, {"shown": _SHOWN}))
    for row in rows:
        row["counted"] = MEASURES[row["measure"]]
    table = ReportTable(
        NAME, "Countries of asylum that gave no origin, or gave one again, newest first", _COLUMNS,
        [*rows],
    )  # fmt: skip
    sentence = (
        "Where a country of asylum stops giving origins, its people leave the figures of their "
        "countries of origin and are counted as of unknown origin."
    )
    return section(NAME, TITLE, [sentence], [table])
