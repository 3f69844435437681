-- The verdict on each claim, and its flags: ids of the seeds claim_verdicts and claim_flags.
with compared as (
    select * from {{ ref('int_claims_compared') }}
),

final as (
    select
        *,
        case
            when inputs.release_id_on_the_day is null or not is_release_held then 'not_checkable'
            when claim.kind = 'level' and inputs.are_covered and at_publication.value is null
                then 'not_reproduced'
            when at_publication.agrees is null then 'not_checkable'
            when at_publication.agrees and newest.agrees then 'confirmed'
            when at_publication.agrees then 'confirmed_since_revised'
            when claim.kind = 'level' and is_the_stock then 'misstated'
            when claim.kind = 'level' then 'not_reproduced'
            when inputs.stated_differences_text is not null and own.agrees then 'input_error'
            -- Places and counts are of countries that no document states in full.
            when claim.kind in ('rank', 'count') then 'not_reproduced'
            when inputs.are_all_stated and abs(own.value - at_publication.value) > claim.tolerance
                then 'input_error'
            when inputs.are_all_stated then 'misstated'
            when at_publication.is_ratio_and_change_confused then 'misstated'
            else 'not_reproduced'
        end as verdict,
        (stock_or_flow = 'stock' and claim.read_as = 'flow')
        or (claim.kind = 'level' and is_the_stock and stock_or_flow = 'flow') as is_stock_read_as_flow,
        stock_or_flow = 'stock'
        and (
            (claim.kind in ('sum', 'threshold_year') and claim.to_year > claim.from_year)
            or (
                claim.is_compared_with_base
                and (claim.to_year > claim.from_year or claim.base_to_year > claim.base_from_year)
            )
        ) as is_stocks_added_up,
        coalesce(
            inputs.carried_forward_stock > 0
            and inputs.carried_forward_share >= {{ var('carried_forward_share_from') }},
            false
        ) as rests_on_carried_forward,
        coalesce(inputs.is_provisional_on_the_day, false) as is_provisional_at_publication,
        concat_ws(
            ', ',
            if(is_stock_read_as_flow, 'stock_read_as_flow', null),
            if(is_stocks_added_up, 'stocks_added_up', null),
            if(rests_on_carried_forward, 'rests_on_carried_forward', null),
            if(is_provisional_at_publication, 'provisional_at_publication', null)
        ) as flags
    from compared
)

select * from final
