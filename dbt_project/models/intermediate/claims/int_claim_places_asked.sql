-- The countries that a claim's place is among, and its own, with the figure of each on the two days. '-' is
-- the side that is placed, and all countries.
with claims as (
    select
        *,
        coalesce(among in ('origins', 'origins_in_host'), false) as is_of_origins
    from {{ ref('int_claims_combined') }}
    where kind in ('rank', 'place') and not is_rate and not has_no_place
),

inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where input_role in ('figure', 'peer')
),

final as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role = 'peer' as is_peer,
        coalesce(inputs.peer, if(claims.is_of_origins, inputs.origin, inputs.asylum)) as country,
        inputs.measure,
        inputs.counting_unit,
        inputs.reference_year,
        claims.stated_value,
        claims.is_of_origins,
        if(claims.is_of_origins, '-', inputs.origin) as origin,
        if(claims.is_of_origins, inputs.asylum, '-') as asylum,
        -- Where many are of unknown origin, each origin may have had any of them.
        if(
            {{ is_missing_people('inputs.reported_beside', 'inputs.unknown_beside') }},
            inputs.unknown_beside,
            0
        ) as unknown_beside,
        unnest([
            {
                'variant': 'at_publication',
                'day': inputs.day_at_publication,
                'figure': inputs.at_publication.figure,
                'reference_date': inputs.at_publication.reference_date
            },
            {
                'variant': 'newest',
                'day': inputs.day_newest,
                'figure': inputs.newest.figure,
                'reference_date': inputs.newest.reference_date
            }
        ], recursive := true)
    from inputs
    inner join claims on inputs.document_id = claims.document_id and inputs.claim_id = claims.claim_id
)

select * from final
