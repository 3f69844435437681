-- Countries of origin that are looked at together, a row for each member.
with origin_groups as (
    select * from {{ ref('origin_groups') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        origin_groups.group_id,
        countries.unhcr_code as member_unhcr_code,
        origin_groups.member_iso3,
        origin_groups.group_name,
        countries.country_name as member_name,
        origin_groups.note,
        origin_groups.source
    from origin_groups
    left join countries on origin_groups.member_iso3 = countries.iso3
)

select * from final
order by group_id, member_iso3
