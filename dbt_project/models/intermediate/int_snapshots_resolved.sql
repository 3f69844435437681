-- Each snapshot of UNHCR's with its release and its place in time: recency 1 is the oldest of its endpoint.
-- Two releases may have one day; the later of them is not that which was fetched later.
-- A quarantined one has its place too, and is left out where figures become valid. Those of the World
-- Bank are of no release.
with snapshots as (
    select * from {{ ref('stg_unhcr__snapshots') }}
    where endpoint <> 'inhabitants'
),

snapshot_releases as (
    select * from {{ ref('stg_unhcr__snapshot_releases') }}
),

final as (
    select
        snapshots.endpoint,
        snapshots.snapshot_id,
        snapshot_releases.release_id,
        snapshots.source_kind,
        snapshots.retrieved_at,
        snapshots.last_seen_at,
        snapshots.times_seen,
        snapshots.row_count,
        snapshot_releases.in_force_from,
        snapshot_releases.release_reference_date,
        snapshot_releases.is_provisional_release,
        snapshot_releases.is_quarantined,
        row_number() over (
            partition by snapshots.endpoint
            order by
                snapshot_releases.in_force_from,
                snapshot_releases.release_id,
                -- Part of what the release had, whenever it was landed.
                snapshots.source_kind <> 'starter',
                snapshots.retrieved_at,
                snapshots.snapshot_id
        ) as recency
    from snapshots
    left join snapshot_releases
        on
            snapshots.endpoint = snapshot_releases.endpoint
            and snapshots.snapshot_id = snapshot_releases.snapshot_id
)

select * from final
