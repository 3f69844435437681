{%- set key = [
    'origin_unhcr_code', 'asylum_unhcr_code', 'procedure_type',
    'dec_level', 'counting_unit', 'reference_year',
] -%}
-- One row for each combination of codes, as UNHCR publishes it. Rates of several rows come from their
-- summed counts, never from these rates.
with pairs as (
    select
        {{ columns(key) }}
        reference_date,
        {{ columns(decision_measures()) }}
        is_provisional,
        coverage_id,
        release_id,
        snapshot_id,
        retrieved_at,
        valid_from,
        valid_to
    from {{ ref('int_asylum_decisions_in_force') }}
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
        merged.dec_level,
        merged.counting_unit,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        merged.reference_year,
        merged.reference_date,
        {{ columns(decision_measures(), 'merged.') }}
        {{ substantive_decisions('merged.') }} as decisions_substantive,
        {{ refugee_recognition_rate('merged.') }} as refugee_recognition_rate,
        {{ total_protection_rate('merged.') }} as total_protection_rate,
        {{ is_small(substantive_decisions('merged.')) }} as is_rate_on_small_count,
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
    origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, procedure_type, dec_level,
    valid_from
