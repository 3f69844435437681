-- Every release that has a name, whether or not figures of it are loaded. A release is valid until the
-- next one that is loaded; one of which nothing is accepted ends no other.
with releases as (
    select * from {{ ref('int_releases_resolved') }}
),

snapshots as (
    select
        release_id,
        count(*) as snapshot_count,
        string_agg(distinct endpoint, ', ' order by endpoint) as endpoints,
        string_agg(distinct endpoint, ', ' order by endpoint)
            filter (where not is_quarantined) as datasets,
        string_agg(distinct endpoint, ', ' order by endpoint)
            filter (where is_quarantined) as quarantined_endpoints,
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
        snapshots.datasets,
        snapshots.quarantined_endpoints,
        coalesce(snapshots.row_count, 0) as row_count,
        snapshots.first_retrieved_at,
        snapshots.last_seen_at,
        max(releases.published_on) filter (where snapshots.datasets is not null) over ()
            as newest_published_on
    from releases
    left join snapshots using (release_id)
),

-- At most one a day, or a release would have two successors.
successors as (
    select
        published_on,
        min(release_id) as release_id
    from held
    where datasets is not null
    group by published_on
),

with_successor as (
    select
        held.*,
        successors.published_on as in_force_to,
        successors.release_id as superseded_by
    from held
    asof left join successors
        on held.published_on < successors.published_on
),

final as (
    select
        release_id,
        title,
        published_on,
        published_on as in_force_from,
        in_force_to,
        superseded_by,
        reference_date,
        cast(year(reference_date) as integer) as reference_year,
        is_provisional,
        is_named,
        differs_in,
        snapshot_count > 0 as is_held,
        datasets is not null and published_on = newest_published_on as is_newest_held,
        snapshot_count,
        endpoints,
        datasets,
        quarantined_endpoints,
        row_count,
        first_retrieved_at,
        last_seen_at
    from with_successor
)

select * from final
order by published_on, release_id
