-- The verdict on each claim: whether its number is there, what it counts, the headline of both, and flags:
-- ids of the seeds claim_verdicts, claim_meanings and claim_flags.
with compared as (
    select * from {{ ref('int_claims_left_open') }}
),

-- Whether the number is there. A stock told as a flow is looked up as the stock that it is.
numbers as (
    select
        *,
        -- What is stated is true of it as a bound, and its number is not.
        at_publication.agrees is not true and {{ holds_as_bound('at_publication.value', 'claim.') }}
            as is_held_as_bound,
        case
            when claim.kind = 'not_expressible' or claim.refused_because is not null then 'not_checkable'
            when inputs.release_id_on_the_day is null or not is_release_held then 'not_checkable'
            when overlap_note is not null then 'not_checkable'
            when claim.kind = 'level' and at_publication.agrees is not true and is_the_stock
                then if(is_still_the_stock, 'confirmed', 'confirmed_since_revised')
            when inputs.is_after_release then 'not_checkable'
            -- What may be missing contradicts nothing, and who may be may take a place.
            when is_place_open then 'not_checkable'
            when
                at_publication.agrees is not true
                and (is_within_missing or is_left_open or is_too_small_to_tell or is_of_half_year)
                -- Cases that were added to persons are told as such.
                and not (is_persons_and_cases and is_in_other_unit)
                then 'not_checkable'
            when
                claim.kind = 'level' and inputs.are_covered and inputs.are_nobody
                and at_publication.value is null
                then 'not_reproduced'
            when at_publication.agrees is null then 'not_checkable'
            -- A figure of mid-year is looked up as such: the year's end takes nothing from it.
            when at_publication.agrees and newest.agrees then 'confirmed'
            when at_publication.agrees then 'confirmed_since_revised'
            when claim.kind = 'level' then 'not_reproduced'
            when inputs.stated_differences_text is not null and own.agrees then 'input_error'
            -- No document states all countries of a place or a count, nor whose inhabitants it counts.
            when is_held_as_bound or claim.kind in ('rank', 'place', 'count', 'extreme', 'per_head')
                then 'not_reproduced'
            -- What is rounded is not wrong; what is made of it may be.
            when
                inputs.are_all_stated and inputs.stated_differences_text is not null
                and (own.agrees or abs(own.value - at_publication.value) > claim.tolerance)
                then 'input_error'
            when inputs.are_all_stated then 'misstated'
            when at_publication.is_ratio_and_change_confused or at_publication.is_points_read_as_percent
                then 'misstated'
            else 'not_reproduced'
        end as number_found
    from compared
),

meanings as (
    select
        *,
        if(number_found = 'misstated', 'not_reproduced', number_found) as number_verdict,
        coalesce(stock_or_flow = 'stock' and claim.read_as = 'flow', false)
        or (claim.kind = 'level' and is_the_stock and at_publication.agrees is not true)
            as is_stock_read_as_flow,
        coalesce(stock_or_flow = 'stock' and {{ adds_stocks_up('claim.') }}, false) as is_stocks_added_up,
        coalesce(
            inputs.carried_forward_stock > 0
            and inputs.carried_forward_share >= {{ var('carried_forward_share_from') }},
            false
        ) as rests_on_carried_forward,
        coalesce(inputs.is_provisional_on_the_day, false) as is_provisional_at_publication,
        number_found = 'confirmed_since_revised' and break_text is not null as is_break_since,
        (gaps_text is not null or is_incomplete_now or is_in_other_unit_now) and newest.text is not null
            as rests_on_incomplete,
        -- A rate of some of the decisions may be above that of all, or below.
        rests_on_incomplete
        and (
            claim.kind in ('level', 'sum', 'per_head') and not claim.is_rate or is_number_lower_bound
        )
            as is_lower_bound,
        is_half_against_whole
        or broken_text is not null
        or (
            claim.kind in ('change', 'ratio', 'difference', 'comparison') and rests_on_incomplete
            and not claim.is_rate
            and (
                claim.base_from_year is distinct from claim.from_year
                or claim.base_to_year is distinct from claim.to_year
            )
        )
            as is_not_comparable,
        -- What is not known of that day, the newest figures decide.
        coalesce(
            as_flow_at_publication.agrees,
            as_flow_newest.agrees,
            -- The claim is on new asylum claims, and its number is the stock.
            if(claim.measure = 'new_asylum_claims' and is_the_stock, at_publication.agrees, null)
        ) as is_true_as_flow,
        -- Of asylum-seekers alone there is a flow beside the stock.
        claim.measure in ('asylum_seekers_stock', 'applications_new', 'new_asylum_claims') as has_flow,
        case
            when number_found in ('misstated', 'input_error')
                and coalesce(
                    own.is_ratio_and_change_confused or at_publication.is_ratio_and_change_confused, false
                )
                then 'ratio_read_as_increase'
            when number_found = 'misstated' and at_publication.is_points_read_as_percent
                then 'percent_read_as_points'
            when number_found = 'not_reproduced' and is_persons_and_cases then 'units_added'
            when number_found = 'not_reproduced' and is_the_stock then 'stock_read_as_flow'
            when is_stocks_added_up then 'stocks_added_up'
            when is_stock_read_as_flow then 'stock_read_as_flow'
            when is_half_against_whole and not is_of_half_year then 'half_year_read_as_year'
            when
                stock_or_flow = 'flow' and is_provisional_at_publication and claim.reference_date is null
                and at_publication.agrees
                then 'half_year_read_as_year'
            when claim.read_as = 'not_stated' then 'not_stated'
            else 'as_stated'
        end as meaning_verdict
    from numbers
),

final as (
    select
        * exclude (number_found),
        case
            when number_found in ('not_checkable', 'not_reproduced', 'misstated', 'input_error')
                then number_found
            when
                meaning_verdict in ('stock_read_as_flow', 'stocks_added_up')
                and not coalesce(is_true_as_flow, has_flow)
                then 'misleading'
            when is_half_against_whole then 'misleading'
            when meaning_verdict = 'half_year_read_as_year' and not newest.agrees then 'misleading'
            -- The database gave the number; whether what is said by it is true, nobody knows.
            when is_left_open then 'not_checkable'
            else number_found
        end as verdict,
        concat_ws(
            ', ',
            if(is_stock_read_as_flow, 'stock_read_as_flow', null),
            if(is_stocks_added_up, 'stocks_added_up', null),
            if(rests_on_carried_forward, 'rests_on_carried_forward', null),
            if(is_provisional_at_publication, 'provisional_at_publication', null),
            if(is_break_since, 'break_since', null),
            if(is_lower_bound, 'figure_is_lower_bound', null),
            if(is_not_comparable, 'times_do_not_compare', null)
        ) as flags
    from meanings
)

select * from final
