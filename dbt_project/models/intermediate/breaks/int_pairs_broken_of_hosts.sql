{%- set largest = '(persons, origin_unhcr_code)' -%}
-- Stocks of single origins that are broken in themselves, by country of asylum: candidates for breaks of
-- reporting, at each vintage.
with pairs as (
    select * from {{ ref('int_pairs_broken') }}
    union all by name
    select * from {{ ref('int_pairs_withheld') }}
),

final as (
    select
        kind,
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from,
        {{ total('persons') }} as persons,
        {{ fraction('sum(persons)', 'sum(figure_before)') }} as share,
        {{ total('persons') }} as threshold_persons,
        {{ total('figure_before') }} as figure_before,
        {{ total('figure') }} as figure,
        cast(arg_max(stood_since, {{ largest }}) as varchar) as detail,
        arg_max(figure_before, {{ largest }}) as largest_before,
        arg_max(figure, {{ largest }}) as largest_now
    from pairs
    group by kind, asylum_unhcr_code, measure, counting_unit, reference_year, valid_from
)

select * from final
