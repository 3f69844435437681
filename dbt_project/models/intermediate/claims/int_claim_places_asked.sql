-- The countries that a claim's place is among, or that it counts, and its own, or all that are counted
-- together, with the figure of each on the two days. '-' is the side that is placed, and all countries. Of
-- the largest ever each year is asked for, of all countries together.
with claims as (
    select
        *,
        kind = 'count' as is_count,
        kind = 'extreme' as is_extreme,
        coalesce(among in ('origins', 'origins_in_host') or count_of = 'origins', false) as is_of_origins
    from {{ ref('int_claims_combined') }}
    where
        (
            kind in ('rank', 'place', 'extreme')
            or (kind = 'count' and count_of <> 'years' and from_year = to_year)
        )
        and not is_rate and not has_no_place
),

inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where input_role in ('figure', 'whole', 'peer')
),

nowhere as (
    select unhcr_code from {{ ref('dim_country').identifier }}
    where special_kind = 'unknown'
),

-- People of unknown origin, where origins are counted.
unknown_origins as (
    select * from {{ ref('int_claim_figures_found') }}
    where input_role = 'peer' and origin in (select nowhere.unhcr_code from nowhere)
),

of_countries as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role = 'peer' as is_peer,
        coalesce(inputs.peer, if(claims.is_of_origins, inputs.origin, inputs.asylum)) as country,
        inputs.measure,
        inputs.counting_unit,
        inputs.reference_year,
        claims.stated_value,
        claims.is_count,
        claims.is_extreme,
        greatest(claims.threshold_low, 1) as lowest_counted,
        coalesce(claims.threshold_high, cast('infinity' as double)) as highest_counted,
        claims.is_of_origins,
        if(claims.is_of_origins, '-', inputs.origin) as origin,
        if(claims.is_of_origins, inputs.asylum, '-') as asylum,
        -- Where many are of unknown origin, each origin may have had any of them.
        coalesce(inputs.unknown_beside, unknown_origins.at_publication.figure) as of_unknown_origin,
        if(
            {{ is_missing_people(
                'coalesce(inputs.reported_beside, inputs.at_publication.figure - of_unknown_origin)',
                'of_unknown_origin'
            ) }},
            of_unknown_origin,
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
    left join unknown_origins
        on
            claims.is_count
            and inputs.document_id = unknown_origins.document_id
            and inputs.claim_id = unknown_origins.claim_id
            and inputs.input_role = 'whole'
            and inputs.measure = unknown_origins.measure
            and inputs.counting_unit = unknown_origins.counting_unit
            and inputs.asylum = unknown_origins.asylum
    where inputs.input_role in ('peer', if(claims.is_count, 'whole', 'figure')) and not claims.is_extreme
),

wanted as (
    select
        *,
        {{ on_two_days() }}
    from {{ ref('int_claim_inputs_wanted') }}
    where input_role = 'peer'
),

of_all_years as (
    select
        wanted.document_id,
        wanted.claim_id,
        '-' as country,
        wanted.measure,
        wanted.counting_unit,
        wanted.reference_year,
        claims.is_extreme,
        claims.is_of_origins,
        if(claims.is_of_origins, '-', wanted.origin) as origin,
        if(claims.is_of_origins, wanted.asylum, '-') as asylum,
        false as is_peer,
        make_date(wanted.reference_year, 12, 31) as reference_date,
        wanted.variant,
        wanted.day
    from wanted
    inner join claims on wanted.document_id = claims.document_id and wanted.claim_id = claims.claim_id
    where claims.is_extreme
),

final as (
    select * from of_countries
    union all by name
    select * from of_all_years
)

select * from final
