-- What is known to be missing in the newest figures behind a claim, since it was not reported: of the figures
-- that the claim is about, of the countries that it counts or adds up, of the whole that it is a share of,
-- and of the people who claimed asylum, on whom it is worked out a second time. A rate is of decisions.
with inputs as (
    select * replace (if(decisions_newest is null, measure, 'decisions_total') as measure)
    from {{ ref('int_claim_inputs_found') }}
    where
        extreme_of is null
        and regexp_replace(input_role, '^flow_', '') in ('figure', 'base', 'whole', 'peer')
),

claims as (
    select * from {{ ref('int_claims_combined') }}
),

origins as (
    select * from {{ ref('mart_reporting_break_origins_history').identifier }}
),

breaks as (
    select * from {{ ref('mart_reporting_breaks_history').identifier }}
),

kinds as (
    select * from {{ ref('break_kinds').identifier }}
    where makes_incomplete
),

-- Over all origins, people without one are not missing; a figure of mid-year is of no whole year.
missing as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.origin,
        inputs.asylum,
        origins.asylum_unhcr_code,
        origins.measure,
        origins.counting_unit,
        origins.reference_year,
        origins.kind,
        max(inputs.day_newest) as day_newest,
        max(coalesce(inputs.decisions_newest, inputs.newest.figure)) as figure,
        sum(origins.persons) as persons
    from inputs
    inner join claims on inputs.document_id = claims.document_id and inputs.claim_id = claims.claim_id
    inner join origins
        on
            {{ is_break_of('inputs', 'origins') }}
            and inputs.reference_year = origins.reference_year
            and {{ stood_on('inputs.day_newest', 'origins') }}
    inner join kinds on origins.kind = kinds.kind
    where
        (inputs.origin <> '-' or origins.kind <> 'origin_withheld')
        and (claims.kind in ('share', 'share_of') or not ends_with(inputs.input_role, 'whole'))
        and (claims.kind = 'count' or claims.top_count is not null or not inputs.is_among_peers)
        and (month(inputs.newest.reference_date) = 12 or origins.kind <> 'half_year_repeated')
    group by all
),

final as (
    select
        missing.document_id,
        missing.claim_id,
        starts_with(missing.input_role, 'flow_') as is_of_flow,
        string_agg(
            distinct breaks.asylum_name || ', ' || breaks.reference_year || ': ' || breaks.note,
            '; ' order by breaks.asylum_name || ', ' || breaks.reference_year || ': ' || breaks.note
        ) as gaps_text
    from missing
    inner join breaks
        on
            missing.asylum_unhcr_code = breaks.asylum_unhcr_code
            and missing.measure = breaks.measure
            and missing.counting_unit = breaks.counting_unit
            and missing.reference_year = breaks.reference_year
            and missing.kind = breaks.kind
            and {{ stood_on('missing.day_newest', 'breaks') }}
    where {{ is_missing_people('coalesce(missing.figure, 0)', 'missing.persons') }}
    group by missing.document_id, missing.claim_id, is_of_flow
)

select * from final
