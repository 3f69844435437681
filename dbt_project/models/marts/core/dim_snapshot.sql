-- Every snapshot that is landed, with its release, and whether its figures are used.
with snapshots as (
    select * from {{ ref('int_snapshots_resolved') }}
),

snapshot_releases as (
    select * from {{ ref('stg_unhcr__snapshot_releases') }}
),

final as (
    select
        snapshots.endpoint,
        snapshots.snapshot_id,
        snapshots.release_id,
        snapshots.source_kind,
        snapshots.retrieved_at,
        snapshots.last_seen_at,
        snapshots.times_seen,
        snapshots.row_count,
        snapshots.in_force_from,
        snapshots.release_reference_date,
        snapshots.is_provisional_release,
        snapshot_releases.differs_in,
        snapshots.is_quarantined,
        snapshot_releases.held_because,
        snapshot_releases.verdict_from,
        snapshot_releases.held_back,
        snapshot_releases.findings,
        snapshot_releases.compared_with,
        snapshot_releases.accepted_at,
        snapshot_releases.accepted_by,
        snapshot_releases.accepted_why
    from snapshots
    inner join snapshot_releases
        on
            snapshots.endpoint = snapshot_releases.endpoint
            and snapshots.snapshot_id = snapshot_releases.snapshot_id
)

select * from final
order by endpoint, in_force_from, release_id, retrieved_at, snapshot_id
