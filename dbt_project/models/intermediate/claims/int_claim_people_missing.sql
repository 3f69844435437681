{%- set variants = {'day_at_publication': '', 'day_newest': '_now'} -%}
{%- set cell = [
    'document_id', 'claim_id', 'input_role', 'origin', 'asylum', 'measure', 'counting_unit', 'reference_year'
] -%}
-- How many people at most may be missing in each figure behind a claim: of unknown origin beside it, by the
-- estimate where there is one, and not reported, by what was known at publication; and in the newest.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

found as (
    select * from {{ ref('int_claim_inputs_found') }}
),

inputs as (
    select
        found.* replace (
            if(found.decisions_at_publication is null, found.measure, 'decisions_total') as measure
        ),
        claims.is_rate,
        {{ is_of_its_whole('claims.') }} as is_of_its_whole,
        -- Of a rate, the decisions that it is told of.
        found.decisions_at_publication * found.at_publication.figure / 100 as decisions_told
    from found
    inner join claims on found.document_id = claims.document_id and found.claim_id = claims.claim_id
    where
        not found.is_among_peers
        and (
            found.input_role in ('figure', 'base')
            or (found.input_role = 'whole' and claims.kind in ('share', 'share_of'))
        )
),

origins as (
    select * from {{ ref('mart_reporting_break_origins_history').identifier }}
),

kinds as (
    select * from {{ ref('break_kinds').identifier }}
    where makes_incomplete
),

of_origins as not materialized (
    select * from {{ ref('mart_origin_yearly_history').identifier }}
),

-- Those of the pairs asked for alone: a join would keep all rows of the table at hand.
of_pairs as (
    select * from {{ ref('mart_destination_yearly_history').identifier }}
    where
        row_kind = 'pair'
        and (origin_unhcr_code, asylum_unhcr_code) in (select (inputs.origin, inputs.asylum) from inputs)
),

-- Over all origins, people without one are not missing.
gaps as (
    select
        {{ columns(cell, 'inputs.') }}
        sum(origins.persons) filter (where origins.kind = 'origin_withheld') as withheld,
        -- Of decisions of one outcome no more than there were in the half-year, and so of what a rate is of.
        least(
            sum(origins.persons) filter (where origins.kind <> 'origin_withheld'),
            any_value(coalesce(
                inputs.decisions_at_publication,
                if(inputs.measure = origins.measure, null, inputs.at_publication.figure)
            ))
        ) as not_reported
    from inputs
    inner join origins
        on
            {{ is_break_of('inputs', 'origins') }}
            and inputs.reference_year = origins.reference_year
            and {{ stood_on('inputs.day_at_publication', 'origins') }}
    inner join kinds on origins.kind = kinds.kind
    where
        (inputs.origin <> '-' or origins.kind <> 'origin_withheld')
        and (month(inputs.at_publication.reference_date) = 12 or origins.kind <> 'half_year_repeated')
    group by all
),

measured as (
    select
        {{ columns(cell + ['is_rate', 'is_of_its_whole', 'decisions_told', 'unknown_beside'], 'inputs.') }}
        inputs.reported_beside,
        coalesce(inputs.decisions_at_publication, inputs.at_publication.figure, 0) as figure,
        coalesce(inputs.decisions_newest, inputs.newest.figure, 0) as figure_now,
        -- A 0, or nobody, says nothing where many people are of unknown origin; nor is a figure over all
        -- countries of asylum of everybody, where no estimate distributes them.
        {{ is_missing_people('inputs.reported_beside', 'inputs.unknown_beside') }}
            as are_many_unknown,
        inputs.asylum = '-' and inputs.measure not in {{ distributed_measures() }} as is_undistributed,
        coalesce(gaps.withheld, 0) as withheld,
        coalesce(gaps.not_reported, 0) as not_reported,
        {%- for name, suffix in variants.items() %}
        case inputs.measure
            {%- for measure in distributed_measures() %}
            {%- set is_complete = 'is_' ~ measure ~ '_complete' %}
            when '{{ measure }}'
                then coalesce(
                    of_origins{{ suffix }}.{{ is_complete }}, of_pairs{{ suffix }}.{{ is_complete }}
                )
            {%- endfor %}
        end as is_complete{{ suffix }},
        {%- endfor %}
        case inputs.measure
            {%- for measure in distributed_measures() %}
            when '{{ measure }}' then of_origins.{{ measure }}_if_distributed_as_before_high - figure
            {%- endfor %}
        end as distributed_high
    from inputs
    left join gaps using ({{ cell | join(', ') }})
    {%- for day, suffix in variants.items() %}
    {%- for rows in ['of_origins', 'of_pairs'] %}
    left join {{ rows }} as {{ rows ~ suffix }}
        on
            inputs.origin = {{ rows ~ suffix }}.origin_unhcr_code
            and inputs.asylum = {{ rows ~ suffix ~ '.asylum_unhcr_code' if rows == 'of_pairs' else "'-'" }}
            and inputs.counting_unit = {{ rows ~ suffix }}.counting_unit
            and inputs.reference_year = {{ rows ~ suffix }}.reference_year
            and {{ stood_on('inputs.' ~ day, rows ~ suffix) }}
    {%- endfor %}
    {%- endfor %}
),

final as (
    select
        document_id,
        claim_id,
        input_role,
        origin,
        measure,
        reference_year,
        is_rate,
        is_of_its_whole,
        figure,
        not coalesce(is_complete, true)
        or {{ is_missing_people('figure', 'withheld + not_reported') }}
        or (are_many_unknown and (figure = 0 or is_undistributed)) as is_incomplete,
        if(is_incomplete, not_reported, 0) as not_reported,
        least(if(is_incomplete, not_reported, 0), decisions_told) as not_reported_of_part,
        if(is_incomplete, coalesce(distributed_high, unknown_beside, 0), 0) as without_origin,
        if(is_incomplete, coalesce(distributed_high, 0), 0) as without_origin_by_estimate,
        if(is_incomplete, coalesce(distributed_high, figure * unknown_beside / reported_beside, 0), 0)
            as without_origin_in_proportion,
        not coalesce(is_complete_now, true) or (are_many_unknown and (figure_now = 0 or is_undistributed))
            as is_incomplete_now
    from measured
)

select * from final
