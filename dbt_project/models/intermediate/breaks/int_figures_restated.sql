{%- set key = ['asylum_unhcr_code', 'measure', 'reference_year'] -%}
-- Final figures of a country of asylum that a release restated for two years or more at once, in one
-- direction, as happens when codes are added to what a measure counts; from that release's day on.
with figures as (
    select * from {{ ref('int_figures_of_hosts') }}
),

kinds as (
    select * from {{ ref('break_kinds') }}
    where kind = 'definition_changed'
),

with_vintage_before as (
    select
        *,
        lag(figure) over same_key as figure_before,
        lag(valid_from) over same_key as vintage_before,
        lag(is_provisional) over same_key as is_provisional_before
    from figures
    window same_key as (partition by {{ key | join(', ') }} order by valid_from)
),

restated as (
    select
        *,
        figure > figure_before as is_rise
    from with_vintage_before
    inner join kinds
        on abs(with_vintage_before.figure - with_vintage_before.figure_before)
            >= kinds.share_from * with_vintage_before.figure_before
    where figure <> figure_before and not is_provisional and not is_provisional_before
),

restated_together as (
    select
        *,
        sum(abs(figure - figure_before)) over together as restated_in_all,
        count(*) over together as restated_year_count
    from restated
    window together as (partition by asylum_unhcr_code, measure, valid_from, is_rise)
),

events as (
    select
        {{ columns(key) }}
        valid_from as restated_on,
        vintage_before,
        figure_before,
        restated_in_all
    from restated_together
    where restated_year_count >= years_from and restated_in_all >= persons_from
),

-- The last restatement that a vintage knows of.
final as (
    select
        figures.asylum_unhcr_code,
        figures.measure,
        figures.reference_year,
        figures.valid_from,
        figures.figure,
        events.restated_on,
        events.vintage_before,
        events.figure_before,
        events.restated_in_all
    from figures
    inner join events
        on
            figures.asylum_unhcr_code = events.asylum_unhcr_code
            and figures.measure = events.measure
            and figures.reference_year = events.reference_year
            and figures.valid_from >= events.restated_on
    qualify
        events.restated_on = max(events.restated_on) over (
            partition by
                figures.asylum_unhcr_code, figures.measure, figures.reference_year, figures.valid_from
        )
)

select * from final
