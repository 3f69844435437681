-- Decisions by country of asylum and the residual add up to the origin's row of the same year.
{{ config(meta={'dagster': {'ref': {'name': 'mart_destination_decisions'}}}) }}

with destinations as (
    select
        origin_unhcr_code,
        counting_unit,
        reference_year,
        {%- for measure in decision_measures() %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('mart_destination_decisions') }}
    group by origin_unhcr_code, counting_unit, reference_year
)

select
    origins.origin_unhcr_code,
    origins.counting_unit,
    origins.reference_year
from {{ ref('mart_origin_yearly') }} as origins
left join destinations using (origin_unhcr_code, counting_unit, reference_year)
where
    {%- for measure in decision_measures() %}
    {{ 'or ' if not loop.first }}coalesce(origins.{{ measure }}, 0) <> coalesce(destinations.{{ measure }}, 0)
    {%- endfor %}
