-- The figures that a claim rests on, as they were at publication and are now, with the other countries of
-- asylum that a place or a count is among: those with a figure on either day.
with inputs as (
    select * from {{ ref('int_claim_inputs_wanted') }}
),

figures as (
    select * from {{ ref('int_claim_figures_found') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

-- Where nobody is, nobody has a place.
peers as (
    select
        inputs.* replace (
            if(inputs.input_role = 'whole', 'peer', 'flow_peer') as input_role,
            countries.iso3 as asylum_iso3,
            figures.asylum as asylum
        ),
        figures.at_publication,
        figures.newest
    from inputs
    inner join figures
        on
            inputs.document_id = figures.document_id
            and inputs.claim_id = figures.claim_id
            and inputs.input_role = figures.input_role
            and inputs.asylum <> figures.asylum
    inner join countries on figures.asylum = countries.unhcr_code
    where
        inputs.is_among_peers
        and (figures.at_publication.figure > 0 or figures.newest.figure > 0)
),

-- Four steps read it: worked out once.
final as materialized (
    select
        inputs.*,
        figures.at_publication,
        figures.newest
    from inputs
    left join figures
        on
            inputs.document_id = figures.document_id
            and inputs.claim_id = figures.claim_id
            and inputs.input_role = figures.input_role
            and inputs.reference_year = figures.reference_year
            and inputs.asylum = figures.asylum
    union all by name
    select * from peers
)

select * from final
