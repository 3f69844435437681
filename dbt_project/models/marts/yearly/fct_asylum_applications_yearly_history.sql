{%- set key = [
    'origin_unhcr_code', 'asylum_unhcr_code', 'procedure_type', 'app_type',
    'dec_level', 'counting_unit', 'reference_year',
] -%}
-- One row for each combination of codes, as UNHCR publishes it. The figure stands in the column of its
-- type, so that each column can be summed; persons and cases are apart by counting_unit.
with pairs as (
    select
        {{ columns(key) }}
        reference_date,
        applications,
        is_provisional,
        coverage_id,
        release_id,
        snapshot_id,
        retrieved_at,
        valid_from,
        valid_to
    from {{ ref('int_asylum_applications_in_force') }}
    where row_kind = 'pair'
),

merged as (
    {{ merged_neighbours('pairs', key, lineage_columns() + ['coverage_id']) }}
),

countries as (
    select * from {{ ref('int_countries_combined') }}
),

final as (
    select
        merged.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        merged.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        merged.procedure_type,
        merged.app_type,
        merged.dec_level,
        merged.counting_unit,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        merged.reference_year,
        merged.reference_date,
        {%- for code, name in application_types().items() %}
        case when merged.app_type = '{{ code }}' then merged.applications end as {{ name }},
        {%- endfor %}
        case when not {{ is_known_application_type('merged.app_type') }} then merged.applications end
            as applications_other_type,
        merged.applications as applications_total,
        merged.is_provisional,
        merged.valid_from,
        merged.valid_to,
        merged.coverage_id,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries as origins on merged.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on merged.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by
    origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, procedure_type, app_type,
    dec_level, valid_from
