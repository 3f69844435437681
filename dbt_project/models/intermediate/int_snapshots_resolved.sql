-- Each snapshot with its release and its place in time: recency 1 is the oldest of its endpoint.
with snapshots as (
    select * from {{ ref('stg_unhcr__snapshots') }}
),

releases as (
    select * from {{ ref('int_releases_resolved') }}
),

named as (
    select
        *,
        coalesce(
            stated_release_id, 'api-' || strftime(retrieved_at, '%Y-%m-%d')
        ) as release_id
    from snapshots
),

final as (
    select
        named.endpoint,
        named.snapshot_id,
        named.release_id,
        named.source_kind,
        named.retrieved_at,
        named.last_seen_at,
        named.times_seen,
        named.row_count,
        releases.published_on as in_force_from,
        releases.reference_date as release_reference_date,
        coalesce(releases.is_provisional, false) as is_provisional_release,
        false as is_quarantined,
        named.content_sha256,
        row_number() over (
            partition by named.endpoint
            order by releases.published_on, named.retrieved_at, named.snapshot_id
        ) as recency
    from named
    left join releases using (release_id)
)

select * from final
