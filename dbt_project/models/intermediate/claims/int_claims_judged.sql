-- The verdict on each claim: whether its number is there, what it counts, the headline of both, and flags:
-- ids of the seeds claim_verdicts, claim_meanings and claim_flags.
with compared as (
    select * from {{ ref('int_claims_compared') }}
),

-- Whether the number is there. A stock told as a flow is looked up as the stock that it is.
numbers as (
    select
        *,
        case
            when inputs.release_id_on_the_day is null or not is_release_held then 'not_checkable'
            when claim.kind = 'level' and is_the_stock and stock_or_flow = 'flow'
                then if(is_still_the_stock, 'confirmed', 'confirmed_since_revised')
            when claim.kind = 'level' and inputs.are_covered and at_publication.value is null
                then 'not_reproduced'
            when at_publication.agrees is null then 'not_checkable'
            when at_publication.agrees and newest.agrees then 'confirmed'
            when at_publication.agrees then 'confirmed_since_revised'
            when claim.kind = 'level' then 'not_reproduced'
            when inputs.stated_differences_text is not null and own.agrees then 'input_error'
            -- Places and counts are of countries that no document states in full.
            when claim.kind in ('rank', 'count') then 'not_reproduced'
            when inputs.are_all_stated and abs(own.value - at_publication.value) > claim.tolerance
                then 'input_error'
            when inputs.are_all_stated then 'misstated'
            when at_publication.is_ratio_and_change_confused then 'misstated'
            else 'not_reproduced'
        end as number_found
    from compared
),

meanings as (
    select
        *,
        if(number_found = 'misstated', 'not_reproduced', number_found) as number_verdict,
        (stock_or_flow = 'stock' and claim.read_as = 'flow')
        or (claim.kind = 'level' and is_the_stock and stock_or_flow = 'flow') as is_stock_read_as_flow,
        stock_or_flow = 'stock' and {{ adds_stocks_up('claim.') }} as is_stocks_added_up,
        coalesce(
            inputs.carried_forward_stock > 0
            and inputs.carried_forward_share >= {{ var('carried_forward_share_from') }},
            false
        ) as rests_on_carried_forward,
        coalesce(inputs.is_provisional_on_the_day, false) as is_provisional_at_publication,
        -- What is not known of that day, the newest figures decide.
        coalesce(as_flow_at_publication.agrees, as_flow_newest.agrees) as is_true_as_flow,
        case
            when number_found in ('misstated', 'input_error')
                and coalesce(
                    own.is_ratio_and_change_confused or at_publication.is_ratio_and_change_confused, false
                )
                then 'ratio_read_as_increase'
            when is_stocks_added_up then 'stocks_added_up'
            when is_stock_read_as_flow then 'stock_read_as_flow'
            when stock_or_flow = 'flow' and claim.kind in ('level', 'sum') and is_provisional_at_publication
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
            when meaning_verdict in ('stock_read_as_flow', 'stocks_added_up') and not is_true_as_flow
                then 'misleading'
            when meaning_verdict = 'half_year_read_as_year' and not newest.agrees then 'misleading'
            else number_found
        end as verdict,
        concat_ws(
            ', ',
            if(is_stock_read_as_flow, 'stock_read_as_flow', null),
            if(is_stocks_added_up, 'stocks_added_up', null),
            if(rests_on_carried_forward, 'rests_on_carried_forward', null),
            if(is_provisional_at_publication, 'provisional_at_publication', null)
        ) as flags
    from meanings
)

select * from final
