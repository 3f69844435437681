-- One row for each combination of codes, as UNHCR publishes it. Rates of several rows come from their
-- summed counts, never from these rates.
with pairs as (
    select * from {{ ref('int_asylum_decisions_in_force') }}
    where row_kind = 'pair'
),

final as (
    select
        origin_unhcr_code,
        origin_iso3,
        asylum_unhcr_code,
        asylum_iso3,
        procedure_type,
        dec_level,
        counting_unit,
        origin_name,
        asylum_name,
        reference_year,
        reference_date,
        {{ columns(decision_measures()) }}
        {{ substantive_decisions() }} as decisions_substantive,
        {{ refugee_recognition_rate() }} as refugee_recognition_rate,
        {{ total_protection_rate() }} as total_protection_rate,
        {{ is_small(substantive_decisions()) }} as is_rate_on_small_count,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from pairs
)

select * from final
order by
    origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, procedure_type, dec_level
