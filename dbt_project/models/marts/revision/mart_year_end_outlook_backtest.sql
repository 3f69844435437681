-- The backtest of docs/outlook.md, beside what it is about.
with backtest as (
    select * from {{ ref('int_year_end_backtest_combined') }}
),

lineage as (
    select
        release_id,
        measure,
        min(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from {{ ref('int_year_end_estimates_resolved') }}
    group by release_id, measure
),

final as (
    select
        backtest.measure,
        backtest.outlook_level,
        backtest.outlook_group,
        backtest.reference_year,
        backtest.reference_date,
        backtest.published_on,
        backtest.final_published_on,
        backtest.midyear_stock,
        backtest.final_stock,
        backtest.scored_count,
        backtest.estimate_count,
        backtest.range_count,
        backtest.in_range_count,
        backtest.continuation,
        backtest.in_range_rate,
        backtest.naive_weighted_error_rate,
        backtest.estimate_weighted_error_rate,
        backtest.naive_median_error_rate,
        backtest.estimate_median_error_rate,
        backtest.backtest_status,
        backtest.is_better_than_naive,
        backtest.is_estimate_shown,
        backtest.release_id,
        lineage.snapshot_id,
        lineage.retrieved_at
    from backtest
    inner join lineage using (release_id, measure)
)

select * from final
order by measure, outlook_level, outlook_group, reference_year
