-- Every release there is a name for, whether or not the warehouse holds figures of it.
with releases as (
    select * from {{ ref('int_releases_resolved') }}
),

snapshots as (
    select
        release_id,
        count(*) as snapshot_count,
        string_agg(distinct endpoint, ', ' order by endpoint) as endpoints,
        cast(sum(row_count) as bigint) as row_count,
        min(retrieved_at) as first_retrieved_at,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_snapshots_resolved') }}
    group by release_id
),

held as (
    select
        releases.*,
        coalesce(snapshots.snapshot_count, 0) as snapshot_count,
        snapshots.endpoints,
        coalesce(snapshots.row_count, 0) as row_count,
        snapshots.first_retrieved_at,
        snapshots.last_seen_at,
        max(releases.published_on) filter (where snapshots.release_id is not null) over ()
            as newest_published_on
    from releases
    left join snapshots using (release_id)
),

final as (
    select
        release_id,
        title,
        published_on,
        reference_date,
        cast(year(reference_date) as integer) as reference_year,
        is_provisional,
        is_named,
        snapshot_count > 0 as is_held,
        snapshot_count > 0 and published_on = newest_published_on as is_newest_held,
        snapshot_count,
        endpoints,
        row_count,
        first_retrieved_at,
        last_seen_at
    from held
)

select * from final
order by published_on, release_id
