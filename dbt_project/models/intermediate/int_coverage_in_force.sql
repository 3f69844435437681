{{ config(alias='coverage_in_force', meta={'published': true}) }}
-- Whose answer holds, for which part of the world, from when to when. Coverage is cut into cells that
-- no snapshot covers by halves: an origin, a country of asylum ('*' is every one not named by itself)
-- and a span of years. Within a cell, time is divided among the snapshots that cover it.
with coverage as (
    select * from {{ ref('int_coverage_resolved') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_resolved') }}
    where not is_quarantined
),

reach as (
    select
        endpoint,
        snapshot_id,
        slice,
        bool_and(covered_origin = '*') as covers_all_origins,
        bool_and(covered_asylum = '*') as covers_all_asylums
    from coverage
    group by endpoint, snapshot_id, slice
),
{%- for side in ['origin', 'asylum'] %}

{{ side }}s as (
    select distinct
        endpoint,
        slice,
        covered_{{ side }} as {{ side }}_cell
    from coverage
),

{{ side }}s_apart as (
    select
        endpoint,
        slice,
        list({{ side }}_cell order by {{ side }}_cell) filter (where {{ side }}_cell <> '*')
            as {{ side }}s_apart
    from {{ side }}s
    group by endpoint, slice
),
{%- endfor %}

bounds as (
    select
        endpoint,
        slice,
        covered_from_year as from_year
    from coverage
    union
    select
        endpoint,
        slice,
        covered_to_year + 1 as from_year
    from coverage
),

spans as (
    select
        endpoint,
        slice,
        from_year,
        lead(from_year) over (partition by endpoint, slice order by from_year) - 1 as to_year
    from bounds
),

answers as (
    select distinct
        coverage.endpoint,
        coverage.slice,
        origins.origin_cell,
        asylums.asylum_cell,
        spans.from_year,
        spans.to_year,
        coverage.snapshot_id
    from coverage
    inner join origins
        on
            coverage.endpoint = origins.endpoint
            and coverage.slice = origins.slice
            and coverage.covered_origin in ('*', origins.origin_cell)
    inner join asylums
        on
            coverage.endpoint = asylums.endpoint
            and coverage.slice = asylums.slice
            and coverage.covered_asylum in ('*', asylums.asylum_cell)
    inner join spans
        on
            coverage.endpoint = spans.endpoint
            and coverage.slice = spans.slice
            and coverage.covered_from_year <= spans.from_year
            and coverage.covered_to_year >= spans.to_year
),

in_time as (
    select
        answers.*,
        reach.covers_all_origins,
        reach.covers_all_asylums,
        snapshots.release_id,
        snapshots.retrieved_at,
        snapshots.release_reference_date,
        snapshots.is_provisional_release,
        snapshots.in_force_from as valid_from,
        lead(snapshots.in_force_from) over (
            partition by
                answers.endpoint, answers.slice, answers.origin_cell, answers.asylum_cell,
                answers.from_year
            order by snapshots.recency
        ) as valid_to
    from answers
    inner join snapshots using (endpoint, snapshot_id)
    inner join reach using (endpoint, snapshot_id, slice)
),

-- Two on the same day: the later one alone was ever valid.
final as (
    select
        cast(
            dense_rank() over (order by endpoint, slice, origin_cell, asylum_cell, from_year) as integer
        ) as coverage_id,
        endpoint,
        slice,
        origin_cell,
        asylum_cell,
        coalesce(origins_apart, []) as origins_apart,
        coalesce(asylums_apart, []) as asylums_apart,
        from_year,
        to_year,
        snapshot_id,
        release_id,
        retrieved_at,
        release_reference_date,
        is_provisional_release,
        covers_all_origins,
        covers_all_asylums,
        valid_from,
        valid_to
    from in_time
    left join origins_apart using (endpoint, slice)
    left join asylums_apart using (endpoint, slice)
    where valid_to is null or valid_to > valid_from
)

select * from final
order by coverage_id, valid_from
