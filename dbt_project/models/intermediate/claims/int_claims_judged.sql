-- The verdict on each claim, and its flags: ids of the seeds claim_verdicts and claim_flags.
with compared as (
    select * from {{ ref('int_claims_compared') }}
),

judged as (
    select
        *,
        case
            when release_id_on_the_day is null or not is_release_held then 'not_checkable'
            when kind = 'level' and are_covered and value_on_the_day is null then 'not_reproduced'
            when agrees_on_the_day is null then 'not_checkable'
            when agrees_on_the_day and agrees_newest then 'confirmed'
            when agrees_on_the_day then 'confirmed_since_revised'
            when kind = 'level' and is_the_stock then 'misstated'
            when kind = 'level' then 'not_reproduced'
            when differs_in_inputs and agrees_with_own_figures then 'input_error'
            -- Places and counts are of countries that no document states in full.
            when kind in ('rank', 'count') then 'not_reproduced'
            when are_all_stated and abs(value_of_own_figures - value_on_the_day) > tolerance
                then 'input_error'
            when are_all_stated then 'misstated'
            when is_ratio_and_change_confused then 'misstated'
            else 'not_reproduced'
        end as verdict,
        (stock_or_flow = 'stock' and read_as = 'flow')
        or (kind = 'level' and is_the_stock and stock_or_flow = 'flow') as is_stock_read_as_flow,
        stock_or_flow = 'stock'
        and (
            (kind in ('sum', 'threshold_year') and to_year > from_year)
            or (is_compared_with_base and (to_year > from_year or base_to_year > base_from_year))
        ) as is_stocks_added_up,
        coalesce(
            carried_forward_stock > 0
            and carried_forward_share >= {{ var('carried_forward_share_from') }},
            false
        ) as rests_on_carried_forward,
        coalesce(is_provisional_on_the_day, false) as is_provisional_at_publication
    from compared
),

final as (
    select
        *,
        concat_ws(
            ', ',
            if(is_stock_read_as_flow, 'stock_read_as_flow', null),
            if(is_stocks_added_up, 'stocks_added_up', null),
            if(rests_on_carried_forward, 'rests_on_carried_forward', null),
            if(is_provisional_at_publication, 'provisional_at_publication', null)
        ) as flags
    from judged
)

select * from final
