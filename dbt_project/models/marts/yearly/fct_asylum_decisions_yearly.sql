-- Summed over procedure types; rates from the summed counts.
with pairs as (
    select * from {{ ref('int_asylum_decisions_in_force') }}
    where row_kind = 'pair'
),

summed as (
    select
        origin_unhcr_code,
        any_value(origin_iso3) as origin_iso3,
        asylum_unhcr_code,
        any_value(asylum_iso3) as asylum_iso3,
        dec_level,
        counting_unit,
        any_value(origin_name) as origin_name,
        any_value(asylum_name) as asylum_name,
        reference_year,
        any_value(reference_date) as reference_date,
        {%- for measure in decision_measures() %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        {{ unknown_decisions() }} as unknown_count,
        bool_or(is_provisional) as is_provisional,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from pairs
    group by origin_unhcr_code, asylum_unhcr_code, dec_level, counting_unit, reference_year
),

final as (
    select
        origin_unhcr_code,
        origin_iso3,
        asylum_unhcr_code,
        asylum_iso3,
        dec_level,
        counting_unit,
        origin_name,
        asylum_name,
        reference_year,
        reference_date,
        {{ columns(decision_measures()) }}
        {{ substantive_decisions() }} as decisions_substantive,
        unknown_count,
        {{ refugee_recognition_rate() }} as refugee_recognition_rate,
        {{ total_protection_rate() }} as total_protection_rate,
        {{ is_small(substantive_decisions()) }} as is_rate_on_small_count,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from summed
)

select * from final
order by origin_unhcr_code, asylum_unhcr_code, reference_year, dec_level, counting_unit
