-- Every release there is a name for: those of the seed, and those that the API served and no list
-- knows, which are called by the day they were first seen. Which snapshot is which was found by
-- content while the snapshots were loaded (warehouse/releases/identify.py). One that was seen before its
-- day in the seed was out by then.
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

first_seen as (
    select
        release_id,
        min(in_force_from) as in_force_from
    from snapshot_releases
    where is_named
    group by release_id
),

final as (
    select
        named.release_id,
        named.title,
        least(named.published_on, first_seen.in_force_from) as published_on,
        named.reference_date,
        named.is_provisional,
        true as is_named,
        cast(null as varchar) as differs_in
    from named
    left join first_seen using (release_id)
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
