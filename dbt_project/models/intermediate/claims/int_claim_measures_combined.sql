-- What a claim can be about: the measures of the datasets by country and year, and the two rates of
-- decisions, which are of a year as decisions are. Returns are in two datasets; those of the population
-- dataset count.
with measures as (
    select * from {{ ref('measures').identifier }}
),

rates as (
    select
        unnest([
            { 'measure': 'refugee_recognition_rate', 'label': 'Refugee recognition rate' },
            { 'measure': 'total_protection_rate', 'label': 'Total protection rate' }
        ], recursive := true),
        'asylum-decisions' as endpoint,
        'flow' as stock_or_flow,
        false as is_at_home
),

counts as (
    select
        measure,
        endpoint,
        label,
        stock_or_flow,
        is_at_home,
        first_year,
        first_origin_year,
        first_asylum_year
    from measures
    where
        endpoint in (
            'population', 'asylum-applications', 'asylum-decisions', 'displacement-flows', 'idmc', 'unrwa',
            'demographics'
        )
        or (endpoint = 'solutions' and measure in ('resettlement', 'naturalisation'))
),

final as (
    select * from counts
    union all by name
    select * from rates
)

select * from final
