{%- set datasets = {
    'int_population_totals_in_force': ['asylum_seekers_stock', 'refugees_stock'],
    'int_displacement_flows_totals_in_force': ['new_asylum_claims'],
} -%}
-- In which years and of which measures the pairs of all countries are loaded, at each vintage: what is
-- missing then was not reported, where it else may not have been asked for.
with final as (
    {%- for totals, measures in datasets.items() %}
    select
        unnest({{ measures }}) as measure,
        reference_year,
        valid_from
    from {{ ref(totals) }}
    where total_by = 'world' and are_pairs_complete
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
