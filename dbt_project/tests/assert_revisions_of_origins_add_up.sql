-- The revisions of an origin's figure add up to its change since it was first published. This only warns:
-- a total that was not known for a while (only some pairs were requested) may have changed in between.
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
