"""By era: what is counted for each leader of the country of origin."""

from __future__ import annotations

import duckdb

from warehouse.core.database import named_rows
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.origins import Origin

_QUERY = """
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
        flows.mean_value as flow_mean,
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
    ReportColumn("first", "Asylum-seekers, first year", "count"),
    ReportColumn("last", "Asylum-seekers, last year", "count"),
    ReportColumn("lowest", "Lowest", "count"),
    ReportColumn("highest", "Highest", "count"),
    ReportColumn("stock_years", "Stock-years: year-end stocks added up", "count"),
    ReportColumn("flow_sum", "People who claimed asylum in these years", "count"),
    ReportColumn("flow_mean", "… a year", "count"),
    ReportColumn("flow_years", "known for years"),
)


def eras_section(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """Stocks at the ends of each era, and the applications within it."""
    if origin.iso3 is None:
        return Section("eras", "By era")
    rows = named_rows(con.execute(_QUERY, {"origin": origin.code}))
    table = ReportTable("eras", f"{origin.name} by leader’s era", _COLUMNS, [*rows])
    sentence = (
        "Stocks are compared by their first and last year. Added up they are stock-years, no "
        "number of people: who waits for three years counts three times. People who "
        "claimed asylum are added up over the years of the era that are known."
    )
    return section("eras", "By era", [sentence], [table])
