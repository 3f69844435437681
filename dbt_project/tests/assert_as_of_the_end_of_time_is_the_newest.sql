-- What stands as of the last day there is, is what facts and marts hold: the same rows, to the column.
{{ config(meta={'dagster': {'ref': {'name': 'mart_origin_yearly'}}}) }}

{%- set models = [
    'fct_population_yearly', 'fct_asylum_applications_yearly', 'fct_asylum_decisions_yearly',
    'mart_origin_yearly', 'mart_destination_yearly',
] %}
{%- for model in models %}
(
    select '{{ model }}' as model, count(*) as row_count
    from (select * from {{ ref(model) }} except all select * from {{ ref(model ~ '_as_of') }}(date '9999-12-31'))
    having count(*) > 0
)
union all
(
    select '{{ model }}' as model, count(*) as row_count
    from (select * from {{ ref(model ~ '_as_of') }}(date '9999-12-31') except all select * from {{ ref(model) }})
    having count(*) > 0
)
{{ 'union all' if not loop.last }}
{%- endfor %}
