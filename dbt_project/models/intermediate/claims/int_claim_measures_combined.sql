-- What a claim can be about: the measures of the facts with totals, and the two rates of decisions.
with measures as (
    select * from {{ ref('measures').identifier }}
),

rates as (
    select
        unnest(['refugee_recognition_rate', 'total_protection_rate']) as measure,
        'asylum-decisions' as endpoint,
        cast(null as varchar) as stock_or_flow
),

counts as (
    select
        measure,
        endpoint,
        stock_or_flow
    from measures
    where endpoint in ('population', 'asylum-applications', 'asylum-decisions', 'displacement-flows')
),

final as (
    select * from counts
    union all by name
    select * from rates
)

select * from final
