-- How many people at most may be missing in the figures behind a claim, by what was known at publication:
-- people of unknown origin beside them, by the estimate where there is one, and people not reported.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    where input_role = 'figure' and not is_among_peers
),

origins as (
    select * from {{ ref('mart_reporting_break_origins_history').identifier }}
),

kinds as (
    select * from {{ ref('break_kinds').identifier }}
    where makes_incomplete
),

of_origins as (
    select * from {{ ref('mart_origin_yearly_history').identifier }}
),

of_pairs as not materialized (
    select * from {{ ref('mart_destination_yearly_history').identifier }}
    where row_kind = 'pair'
),

-- Over all origins, people without one are not missing.
gaps as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.origin,
        inputs.asylum,
        inputs.measure,
        inputs.counting_unit,
        inputs.reference_year,
        sum(origins.persons) filter (where origins.kind = 'origin_withheld') as withheld,
        -- Of decisions of one outcome no more than there were in the half-year.
        sum(
            if(
                inputs.measure = origins.measure,
                origins.persons,
                least(origins.persons, inputs.at_publication.figure)
            )
        ) filter (where origins.kind <> 'origin_withheld') as not_reported
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
        inputs.document_id,
        inputs.claim_id,
        inputs.reference_year,
        inputs.asylum,
        coalesce(inputs.at_publication.figure, 0) as figure,
        inputs.unknown_beside,
        inputs.reported_beside,
        coalesce(gaps.withheld, 0) as withheld,
        coalesce(gaps.not_reported, 0) as not_reported,
        {%- for name, rows in [('of_origin', 'of_origins'), ('of_pair', 'of_pairs'), ('now', 'pairs_now')] %}
        case inputs.measure
            {%- for measure in distributed_measures() %}
            when '{{ measure }}' then {{ rows }}.is_{{ measure }}_complete
            {%- endfor %}
        end as is_complete_{{ name }},
        {%- endfor %}
        case inputs.measure
            {%- for measure in distributed_measures() %}
            when '{{ measure }}' then of_origins.{{ measure }}_if_distributed_as_before_high - figure
            {%- endfor %}
        end as distributed_high
    from inputs
    left join gaps
        on
            inputs.document_id = gaps.document_id
            and inputs.claim_id = gaps.claim_id
            and inputs.origin = gaps.origin
            and inputs.asylum = gaps.asylum
            and inputs.measure = gaps.measure
            and inputs.counting_unit = gaps.counting_unit
            and inputs.reference_year = gaps.reference_year
    left join of_origins
        on
            inputs.asylum = '-'
            and inputs.origin = of_origins.origin_unhcr_code
            and inputs.counting_unit = of_origins.counting_unit
            and inputs.reference_year = of_origins.reference_year
            and {{ stood_on('inputs.day_at_publication', 'of_origins') }}
    {%- for name, day in [('of_pairs', 'day_at_publication'), ('pairs_now', 'day_newest')] %}
    left join of_pairs{{ ' as pairs_now' if name == 'pairs_now' }}
        on
            inputs.origin = {{ name }}.origin_unhcr_code
            and inputs.asylum = {{ name }}.asylum_unhcr_code
            and inputs.counting_unit = {{ name }}.counting_unit
            and inputs.reference_year = {{ name }}.reference_year
            and {{ stood_on('inputs.' ~ day, name) }}
    {%- endfor %}
),

-- A 0, or nobody, says nothing where many people are of unknown origin.
bounded as (
    select
        *,
        if(
            not coalesce(is_complete_of_origin, is_complete_of_pair, true)
            or {{ is_missing_people('figure', 'withheld + not_reported') }}
            or (
                figure = 0 and asylum <> '-'
                and {{ is_missing_people('coalesce(reported_beside, 0)', 'unknown_beside') }}
            ),
            not_reported + coalesce(distributed_high, unknown_beside, 0),
            0
        ) as missing
    from measured
),

by_year as (
    select
        document_id,
        claim_id,
        reference_year,
        sum(figure) as figure,
        sum(missing) as missing,
        bool_or(not coalesce(is_complete_now, true)) as is_incomplete_now
    from bounded
    group by document_id, claim_id, reference_year
),

final as (
    select
        document_id,
        claim_id,
        sum(missing) as missing,
        max_by(missing, reference_year) as missing_of_last_year,
        max_by(figure + missing, reference_year) > max(figure) as may_last_year_be_highest,
        bool_or(is_incomplete_now) as is_incomplete_now
    from by_year
    group by document_id, claim_id
)

select * from final
