-- Every country that the countries endpoint lists or a figure names: the newest answer wins, and
-- what only figures name (Tibetan, or a country the starter extract has no row for) is kept.
with snapshots as (
    select * from {{ ref('int_snapshots_resolved') }}
    where endpoint in ('countries', 'regions')
),

countries as (
    select
        stg_countries.*,
        snapshots.recency
    from {{ ref('stg_unhcr__countries') }} as stg_countries
    inner join snapshots
        on stg_countries.snapshot_id = snapshots.snapshot_id and snapshots.endpoint = 'countries'
    where stg_countries.unhcr_code is not null
),

regions as (
    select
        stg_regions.unhcr_region_id,
        max_by(stg_regions.unhcr_region, snapshots.recency) as unhcr_region
    from {{ ref('stg_unhcr__regions') }} as stg_regions
    inner join snapshots
        on stg_regions.snapshot_id = snapshots.snapshot_id and snapshots.endpoint = 'regions'
    group by stg_regions.unhcr_region_id
),

listed as (
    select
        unhcr_code,
        max_by(iso3, recency) as iso3,
        max_by(iso2, recency) as iso2,
        max_by(country_name, recency) as country_name,
        max_by(country_name_long, recency) as country_name_long,
        max_by(un_region, recency) as un_region,
        max_by(un_subregion, recency) as un_subregion,
        max_by(unhcr_region_id, recency) filter (where unhcr_region_id is not null)
            as unhcr_region_id
    from countries
    group by unhcr_code
),

named as (
    select
        named_countries.unhcr_code,
        max_by(named_countries.iso3, (snapshots.in_force_from, named_countries.iso3)) as iso3,
        max_by(
            named_countries.country_name, (snapshots.in_force_from, named_countries.country_name)
        ) as country_name
    from {{ ref('stg_unhcr__named_countries') }} as named_countries
    inner join {{ ref('int_snapshots_resolved') }} as snapshots
        on
            named_countries.endpoint = snapshots.endpoint
            and named_countries.snapshot_id = snapshots.snapshot_id
    group by named_countries.unhcr_code
),

combined as (
    select
        coalesce(listed.unhcr_code, named.unhcr_code) as unhcr_code,
        coalesce(listed.iso3, named.iso3) as iso3,
        listed.iso2,
        coalesce(listed.country_name, named.country_name, listed.unhcr_code, named.unhcr_code)
            as country_name,
        listed.country_name_long,
        regions.unhcr_region,
        listed.un_region,
        listed.un_subregion,
        listed.unhcr_code is not null as is_listed
    from listed
    full outer join named on listed.unhcr_code = named.unhcr_code
    left join regions on listed.unhcr_region_id = regions.unhcr_region_id
),

iso3_codes as (
    select list(iso3) as taken from combined
),

-- One code to ask by: a UNHCR code stands in for a missing ISO3 where it is nobody's ISO3, so that it
-- never means two.
final as (
    select
        combined.*,
        coalesce(
            combined.iso3,
            case
                when not list_contains(iso3_codes.taken, combined.unhcr_code) then combined.unhcr_code
            end
        ) as country_code
    from combined
    cross join iso3_codes
)

select * from final
