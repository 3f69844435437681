-- Every release there is a name for: those of the seed, and those that the API served and no list
-- knows, which are called by the day they were first seen. Which snapshot is which was found by
-- content while the snapshots were loaded (warehouse/releases/identify.py).
with named as (
    select * from {{ ref('releases') }}
),

snapshot_releases as (
    select * from {{ ref('stg_unhcr__snapshot_releases') }}
),

unnamed as (
    select
        release_id,
        any_value(release_title) as title,
        any_value(in_force_from) as published_on,
        any_value(release_reference_date) as reference_date,
        any_value(is_provisional_release) as is_provisional,
        string_agg(distinct differs_in, '; ' order by differs_in) as differs_in
    from snapshot_releases
    where not is_named
    group by release_id
),

final as (
    select
        release_id,
        title,
        published_on,
        reference_date,
        is_provisional,
        true as is_named,
        cast(null as varchar) as differs_in
    from named
    union all
    select
        release_id,
        title,
        published_on,
        reference_date,
        is_provisional,
        false as is_named,
        differs_in
    from unnamed
)

select * from final
