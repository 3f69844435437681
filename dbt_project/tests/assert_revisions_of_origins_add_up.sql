-- The revisions of an origin's figure add up to what became of it since it was first published. A
-- warning: a total that could not be told for a while (only some pairs were asked for) may have moved
-- meanwhile.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'mart_revision_summary'}}},
) }}

with moves as (
    select
        dataset,
        origin_unhcr_code,
        counting_unit,
        measure,
        reference_year,
        sum(coalesce(value_after, 0) - coalesce(value_before, 0)) as moved
    from {{ ref('mart_revisions') }}
    where level = 'origin'
    group by all
)

select figures.*
from {{ ref('mart_revision_summary') }} as figures
inner join moves using (dataset, origin_unhcr_code, counting_unit, measure, reference_year)
where
    coalesce(figures.newest_value, 0) - coalesce(figures.first_value, 0) <> moves.moved
