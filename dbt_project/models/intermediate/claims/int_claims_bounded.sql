-- Each claim beside its results, with what bears on its figures: breaks of reporting, people who may be
-- missing, and whether any of it leaves open what the claim says.
with breaks as (
    select * from {{ ref('int_claim_breaks_found') }}
),

gaps as (
    select * from {{ ref('int_claim_gaps_found') }}
    where not is_of_flow
),

flow_gaps as (
    select * from {{ ref('int_claim_gaps_found') }}
    where is_of_flow
),

comparisons as (
    select * from {{ ref('int_claim_comparisons_broken') }}
),

members as (
    select * from {{ ref('int_claim_members_changed') }}
),

types as (
    select * from {{ ref('int_claim_types_left_out') }}
),

shortfalls as (
    select * from {{ ref('int_claim_shortfalls_found') }}
),

places as (
    select * from {{ ref('int_claim_places_bounded') }}
),

claims as (
    select * from {{ ref('int_claims_compared') }}
),

gathered as (
    select
        claims.*,
        breaks.break_text,
        nullif(concat_ws('; ', gaps.gaps_text, types.left_out_text, shortfalls.ages_text), '') as gaps_text,
        flow_gaps.gaps_text as flow_gaps_text,
        nullif(concat_ws('; ', comparisons.broken_text, members.members_text), '') as broken_text,
        coalesce(shortfalls.missing, 0) + coalesce(types.left_out, 0) as missing,
        if({{ is_of_its_whole('claims.claim.') }}, coalesce(types.left_out, 0), 0) as types_in_both,
        coalesce(shortfalls.missing_of_whole, 0)
        + greatest(coalesce(types.left_out_of_whole, 0) - types_in_both, 0) as missing_of_whole,
        coalesce(shortfalls.missing_in_both, 0) + types_in_both as missing_in_both,
        shortfalls.decisions,
        shortfalls.missing_of_last_year,
        {%- for either in ['is_incomplete_now or places.is_open_now', 'may_last_year_be_highest',
            'is_in_other_unit or places.is_in_other_unit', 'is_in_other_unit_now'] %}
        coalesce(shortfalls.{{ either }}, false) as {{ either.split()[0] }},
        {%- endfor %}
        coalesce(places.is_place_open, false) as is_place_open,
        places.places_text,
        coalesce(claims.claim.accepted_low, claims.claim.stated_low, claims.claim.stated_value) as lowest,
        coalesce(claims.claim.accepted_high, claims.claim.stated_high, claims.claim.stated_value) as highest
    from claims
    {%- for name in 'breaks gaps flow_gaps comparisons members types shortfalls places'.split() %}
    left join {{ name }}
        on claims.document_id = {{ name }}.document_id and claims.claim_id = {{ name }}.claim_id
    {%- endfor %}
),

-- The figure that a claim needs, at the least, beside the base as it was.
needed as (
    select
        *,
        case
            when claim.kind in ('level', 'sum') then lowest
            when claim.kind = 'per_head' then lowest * claim.inhabitants / claim.per
            when claim.kind = 'change' then at_publication.base * (1 + lowest / 100)
            when claim.kind = 'ratio' then at_publication.base * lowest
            when claim.kind = 'difference' then at_publication.base + lowest
            when claim.kind = 'comparison' and claim.relation = 'above'
                then at_publication.base * coalesce(claim.stated_low, 1)
        end as figure_needed,
        if(claim.kind in ('level', 'sum'), at_publication.value, at_publication.figure) as figure_known,
        -- A percentage may be less where its whole lacks people, and more where its part does.
        case
            when claim.is_rate and claim.kind = 'level' then at_publication.value * decisions / 100
            when claim.kind in ('share', 'share_of', 'rate') and not claim.is_rate then figure_known
        end as part,
        if(claim.is_rate, decisions, coalesce(at_publication.whole, at_publication.base)) as whole,
        100 * part / nullif(whole + missing_of_whole, 0) as lowest_possible,
        100 * (part + missing) / nullif(whole + missing_in_both, 0) as highest_possible
    from gathered
),

final as (
    select
        * exclude (figure_needed, figure_known, part, whole, decisions, types_in_both),
        coalesce(
            case
                when claim.kind = 'record' then may_last_year_be_highest
                when part is not null
                    then
                        lowest_possible < highest_possible
                        and coalesce(lowest <= highest_possible, true)
                        and coalesce(highest >= lowest_possible, true)
                when not claim.is_rate
                    then
                        (at_publication.value is not null or inputs.are_nobody)
                        and figure_needed > coalesce(figure_known, 0)
                        and figure_needed <= coalesce(figure_known, 0) + missing
            end,
            false
        ) as is_within_missing,
        -- Figures of 1 to 4 are never published: they become 0 or 5. Who is not there is nobody, or so few.
        coalesce(
            claim.kind = 'level' and not claim.is_rate
            and (
                coalesce(claim.stated_value, claim.stated_low) between 1 and 4
                or (inputs.are_nobody and coalesce(lowest, 0) <= 4)
            )
            and if(inputs.are_nobody, 0, at_publication.value) in (0, 5),
            false
        ) as is_too_small_to_tell,
        -- Half a year has no more than the whole: where it is above others, so is the year.
        coalesce(
            stock_or_flow = 'flow' and inputs.are_halves_and_wholes
            and claim.kind not in ('level', 'sum', 'record', 'rising', 'extreme', 'threshold_year')
            and not (claim.kind = 'comparison' and claim.relation = 'above' and claim.stated_high is null),
            false
        ) as is_half_against_whole,
        -- The first half of a year contradicts nothing that is said of the whole, but that it has less.
        coalesce(
            stock_or_flow = 'flow' and inputs.is_provisional_on_the_day and claim.reference_date is null
            and at_publication.agrees is not true
            and case
                when claim.kind in ('level', 'sum', 'per_head') and not claim.is_rate
                    then lowest > at_publication.value
                when claim.kind = 'rising'
                    then at_publication.value >= claim.to_year - claim.from_year - 1
                when claim.kind = 'threshold_year' then at_publication.text is not null
                when claim.kind = 'range' or claim.count_of = 'years' then claim.from_year = claim.to_year
                else at_publication.value is not null
            end,
            false
        ) as is_of_half_year
    from needed
)

select * from final
