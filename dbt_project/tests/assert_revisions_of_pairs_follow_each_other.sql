-- The value of a pair after one revision is the value before its next one, and the last is the current
-- value. A missing figure counts as zero here, because a new row is no revision of its zeros.
{{ config(meta={'dagster': {'ref': {'name': 'mart_revisions'}}}) }}

with revisions as (
    select
        *,
        lead(value_before) over figure as next_value_before,
        published_on = max(published_on) over figure as is_last
    from {{ ref('mart_revisions') }}
    where level = 'pair'
    window
        figure as (
            partition by
                dataset, origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, measure
            order by published_on
            rows between unbounded preceding and unbounded following
        )
),

newest as (
    select
        'asylum_seekers_stock' as measure,
        'persons' as counting_unit,
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        asylum_seekers_stock as newest_value
    from {{ ref('fct_population_yearly') }}
    union all
    select
        'applications_total' as measure,
        counting_unit,
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        sum(applications_total) as newest_value
    from {{ ref('fct_asylum_applications_yearly') }}
    group by all
)

select revisions.*
from revisions
left join newest
    using (measure, counting_unit, origin_unhcr_code, asylum_unhcr_code, reference_year)
where
    (not is_last and coalesce(value_after, 0) <> coalesce(next_value_before, 0))
    or (
        is_last
        and measure in ('asylum_seekers_stock', 'applications_total')
        and coalesce(value_after, 0) <> coalesce(newest_value, 0)
    )
