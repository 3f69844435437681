-- Inhabitants by year, as they stood from the day on which the World Bank's answer was taken. A later
-- answer replaces what it has itself, and nothing else: that of the starter extract has a few countries.
-- Where UNHCR counts two territories as one country, its figures are of the inhabitants of both.
with figures as (
    select * from {{ ref('stg_world_bank__population') }}
),

snapshots as (
    select * from {{ ref('stg_unhcr__snapshots') }}
    where endpoint = 'inhabitants'
),

-- Two on the same day: the later one alone was ever valid.
by_day as (
    select
        figures.world_bank_code,
        figures.world_bank_name,
        figures.reference_year,
        figures.inhabitants,
        snapshots.snapshot_id,
        snapshots.retrieved_at,
        cast(snapshots.retrieved_at as date) as valid_from
    from figures
    inner join snapshots on figures.snapshot_id = snapshots.snapshot_id
    qualify
        row_number() over (
            partition by
                figures.world_bank_code, figures.reference_year, cast(snapshots.retrieved_at as date)
            order by snapshots.retrieved_at desc, snapshots.snapshot_id desc
        ) = 1
),

added as (
    select * from {{ ref('inhabitants_added') }}
),

in_force as (
    select
        *,
        lead(valid_from) over (
            partition by world_bank_code, reference_year
            order by valid_from
        ) as valid_to
    from by_day
),

final as (
    select
        in_force.*,
        if(added.added_iso3 is null, in_force.inhabitants, in_force.inhabitants + neighbour.inhabitants)
            as inhabitants_as_counted
    from in_force
    left join added
        on
            in_force.world_bank_code = added.country_iso3
            and in_force.reference_year <= coalesce(added.to_year, in_force.reference_year)
    left join in_force as neighbour
        on
            added.added_iso3 = neighbour.world_bank_code
            and in_force.reference_year = neighbour.reference_year
            and {{ stood_on('in_force.valid_from', 'neighbour') }}
)

select * from final
