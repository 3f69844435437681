{{ config(materialized='view') }}
{%- set datasets = {
    'population': population_stocks() + population_flows(),
    'asylum-applications': application_measures(),
    'asylum-decisions': decision_measures(),
    'solutions': solution_measures(),
    'idmc': ['internally_displaced_stock'],
    'unrwa': ['palestine_refugees_stock'],
    'displacement-flows': flow_measures(),
} -%}
-- Figures of an origin as long series, at each vintage: a row for each measure and year. Levels of
-- decision are added up; what no dataset counts in cases is in persons.
with
{%- for dataset, measures in datasets.items() %}
{%- set name = dataset | replace('-', '_') %}
{{ name }} as (
    select
        country_unhcr_code as origin_unhcr_code,
        {%- if name in ['asylum_applications', 'asylum_decisions'] %}
        counting_unit,
        {%- else %}
        'persons' as counting_unit,
        {%- endif %}
        reference_year,
        {%- for measure in measures %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        {{ lineage_of_totals() }},
        valid_from,
        valid_to
    from {{ ref('int_' ~ name ~ '_totals_in_force') }}
    where total_by = 'origin'
    group by all
),
{% endfor %}
final as (
    {%- for dataset, measures in datasets.items() %}
    select
        '{{ dataset }}' as dataset,
        * exclude ({{ measures | join(', ') }}),
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'year_value': {{ measure }} }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from {{ dataset | replace('-', '_') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
