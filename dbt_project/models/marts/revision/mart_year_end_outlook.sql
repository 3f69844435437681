-- What is to be expected of a year of which only the middle is published. The estimate is left out
-- where it has not been shown to be better than taking the mid-year figure for the final one.
with estimates as (
    select * from {{ ref('int_year_end_estimates_resolved') }}
    where is_newest and final_published_on is null
),

backtest as (
    select
        measure,
        outlook_level,
        outlook_group,
        count(*) filter (where backtest_status = 'scored') as scored_year_count,
        {{ total('range_count') }} as backtest_range_count,
        {{ fraction('sum(in_range_count)', 'sum(range_count)') }} as backtest_in_range_rate,
        bool_and(is_better_than_naive) as is_better_than_naive,
        bool_and(is_estimate_shown) as is_estimate_shown
    from {{ ref('int_year_end_backtest_combined') }}
    group by measure, outlook_level, outlook_group
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        estimates.measure,
        estimates.outlook_level,
        estimates.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        estimates.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        estimates.outlook_group,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        estimates.reference_year,
        estimates.reference_date,
        estimates.stock_before,
        estimates.midyear_stock,
        estimates.carried_forward_stock,
        case when backtest.is_estimate_shown then estimates.estimate_stock end
            as year_end_estimate_stock,
        estimates.low_stock as year_end_low_stock,
        estimates.high_stock as year_end_high_stock,
        estimates.range_move_count,
        coalesce(backtest.scored_year_count, 0) as scored_year_count,
        backtest.backtest_range_count,
        backtest.backtest_in_range_rate,
        case
            when backtest.is_estimate_shown and estimates.estimate_stock is not null
                then 'half_year_growth'
            when backtest.scored_year_count > 0 then 'left_out_not_better'
            else 'left_out_not_tested'
        end as outlook_method,
        backtest.is_better_than_naive,
        estimates.release_id,
        estimates.snapshot_id,
        estimates.retrieved_at
    from estimates
    left join backtest using (measure, outlook_level, outlook_group)
    left join countries as origins on estimates.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on estimates.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by measure, outlook_level, origin_unhcr_code, asylum_unhcr_code
