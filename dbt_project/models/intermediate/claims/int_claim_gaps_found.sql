-- What is known to be missing of the years and countries of asylum whose new asylum claims a claim is
-- about or is worked out on.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where
        input_role in ('flow_figure', 'flow_base')
        or (input_role in ('figure', 'base') and measure = 'new_asylum_claims')
),

gaps as (
    select * from {{ ref('mart_reporting_breaks').identifier }}
    where measure = 'new_asylum_claims' and kind in ('origin_withheld', 'not_reported', 'half_year_repeated')
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        string_agg(
            distinct gaps.asylum_name || ', ' || gaps.reference_year || ': ' || gaps.note,
            '; ' order by gaps.asylum_name || ', ' || gaps.reference_year || ': ' || gaps.note
        ) as gaps_text
    from inputs
    inner join gaps
        on
            inputs.reference_year = gaps.reference_year
            and coalesce(inputs.asylum_iso3, gaps.asylum_iso3) = gaps.asylum_iso3
    group by inputs.document_id, inputs.claim_id
)

select * from final
