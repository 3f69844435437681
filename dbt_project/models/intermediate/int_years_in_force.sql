-- Coverage by the year: which snapshot answers for a cell and year, from when to when, beginning with
-- the first one that has figures of that year. What a later one says differently is a revision; the
-- first is none.
{% set datasets = [
    'population', 'asylum-applications', 'asylum-decisions', 'solutions', 'idmc', 'unrwa',
    'displacement-flows',
] -%}
with coverage as (
    select * from {{ ref('int_coverage_in_force') }}
),

years_held as (
    {%- for endpoint in datasets %}
    select distinct
        '{{ endpoint }}' as endpoint,
        snapshot_id,
        slice,
        reference_year
    from {{ ref('stg_unhcr__' ~ endpoint.replace('-', '_')) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

years as (
    select distinct
        endpoint,
        slice,
        reference_year
    from years_held
),

by_year as (
    select
        coverage.*,
        years.reference_year,
        years_held.snapshot_id is not null as has_figures
    from coverage
    inner join years
        on
            coverage.endpoint = years.endpoint
            and coverage.slice = years.slice
            and years.reference_year between coverage.from_year and coverage.to_year
    left join years_held
        on
            coverage.endpoint = years_held.endpoint
            and coverage.snapshot_id = years_held.snapshot_id
            and coverage.slice = years_held.slice
            and years.reference_year = years_held.reference_year
),

with_first as (
    select
        *,
        min(valid_from) filter (where has_figures) over (
            partition by endpoint, slice, origin_cell, asylum_cell, reference_year
        ) as first_published_on
    from by_year
),

final as (
    select
        coverage_id,
        endpoint,
        slice,
        origin_cell,
        asylum_cell,
        reference_year,
        case
            when reference_year = year(release_reference_date) then release_reference_date
            else make_date(reference_year, 12, 31)
        end as reference_date,
        first_published_on,
        valid_from,
        valid_to,
        covers_all_origins,
        covers_all_asylums,
        is_provisional_release and reference_year = year(release_reference_date)
            as is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from with_first
    where valid_from >= first_published_on
)

select * from final
order by endpoint, slice, origin_cell, asylum_cell, reference_year, valid_from
