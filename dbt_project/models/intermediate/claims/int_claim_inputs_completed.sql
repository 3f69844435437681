-- The figures that a claim rests on, with the other countries of asylum that a place or a count is among:
-- those with a figure on either day.
with inputs as (
    select * from {{ ref('int_claim_inputs_wanted') }}
),

figures as (
    select * from {{ ref('int_claim_figures_found') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

peers as (
    select distinct
        inputs.document_id,
        inputs.claim_id,
        'peer' as input_role,
        inputs.origin_iso3,
        countries.iso3 as asylum_iso3,
        inputs.origin,
        figures.asylum,
        inputs.counting_unit,
        inputs.measure,
        inputs.reference_year,
        inputs.document_published_on,
        inputs.as_of
    from inputs
    inner join figures
        on
            inputs.origin = figures.origin
            and inputs.reference_year = figures.reference_year
            and inputs.measure = figures.measure
            and inputs.counting_unit = figures.counting_unit
            and figures.day in (inputs.document_published_on, inputs.as_of)
    inner join countries on figures.asylum = countries.unhcr_code
    where inputs.is_among_peers and figures.figure > 0
),

final as (
    select * exclude (is_among_peers) from inputs
    union all by name
    select * from peers
)

select * from final
