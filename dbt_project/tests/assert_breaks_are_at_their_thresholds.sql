-- Breaks whose own figures are below the thresholds of their kind. Of a definition that changed the
-- years count together, so a year alone may be below.
{{ config(meta={'dagster': {'ref': {'name': 'mart_reporting_breaks'}}}) }}

with breaks as (
    select * from {{ ref('mart_reporting_breaks') }}
),

kinds as (
    select * from {{ ref('break_kinds') }}
),

-- People without an origin are told by how many more or fewer they are, other breaks by their persons.
measured as (
    select
        breaks.*,
        kinds.persons_from,
        kinds.share_from,
        breaks.kind in ('origin_withheld', 'origin_given_again') as is_of_origins,
        breaks.unknown_origin / nullif(breaks.figure, 0)
        - breaks.unknown_origin_before / nullif(breaks.figure_before, 0) as share_change
    from breaks
    inner join kinds using (kind)
)

select * from measured
where
    kind <> 'definition_changed'
    and (
        if(is_of_origins, abs(unknown_origin - unknown_origin_before), persons) < persons_from
        or is_of_origins and round(abs(share_change), 9) < share_from
    )
