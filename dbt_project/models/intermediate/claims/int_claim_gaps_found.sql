-- What is known to be missing of the years and countries of asylum whose new asylum claims a claim is about or
-- is worked out on.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where
        input_role in ('flow_figure', 'flow_base')
        or (input_role in ('figure', 'base') and measure = 'new_asylum_claims')
),

gaps as (
    select * from {{ ref('reporting_gaps').identifier }}
    where dataset = 'displacement-flows'
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        string_agg(
            distinct countries.country_name || ', ' || gaps.reference_year || ': ' || gaps.note,
            '; ' order by countries.country_name || ', ' || gaps.reference_year || ': ' || gaps.note
        ) as gaps_text
    from inputs
    inner join gaps
        on
            inputs.reference_year = gaps.reference_year
            and coalesce(inputs.asylum_iso3, gaps.asylum_iso3) = gaps.asylum_iso3
    inner join countries on gaps.asylum_iso3 = countries.iso3
    group by inputs.document_id, inputs.claim_id
)

select * from final
