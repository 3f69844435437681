-- What stands as of the last day there is, is what facts and marts hold: the same rows, to the column.
{{ config(meta={'dagster': {'ref': {'name': 'mart_origin_yearly'}}}) }}

{%- set models = [
    'fct_population_yearly', 'fct_asylum_applications_yearly', 'fct_asylum_decisions_yearly',
    'mart_origin_yearly', 'mart_destination_yearly',
] %}

with
{%- for model in models %}
{{ model }}_newest as (
    select * from {{ ref(model) }}
),

{{ model }}_as_of as (
    select * from {{ ref(model ~ '_as_of') }}(date '9999-12-31')
),

{{ model }}_differing as (
    (
        select * from {{ model }}_newest
        except all
        select * from {{ model }}_as_of
    )
    union all
    (
        select * from {{ model }}_as_of
        except all
        select * from {{ model }}_newest
    )
){{ ',' if not loop.last }}
{% endfor %}
{%- for model in models %}
select
    '{{ model }}' as table_name,
    count(*) as row_count
from {{ model }}_differing
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
