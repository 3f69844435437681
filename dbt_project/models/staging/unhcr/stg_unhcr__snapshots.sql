with source as (
    select * from {{ source('raw', 'snapshots') }}
),

final as (
    select
        endpoint,
        snapshot_id,
        source as source_kind,
        source_url,
        release_id as stated_release_id,
        cast(started_at at time zone 'UTC' as timestamp) as started_at,
        cast(finished_at at time zone 'UTC' as timestamp) as retrieved_at,
        cast(last_seen_at at time zone 'UTC' as timestamp) as last_seen_at,
        times_seen,
        row_count,
        content_sha256,
        restart_count
    from source
)

select * from final
