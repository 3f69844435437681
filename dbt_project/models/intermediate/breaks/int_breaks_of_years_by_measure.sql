{%- set found = [
    'unknown_origin', 'distributed', 'distributed_low', 'distributed_high', 'persons_incomplete', 'breaks',
] -%}
-- The breaks of a year of a country, or of the world, with the measures side by side.
with breaks as (
    select * from {{ ref('int_breaks_of_years') }}
    where level <> 'pair'
),

final as (
    select
        level,
        origin_unhcr_code,
        asylum_unhcr_code,
        counting_unit,
        reference_year,
        valid_from,
        {%- for measure in followed_measures() %}
        {%- set outer = loop %}
        {%- for column in found %}
        any_value({{ column }}) filter (where measure = '{{ measure }}') as {{ measure }}_{{ column }}
        {{- ',' if not (outer.last and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    from breaks
    group by all
)

select * from final
