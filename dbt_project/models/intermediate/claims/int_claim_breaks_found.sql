-- Breaks of reporting that bear on the newest figures behind a claim, and that were not known when it was
-- published: the one that is about most people, with the figure that was reported.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where input_role in ('figure', 'base') and not is_among_peers
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
),

-- Over all origins, people without one are not missing.
bearing as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        origins.asylum_unhcr_code,
        origins.measure,
        origins.counting_unit,
        origins.reference_year,
        origins.kind,
        max(inputs.day_newest) as day_newest,
        max(inputs.newest.figure) as figure,
        sum(origins.persons) as persons
    from inputs
    inner join claims on inputs.document_id = claims.document_id and inputs.claim_id = claims.claim_id
    inner join origins
        on
            {{ is_break_of('inputs', 'origins') }}
            and inputs.reference_year = origins.reference_year
            and claims.document_published_on < origins.known_from
            and {{ stood_on('inputs.day_newest', 'origins') }}
    where inputs.origin <> '-' or origins.kind not in ('origin_withheld', 'origin_given_again')
    group by all
),

final as (
    select
        bearing.document_id,
        bearing.claim_id,
        arg_max(
            {{ figure_text('bearing.figure') }} || ' reported for ' || bearing.reference_year || '. '
            || breaks.asylum_name || ', ' || breaks.reference_year || ': ' || breaks.note,
            (bearing.persons, breaks.asylum_name, bearing.measure, breaks.reference_year, breaks.kind)
        ) as break_text
    from bearing
    inner join kinds on bearing.kind = kinds.kind
    inner join breaks
        on
            bearing.asylum_unhcr_code = breaks.asylum_unhcr_code
            and bearing.measure = breaks.measure
            and bearing.counting_unit = breaks.counting_unit
            and bearing.reference_year = breaks.reference_year
            and bearing.kind = breaks.kind
            and {{ stood_on('bearing.day_newest', 'breaks') }}
    where bearing.persons >= kinds.bears_from_share * bearing.figure
    group by bearing.document_id, bearing.claim_id
)

select * from final
