-- How the estimates of a mid-year release turned out, against the naive one: that nothing changes
-- from the middle of the year to its end. By level and group, and over all groups.
with estimates as (
    select * from {{ ref('int_year_end_estimates_resolved') }}
    where is_first_midyear and final_stock is not null
),

turned_out as (
    select
        measure,
        outlook_level,
        coalesce(outlook_group, 'all') as outlook_group,
        reference_year,
        release_id,
        any_value(reference_date) as reference_date,
        min(published_on) as published_on,
        max(final_published_on) as final_published_on,
        count(*) as scored_count,
        count(low_stock) as range_count,
        count(estimate_stock) as estimate_count,
        {{ total('midyear_stock') }} as midyear_stock,
        {{ total('final_stock') }} as final_stock,
        min(continuation) as continuation,
        count(*) filter (where final_stock >= low_stock and final_stock <= high_stock)
            as in_range_count,
        {{ fraction(
            'sum(abs(final_stock - midyear_stock))', 'sum(final_stock)'
        ) }} as naive_weighted_error_rate,
        {{ fraction(
            'sum(abs(final_stock - estimate_stock))',
            'sum(final_stock) filter (where estimate_stock is not null)'
        ) }} as estimate_weighted_error_rate,
        median({{ fraction('abs(final_stock - midyear_stock)', 'midyear_stock') }})
            as naive_median_error_rate,
        median({{ fraction('abs(final_stock - estimate_stock)', 'midyear_stock') }})
            as estimate_median_error_rate
    from estimates
    group by grouping sets (
        (measure, outlook_level, outlook_group, reference_year, release_id),
        (measure, outlook_level, reference_year, release_id)
    )
),

compared as (
    select
        *,
        {{ fraction('in_range_count', 'range_count') }} as in_range_rate,
        case
            when estimate_count = scored_count
                then
                    estimate_weighted_error_rate < naive_weighted_error_rate
                    and estimate_median_error_rate < naive_median_error_rate
        end as is_better_than_naive
    from turned_out
),

final as (
    select
        measure,
        outlook_level,
        outlook_group,
        reference_year,
        reference_date,
        published_on,
        final_published_on,
        midyear_stock,
        final_stock,
        scored_count,
        range_count,
        estimate_count,
        in_range_count,
        continuation,
        in_range_rate,
        naive_weighted_error_rate,
        estimate_weighted_error_rate,
        naive_median_error_rate,
        estimate_median_error_rate,
        case
            when estimate_count > 0 then 'scored'
            when range_count > 0 then 'range_only'
            else 'not_enough_releases'
        end as backtest_status,
        is_better_than_naive,
        case
            when outlook_group <> 'all'
                then
                    coalesce(
                        bool_and(is_better_than_naive) over (
                            partition by measure, outlook_level, outlook_group
                        ),
                        false
                    )
        end as is_estimate_shown,
        release_id
    from compared
)

select * from final
order by measure, outlook_level, outlook_group, reference_year, release_id
