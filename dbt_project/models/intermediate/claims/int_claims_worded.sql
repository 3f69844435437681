-- What is stated and what the database gives, in words.
with judged as (
    select * from {{ ref('int_claims_judged') }}
),

based as (
    select
        *,
        coalesce(stated_value, stated_high, stated_low) as shown_value,
        concat_ws(
            ' ',
            if(base_asylum_iso3 is distinct from asylum_iso3, base_asylum_iso3, null),
            if(
                base_to_year > base_from_year,
                base_from_year || ' to ' || base_to_year,
                cast(base_from_year as varchar)
            )
        ) as base_text
    from judged
),

final as (
    select
        *,
        case
            when kind = 'comparison'
                then
                    if(relation = 'equal', 'as much as', relation) || ' ' || base_text
                    || coalesce(', at least ' || {{ figure_text('stated_low') }} || ' times', '')
            when kind = 'record'
                then 'highest in ' || to_year || ', of ' || from_year || ' to ' || to_year
            when stated_value is not null or kind = 'range'
                then {{ claim_text('shown_value', 'stated_low') }}
            when stated_high is null then 'at least ' || {{ claim_text('shown_value', 'stated_low') }}
            when stated_low is null then 'at most ' || {{ claim_text('shown_value', 'stated_low') }}
            else
                'between ' || {{ figure_text('stated_low') }} || ' and '
                || {{ claim_text('shown_value', 'stated_low') }}
        end as stated_text,
        -- Of places, years and bounds no difference in percent says anything.
        case
            when kind in ('level', 'sum')
                then {{ fraction('value_newest - value_on_the_day', 'value_on_the_day') }}
        end as change_rate
    from based
)

select * from final
