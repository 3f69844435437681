-- Countries that are looked at together, a row for each member.
with country_groups as (
    select * from {{ ref('country_groups') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        country_groups.group_id,
        countries.unhcr_code as member_unhcr_code,
        country_groups.member_iso3,
        country_groups.group_name,
        countries.country_name as member_name,
        country_groups.from_year,
        country_groups.to_year,
        country_groups.note,
        country_groups.source
    from country_groups
    left join countries on country_groups.member_iso3 = countries.iso3
)

select * from final
order by group_id, member_iso3
