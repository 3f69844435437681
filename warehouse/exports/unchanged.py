"""Since when a stock that was carried forward is the same: the query behind report and chart."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.core.database import named_rows

READS = frozenset(
    {"mart_carried_forward", "mart_carried_forward_by_asylum", "mart_destination_yearly"}
)
# A figure that stands for long is carried forward again and again: each of its dates leads to the
# one before, in the releases loaded, and in the years that the newest of them has.
_QUERY = """
    with recursive repeated as (
        select * from mart_carried_forward
        where
            coalesce(origin_iso3, origin_unhcr_code) = $origin
            and measure in ('asylum_seekers_stock', 'refugees_stock')
    ),
    ends as (
        select
            reference_year, asylum_unhcr_code, asylum_seekers_stock, refugees_stock,
            make_date(reference_year, 12, 31) as reference_date
        from mart_destination_yearly
        where
            coalesce(origin_iso3, origin_unhcr_code) = $origin
            and counting_unit = 'persons'
            and row_kind = 'pair'
            and not is_population_provisional
    ),
    stocks as (
        unpivot ends on asylum_seekers_stock, refugees_stock into name measure value stock
    ),
    steps as (
        select
            measure, asylum_unhcr_code, carried_forward_stock as stock,
            reference_date, earlier_reference_date
        from repeated
        union
        select
            stocks.measure, stocks.asylum_unhcr_code, stocks.stock,
            stocks.reference_date, earlier.reference_date
        from stocks
        inner join stocks as earlier
            on
                stocks.measure = earlier.measure
                and stocks.asylum_unhcr_code = earlier.asylum_unhcr_code
                and stocks.stock = earlier.stock
                and stocks.reference_year = earlier.reference_year + 1
    ),
    back as (
        select
            release_id, measure, asylum_unhcr_code, carried_forward_stock as stock,
            earlier_reference_date as since
        from repeated
        union
        select
            back.release_id, back.measure, back.asylum_unhcr_code, back.stock,
            steps.earlier_reference_date
        from back
        inner join steps
            on
                back.measure = steps.measure
                and back.asylum_unhcr_code = steps.asylum_unhcr_code
                and back.stock = steps.stock
                and back.since = steps.reference_date
    ),
    oldest as (
        select release_id, measure, asylum_unhcr_code, min(since) as unchanged_since
        from back
        group by all
    )
    select
        repeated.release_id,
        repeated.published_on,
        repeated.reference_date,
        repeated.measure,
        repeated.asylum_unhcr_code,
        any_value(repeated.asylum_name) as asylum_name,
        any_value(repeated.carried_forward_stock) as carried_forward_stock,
        any_value(oldest.unchanged_since) as unchanged_since,
        max(asylums.carried_forward_share) as carried_forward_share
    from repeated
    inner join oldest using (release_id, measure, asylum_unhcr_code)
    left join mart_carried_forward_by_asylum as asylums
        on
            repeated.release_id = asylums.release_id
            and repeated.asylum_unhcr_code = asylums.asylum_unhcr_code
            and repeated.measure = asylums.measure
            and repeated.basis = asylums.basis
    group by all
    order by
        repeated.published_on desc, repeated.measure, carried_forward_stock desc,
        repeated.asylum_unhcr_code
"""


def carried_forward(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    """The stocks of an origin that a release carried forward, the newest release and the largest
    stock first: a row per release, measure and country of asylum.

    `unchanged_since` is the oldest reference date on which the stock was the same without another
    between; `carried_forward_share` is of all origins in that country.
    """
    return named_rows(con.execute(_QUERY, {"origin": code}))
