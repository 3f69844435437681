{%- set measures = ['refugees_stock', 'asylum_seekers_stock', 'applications_new'] -%}
-- Regions of asylum, by UNHCR's regions and by those of the UN: each country of asylum is in one of each
-- scheme, so the two schemes are never added. Shares are of the origin's total, of which the row
-- `not_itemised` holds what the pairs leave.
with destinations as (
    select * from {{ ref('mart_destination_yearly') }}
),

origins as (
    select * from {{ ref('mart_origin_yearly') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

in_regions as (
    {%- for scheme in ['unhcr', 'un'] %}
    select
        destinations.*,
        '{{ scheme }}' as region_scheme,
        case
            when destinations.row_kind = 'not_itemised' then 'not_itemised'
            when countries.{{ scheme }}_region is null then 'region_unknown'
            else 'region'
        end as region_kind,
        case
            when destinations.row_kind = 'not_itemised' then 'Not itemised'
            else coalesce(countries.{{ scheme }}_region, 'Region unknown')
        end as region_name
    from destinations
    left join countries on destinations.asylum_unhcr_code = countries.unhcr_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

by_region as (
    select
        origin_unhcr_code,
        region_scheme,
        region_name,
        region_kind,
        counting_unit,
        reference_year,
        any_value(origin_iso3) as origin_iso3,
        any_value(origin_name) as origin_name,
        -- the earliest: a mid-year one where one of the figures is provisional
        min(reference_date) as reference_date,
        {%- for measure in measures %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        count(*) filter (where row_kind = 'pair' and asylum_seekers_stock > 0)
            as asylum_country_count,
        count(*) filter (
            where row_kind = 'pair'
            and asylum_seekers_stock > 0
            and {{ is_small('asylum_seekers_stock') }}
        ) as asylum_country_small_count,
        bool_or(is_provisional) as is_provisional,
        max(release_id) as release_id,
        max(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from in_regions
    group by
        origin_unhcr_code, region_scheme, region_name, region_kind, counting_unit, reference_year
),

final as (
    select
        by_region.origin_unhcr_code,
        by_region.origin_iso3,
        by_region.region_scheme,
        by_region.region_name,
        by_region.region_kind,
        by_region.counting_unit,
        by_region.origin_name,
        by_region.reference_year,
        by_region.reference_date,
        by_region.refugees_stock,
        by_region.asylum_seekers_stock,
        by_region.applications_new,
        by_region.asylum_country_count,
        by_region.asylum_country_small_count,
        {{ fraction('by_region.asylum_seekers_stock', 'origins.asylum_seekers_stock') }}
            as asylum_seekers_share,
        {{ fraction('by_region.refugees_stock', 'origins.refugees_stock') }} as refugees_share,
        {{ fraction('by_region.applications_new', 'origins.applications_new') }}
            as applications_new_share,
        by_region.is_provisional,
        by_region.release_id,
        by_region.snapshot_id,
        by_region.retrieved_at
    from by_region
    left join origins using (origin_unhcr_code, counting_unit, reference_year)
)

select * from final
order by
    origin_unhcr_code asc,
    reference_year asc,
    region_scheme asc,
    region_kind asc,
    region_name asc,
    counting_unit desc
