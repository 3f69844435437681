"""By era: what is counted for each leader of the country of origin."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import AT_LEAST, at_least
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.origins import Origin

_QUERY = """
    with incomplete as (
        select reference_year from mart_origin_yearly
        where
            origin_iso3 = $origin and counting_unit = 'persons'
            and is_asylum_seekers_stock_complete is false
    )
    select
        stocks.leader,
        stocks.first_year_counted || '–' || stocks.counted_to_year as years,
        stocks.convention,
        stocks.first_year_value as first,
        stocks.last_year_value as last,
        stocks.lowest_value as lowest,
        stocks.highest_value as highest,
        stocks.stock_years,
        flows.flow_sum,
        round(flows.mean_value)::bigint as flow_mean,
        stocks.first_known_year not in (from incomplete) as is_first_complete,
        stocks.last_known_year not in (from incomplete) as is_last_complete,
        stocks.lowest_year not in (from incomplete) as is_lowest_complete,
        stocks.highest_year not in (from incomplete) as is_highest_complete,
        stocks.incomplete_year_count = 0 as are_stocks_complete,
        flows.incomplete_year_count = 0 as are_flows_complete,
        flows.known_year_count || ' of ' || flows.year_count as flow_years
    from mart_era_comparison as stocks
    left join mart_era_comparison as flows
        on
            stocks.era_id = flows.era_id
            and stocks.origin_unhcr_code = flows.origin_unhcr_code
            and flows.measure = 'new_asylum_claims'
            and flows.counting_unit = 'persons'
    where
        stocks.origin_iso3 = $origin
        and stocks.measure = 'asylum_seekers_stock'
        and stocks.known_year_count > 0
    order by stocks.first_year_counted desc, stocks.era_id
"""
_COLUMNS = (
    ReportColumn("leader", "Era"),
    ReportColumn("years", "Years counted"),
    ReportColumn("convention", "Convention"),
    ReportColumn("first", "Asylum-seekers, first year", "bound"),
    ReportColumn("last", "Asylum-seekers, last year", "bound"),
    ReportColumn("lowest", "Lowest", "bound"),
    ReportColumn("highest", "Highest", "bound"),
    ReportColumn("stock_years", "Stock-years: year-end stocks added up", "bound"),
    ReportColumn("flow_sum", "People who claimed asylum in these years", "bound"),
    ReportColumn("flow_mean", "… a year", "bound"),
    ReportColumn("flow_years", "known for years"),
)
# What says whether a figure is whole.
_COMPLETE = {
    "first": "is_first_complete",
    "last": "is_last_complete",
    "lowest": "is_lowest_complete",
    "highest": "is_highest_complete",
    "stock_years": "are_stocks_complete",
    "flow_sum": "are_flows_complete",
    "flow_mean": "are_flows_complete",
}


def eras_section(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """Stocks at the ends of each era, and the applications within it."""
    if origin.iso3 is None:
        return Section("eras", "By era")
    rows = [_marked(row) for row in named_rows(con.execute(_QUERY, {"origin": origin.code}))]
    table = ReportTable("eras", f"{origin.name} by leader’s era", _COLUMNS, [*rows])
    sentences = [
        "Stocks are compared by their first and last year. Added up they are stock-years, no "
        "number of people: who waits for three years counts three times. People who "
        "claimed asylum are added up over the years of the era that are known."
    ]
    if any(AT_LEAST in str(cell) for row in rows for cell in row.values()):
        sentences.append(
            f"{AT_LEAST}: at least; in some of the years countries of asylum did not report, or "
            f"gave no origin."
        )
    return section("eras", "By era", sentences, [table])


def _marked(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its figures as shown: one of a year, or over years, that lack reports is a
    lower bound. A figure that is not known stays None.
    """
    shown = {
        figure: at_least(row[figure], row[flag])
        for figure, flag in _COMPLETE.items()
        if row[figure] is not None
    }
    return row | shown
