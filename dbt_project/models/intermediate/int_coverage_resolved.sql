-- What each query of each snapshot covers, with the snapshot's place in time. The starter extract is a part
-- of what UNHCR published, of some measures alone: where the release itself is there, it says nothing.
with coverage as (
    select * from {{ ref('stg_unhcr__snapshot_coverage') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_resolved') }}
),

published as (
    select distinct
        coverage.endpoint,
        snapshots.release_id
    from coverage
    inner join snapshots
        on
            coverage.endpoint = snapshots.endpoint
            and coverage.snapshot_id = snapshots.snapshot_id
    where
        snapshots.source_kind <> 'starter'
        and not snapshots.is_quarantined
        and coverage.slice = 'pairs'
        and coverage.covered_origin = '*'
        and coverage.covered_asylum = '*'
),

final as (
    select
        coverage.endpoint,
        coverage.snapshot_id,
        coverage.slice,
        coverage.covered_origin,
        coverage.covered_asylum,
        coverage.covered_from_year,
        coverage.covered_to_year,
        snapshots.recency
    from coverage
    inner join snapshots
        on
            coverage.endpoint = snapshots.endpoint
            and coverage.snapshot_id = snapshots.snapshot_id
    left join published
        on
            snapshots.source_kind = 'starter'
            and snapshots.endpoint = published.endpoint
            and snapshots.release_id = published.release_id
    where published.release_id is null
)

select * from final
