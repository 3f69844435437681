"""Palestine refugees under UNRWA's mandate: they are in none of UNHCR's figures."""

from __future__ import annotations

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import day, show
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.origins import Origin

_QUERY = """
    with known as (
        select * from fct_palestine_refugees_yearly
        where coalesce(origin_iso3, origin_unhcr_code) = $origin
    )
    select
        coalesce(asylum_name, asylum_unhcr_code) as place,
        reference_date,
        palestine_refugees_stock,
        sum(palestine_refugees_stock) over () as total
    from known
    where reference_year = (select max(reference_year) from known)
    order by palestine_refugees_stock desc, place
"""
_COLUMNS = (
    ReportColumn("place", "Where they are registered"),
    ReportColumn("palestine_refugees_stock", "Palestine refugees", "count"),
)


def unrwa_section(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """UNRWA's figures of the newest year, for an origin that has any."""
    rows = named_rows(con.execute(_QUERY, {"origin": origin.code}))
    if not rows:
        return Section("unrwa", "Palestine refugees under UNRWA")
    total, reference = show(rows[0]["total"], "count"), day(rows[0]["reference_date"])
    sentence = (
        f"UNRWA counts Palestine refugees under its own mandate: {total} on {reference}. They are "
        f"in none of UNHCR’s figures on this page; a sum of both has to say so."
    )
    table = ReportTable("unrwa", f"Palestine refugees under UNRWA, {reference}", _COLUMNS, [*rows])
    return section("unrwa", "Palestine refugees under UNRWA", [sentence], [table])
