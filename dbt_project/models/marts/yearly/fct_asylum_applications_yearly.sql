-- Persons and cases are never added: the counting unit is part of the grain.
with pairs as (
    select * from {{ ref('int_asylum_applications_in_force') }}
    where row_kind = 'pair'
),

final as (
    select
        origin_unhcr_code,
        any_value(origin_iso3) as origin_iso3,
        asylum_unhcr_code,
        any_value(asylum_iso3) as asylum_iso3,
        counting_unit,
        any_value(origin_name) as origin_name,
        any_value(asylum_name) as asylum_name,
        reference_year,
        any_value(reference_date) as reference_date,
        {%- for name, expression in application_aggregates() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        bool_or(is_provisional) as is_provisional,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from pairs
    group by origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year
)

select * from final
order by origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit
