-- Inhabitants by year, as they stood from the day on which the World Bank's answer was taken. A later
-- answer replaces what it has itself, and nothing else: that of the starter extract has a few countries.
-- Where UNHCR counts several territories as one country, its figures are of the inhabitants of all.
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

-- Of whom there can be several; where one is not known, neither is their sum.
with_added as (
    select
        in_force.world_bank_code,
        in_force.reference_year,
        in_force.valid_from,
        case when bool_and(neighbour.inhabitants is not null) then {{ total('neighbour.inhabitants') }} end
            as inhabitants_added
    from in_force
    inner join added
        on
            in_force.world_bank_code = added.country_iso3
            and in_force.reference_year <= coalesce(added.to_year, in_force.reference_year)
    left join in_force as neighbour
        on
            added.added_iso3 = neighbour.world_bank_code
            and in_force.reference_year = neighbour.reference_year
            and {{ stood_on('in_force.valid_from', 'neighbour') }}
    group by in_force.world_bank_code, in_force.reference_year, in_force.valid_from
),

final as (
    select
        in_force.*,
        if(
            with_added.world_bank_code is null,
            in_force.inhabitants, in_force.inhabitants + with_added.inhabitants_added
        ) as inhabitants_as_counted
    from in_force
    left join with_added
        on
            in_force.world_bank_code = with_added.world_bank_code
            and in_force.reference_year = with_added.reference_year
            and in_force.valid_from = with_added.valid_from
)

select * from final
