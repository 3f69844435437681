{%- set pair = ['origin_unhcr_code', 'asylum_unhcr_code', 'reference_year', 'valid_from'] -%}
-- What breaks of reporting do to a year of a pair, with the measures side by side: a row where any does.
with breaks as (
    select
        {{ columns(pair) }}
        measure,
        breaks,
        persons_incomplete
    from {{ ref('int_breaks_of_years') }}
    where
        level = 'pair'
        and counting_unit = 'persons'
        and measure in {{ completed_measures() }}
),

-- Where a country of asylum gave no origin of a few people only, its pairs are complete.
withheld as (
    select
        {{ columns(pair) }}
        measure,
        null as breaks,
        distributed as persons_incomplete
    from {{ ref('int_unknown_origins_distributed') }}
    where
        measure in {{ distributed_measures() }}
        and unknown_origin >= {{ var('incomplete_from_share') }} * host_figure
),

combined as (
    select * from breaks
    union all
    select * from withheld
),

final as (
    select
        {{ columns(pair) }}
        'persons' as counting_unit,
        {%- for measure in completed_measures() %}
        any_value(breaks) filter (where measure = '{{ measure }}') as {{ measure }}_breaks,
        sum(persons_incomplete) filter (where measure = '{{ measure }}')
            as {{ measure }}_persons_incomplete{{ ',' if not loop.last }}
        {%- endfor %}
    from combined
    group by {{ pair | join(', ') }}
)

select * from final
