-- UNHCR's code is the key: stateless, unknown and Tibetan have no ISO3 and are shown, not dropped.
with countries as (
    select * from {{ ref('int_countries_combined') }}
),

special_origins as (
    select * from {{ ref('special_origins') }}
),

country_groups as (
    select
        member_iso3,
        list(group_id order by group_id) as country_group_ids
    from {{ ref('country_groups') }}
    group by member_iso3
),

final as (
    select
        countries.unhcr_code,
        countries.iso3,
        countries.country_code,
        countries.iso2,
        countries.country_name,
        countries.country_name_long,
        {{ name_within('countries.country_name') }} as country_name_within,
        countries.unhcr_region,
        countries.un_region,
        countries.un_subregion,
        special_origins.special_kind,
        array_to_string(country_groups.country_group_ids, ', ') as country_group_ids,
        countries.is_listed
    from countries
    left join special_origins on countries.unhcr_code = special_origins.unhcr_code
    left join country_groups on countries.iso3 = country_groups.member_iso3
)

select * from final
order by unhcr_code
