{{ config(alias='claim_inputs_of') }}
-- Each figure that a claim rests on: a step of those in models/intermediate/claims, which become part of this
-- function.
with inputs as (
    select * from {{ ref('int_claim_inputs_numbered') }}
),

final as (
    select
        document_id,
        claim_id,
        input_number,
        input_role,
        origin_iso3,
        asylum_iso3,
        counting_unit,
        measure,
        origin_name,
        asylum_name,
        reference_year,
        reference_date,
        carried_forward_stock,
        unknown_origin.stock_on_the_day as unknown_origin_stock_on_the_day,
        unknown_origin.stock as unknown_origin_stock,
        stated_value,
        value_on_the_day,
        value_newest,
        stated_difference,
        revision,
        carried_forward_mostly_in,
        unknown_origin.asylum_name as unknown_origin_moved_in,
        is_covered_on_the_day,
        is_provisional_on_the_day,
        is_provisional,
        are_pairs_complete_on_the_day,
        are_pairs_complete,
        release_id_on_the_day,
        release_id,
        snapshot_id,
        retrieved_at
    from inputs
)

select * from final
order by document_id, claim_id, input_number
