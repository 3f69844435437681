{%- set key = ['asylum_unhcr_code', 'measure', 'valid_from'] -%}
{%- set to_date -%}
partition by {{ key | join(', ') }} order by reference_year rows unbounded preceding
{%- endset -%}
-- How many people a country of asylum gave no origin of, against the year before; whether it withheld
-- origins or gave them again; and the last year before it withheld any (`base_year`): the year before,
-- where it withholds none.
with figures as (
    select * from {{ ref('int_figures_of_hosts') }}
),

kinds as (
    select * from {{ ref('break_kinds') }}
),

with_year_before as (
    select
        *,
        {{ year_before('figure', key) }} as figure_before,
        {{ year_before('unknown_origin', key) }} as unknown_origin_before
    from figures
),

with_rise as (
    select
        *,
        unknown_origin - unknown_origin_before as rise,
        {{ fraction('unknown_origin', 'figure') }} as share,
        {{ fraction('unknown_origin_before', 'figure_before') }} as share_before,
        round(share - share_before, 9) as share_rise
    from with_year_before
),

with_events as (
    select
        with_rise.*,
        withheld.share_from,
        coalesce(
            with_rise.rise >= withheld.persons_from and with_rise.share_rise >= withheld.share_from, false
        ) as is_origin_withheld,
        coalesce(
            -with_rise.rise >= given.persons_from and -with_rise.share_rise >= given.share_from, false
        ) as is_origin_given_again
    from with_rise
    inner join kinds as withheld on withheld.kind = 'origin_withheld'
    inner join kinds as given on given.kind = 'origin_given_again'
),

-- A host withholds origins for as long as the share without one stays as far above that before it began.
with_last_withheld as (
    select
        *,
        max(reference_year) filter (where is_origin_withheld) over ({{ to_date }}) as withheld_year,
        arg_max(share_before, reference_year) filter (where is_origin_withheld) over ({{ to_date }})
            as share_before_withheld
    from with_events
),

final as (
    select
        * exclude (share_from, withheld_year, share_before_withheld),
        case
            when
                withheld_year is not null
                and bool_and(round(share - share_before_withheld, 9) >= share_from) over (
                    partition by {{ key | join(', ') }}, withheld_year
                    order by reference_year rows unbounded preceding
                )
                then withheld_year
            else reference_year
        end - 1 as base_year
    from with_last_withheld
)

select * from final
