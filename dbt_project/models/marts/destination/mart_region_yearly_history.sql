{{ config(parts={'of': 'int_population_in_force', 'by': 'origin_unhcr_code'}) }}
{%- set key = ['origin_unhcr_code', 'region_scheme', 'region_name', 'counting_unit', 'reference_year'] -%}
{%- set measures = abroad_stocks() + ['new_asylum_claims', 'applications_new'] -%}
{%- set datasets = ['population', 'applications', 'flows'] -%}
{%- set releases = ['population_release_id', 'applications_release_id', 'flows_release_id'] -%}
-- Regions of asylum, by UNHCR's regions and by those of the UN: each country of asylum is in one of each
-- scheme, so the two schemes are never added. Shares are of the origin's total, of which the row
-- `not_itemised` holds what the pairs leave.
with destinations as (
    select * from {{ ref('int_years_of_pairs_combined') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

in_regions as (
    select
        destinations.*,
        destinations.row_kind = 'pair'
        and {{ is_in_country_of_asylum('destinations', 'countries') }} as is_in_country_of_asylum,
        {%- for scheme in ['unhcr', 'un'] %}
        if(
            destinations.row_kind = 'not_itemised', 'Not itemised',
            coalesce(countries.{{ scheme }}_region, 'Region unknown')
        ) as {{ scheme }}_region{{ ',' if not loop.last }}
        {%- endfor %}
    from destinations
    left join countries on destinations.asylum_unhcr_code = countries.unhcr_code
),

by_region as (
    select
        origin_unhcr_code,
        if(grouping(un_region) = 1, 'unhcr', 'un') as region_scheme,
        coalesce(unhcr_region, un_region) as region_name,
        counting_unit,
        reference_year,
        valid_from,
        valid_to,
        -- the earliest: a mid-year one where one of the figures is provisional
        min(reference_date) as reference_date,
        {%- for measure in measures %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        count(*) filter (where is_in_country_of_asylum and asylum_seekers_stock > 0)
            as asylum_country_count,
        count(*) filter (
            where is_in_country_of_asylum
            and asylum_seekers_stock > 0
            and {{ is_small('asylum_seekers_stock') }}
        ) as asylum_country_small_count,
        {%- for measure in measures %}
        max({{ measure }}_total) as {{ measure }}_total,
        {%- endfor %}
        {%- for dataset in datasets %}
        bool_or(is_{{ dataset }}_provisional) as is_{{ dataset }}_provisional,
        max({{ dataset }}_release_id) as {{ dataset }}_release_id,
        {%- endfor %}
        max(release_id) as release_id,
        max(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from in_regions
    group by grouping sets (
        (origin_unhcr_code, unhcr_region, counting_unit, reference_year, valid_from, valid_to),
        (origin_unhcr_code, un_region, counting_unit, reference_year, valid_from, valid_to)
    )
),

missing_by_region as (
    select * from {{ ref('int_breaks_of_regions') }}
    where {{ in_part('origin_unhcr_code') }}
),

-- Of people of unknown origin nobody is missing so.
unknown_origins as (
    select
        if(grouping(countries.un_region) = 1, 'unhcr', 'un') as region_scheme,
        coalesce(countries.unhcr_region, countries.un_region, 'Region unknown') as region_name,
        reporters.reference_year,
        reporters.valid_from,
        {%- for measure in completed_measures() %}
        {%- set of_it = "filter (where reporters.measure = '" ~ measure ~ "')" %}
        {{ per_known('sum(reporters.unknown_left) ' ~ of_it, 'sum(reporters.known_origin) ' ~ of_it) }}
            as {{ measure }}_left_per_known{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_unknown_origins_left_of_hosts') }} as reporters
    inner join countries on reporters.asylum_unhcr_code = countries.unhcr_code
    group by grouping sets (
        (countries.unhcr_region, reporters.reference_year, reporters.valid_from),
        (countries.un_region, reporters.reference_year, reporters.valid_from)
    )
),

with_breaks as (
    select
        by_region.*,
        {%- for measure in completed_measures() %}
        {{ is_complete(
            measure, "'pair'", 'by_region', 'unknown_origins.' ~ measure ~ '_left_per_known'
        ) }} as is_{{ measure }}_complete,
        {%- endfor %}
        {%- for measure in distributed_measures() %}
        {{ if_distributed(measure) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_region
    left join missing_by_region
        on
            by_region.origin_unhcr_code = missing_by_region.origin_unhcr_code
            and by_region.region_scheme = missing_by_region.region_scheme
            and by_region.region_name = missing_by_region.region_name
            and by_region.reference_year = missing_by_region.reference_year
            and by_region.valid_from = missing_by_region.valid_from
            and by_region.counting_unit = 'persons'
    left join unknown_origins
        on
            by_region.region_scheme = unknown_origins.region_scheme
            and by_region.region_name = unknown_origins.region_name
            and by_region.reference_year = unknown_origins.reference_year
            and by_region.valid_from = unknown_origins.valid_from
            and by_region.origin_unhcr_code not in (
                select unhcr_code from countries
                where special_kind = 'unknown'
            )
    left join {{ ref('int_years_followed') }} as years_followed
        on
            by_region.reference_year = years_followed.reference_year
            and by_region.valid_from = years_followed.valid_from
            and by_region.region_name <> 'Not itemised'
),

merged as (
    {{ merged_neighbours('with_breaks', key, lineage_columns() + releases) }}
),

final as (
    select
        merged.origin_unhcr_code,
        countries.iso3 as origin_iso3,
        countries.country_code as origin_code,
        merged.region_scheme,
        merged.region_name,
        case merged.region_name
            when 'Not itemised' then 'not_itemised'
            when 'Region unknown' then 'region_unknown'
            else 'region'
        end as region_kind,
        merged.counting_unit,
        countries.country_name as origin_name,
        merged.reference_year,
        merged.reference_date,
        merged.refugees_stock,
        merged.asylum_seekers_stock,
        merged.oip_stock,
        {{ displaced_abroad('merged.') }} as displaced_abroad_stock,
        {{ displaced_abroad_lacks('merged.') }} as displaced_abroad_lacks,
        merged.new_asylum_claims,
        merged.applications_new,
        merged.asylum_country_count,
        merged.asylum_country_small_count,
        {{ fraction('merged.asylum_seekers_stock', 'merged.asylum_seekers_stock_total') }}
            as asylum_seekers_share,
        {{ fraction('merged.refugees_stock', 'merged.refugees_stock_total') }} as refugees_share,
        {{ fraction('merged.oip_stock', 'merged.oip_stock_total') }} as oip_share,
        {{ fraction('merged.new_asylum_claims', 'merged.new_asylum_claims_total') }}
            as new_asylum_claims_share,
        {{ fraction('merged.applications_new', 'merged.applications_new_total') }}
            as applications_new_share,
        {{ columns(distributed_columns(), 'merged.') }}
        {%- for measure in completed_measures() %}
        merged.is_{{ measure }}_complete,
        {%- endfor %}
        merged.is_population_provisional or merged.is_applications_provisional
        or merged.is_flows_provisional as is_provisional,
        {%- for dataset in datasets %}
        merged.is_{{ dataset }}_provisional,
        {%- endfor %}
        merged.valid_from,
        merged.valid_to,
        {%- for release in ['release_id'] + releases %}
        merged.{{ release }},
        merged.last_{{ release }},
        {%- endfor %}
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries on merged.origin_unhcr_code = countries.unhcr_code
)

select * from final
order by
    origin_unhcr_code asc,
    reference_year asc,
    region_scheme asc,
    region_kind asc,
    region_name asc,
    counting_unit desc,
    valid_from asc
