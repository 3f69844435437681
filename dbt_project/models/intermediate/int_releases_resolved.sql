-- Every release there is a name for: those of the seed, and one for each day on which the API
-- answered something we hold. What the API serves has no name of its own: until its content is
-- recognised it is called by the day it was fetched.
with named as (
    select * from {{ ref('releases') }}
),

snapshots as (
    select * from {{ ref('stg_unhcr__snapshots') }}
),

latest_year as (
    select
        snapshot_id,
        max(reference_year) as latest_year
    from (
        {%- for dataset in ['population', 'asylum_applications', 'asylum_decisions'] %}
        select
            snapshot_id,
            reference_year
        from {{ ref('stg_unhcr__' ~ dataset) }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
    group by snapshot_id
),

fetched as (
    select
        'api-' || strftime(snapshots.retrieved_at, '%Y-%m-%d') as release_id,
        min(cast(snapshots.retrieved_at as date)) as published_on,
        max(latest_year.latest_year) as latest_year
    from snapshots
    left join latest_year using (snapshot_id)
    where snapshots.stated_release_id is null
    group by all
),

-- The reference date of the newest year: that of the newest named release of the same year that was
-- out by then; without one, 30 June while the year is running or its Global Trends are not yet due
-- (mid-June of the next year), 31 December after that.
fetched_with_reference as (
    select
        fetched.release_id,
        'Fetched from the API on ' || fetched.published_on as title,
        fetched.published_on,
        coalesce(
            max_by(named.reference_date, named.published_on),
            case
                when fetched.published_on < make_date(fetched.latest_year + 1, 6, 11)
                    then make_date(fetched.latest_year, 6, 30)
                else make_date(fetched.latest_year, 12, 31)
            end
        ) as reference_date
    from fetched
    left join named
        on
            year(named.reference_date) = fetched.latest_year
            and named.published_on <= fetched.published_on
    group by fetched.release_id, fetched.published_on, fetched.latest_year
),

final as (
    select
        release_id,
        title,
        published_on,
        reference_date,
        is_provisional,
        true as is_named
    from named
    union all
    select
        release_id,
        title,
        published_on,
        reference_date,
        coalesce(month(reference_date) = 6, false) as is_provisional,
        false as is_named
    from fetched_with_reference
)

select * from final
