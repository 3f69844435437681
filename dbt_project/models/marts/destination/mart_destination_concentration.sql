-- How an origin's asylum-seekers are spread over countries of asylum. Shares are of the origin's
-- total; what the pairs leave of it has a share of its own, and makes the index a lower bound. People whom
-- UNHCR counts in their own country, or in an unknown one, are in no country of asylum.
with pairs as (
    select * from {{ ref('fct_population_yearly') }}
    where asylum_seekers_stock > 0
),

totals as (
    select * from {{ ref('fct_population_totals_yearly') }}
    where total_by = 'origin' and asylum_seekers_stock > 0
),

countries as (
    select * from {{ ref('dim_country') }}
),

with_place as (
    select
        pairs.origin_unhcr_code,
        pairs.reference_year,
        pairs.asylum_seekers_stock,
        countries.unhcr_region,
        countries.un_region,
        {{ is_in_country_of_asylum('pairs', 'countries') }} as is_in_country_of_asylum,
        row_number() over (
            partition by pairs.origin_unhcr_code, pairs.reference_year, is_in_country_of_asylum
            order by pairs.asylum_seekers_stock desc, pairs.asylum_unhcr_code asc
        ) as place
    from pairs
    left join countries on pairs.asylum_unhcr_code = countries.unhcr_code
),

-- Counts are summed and divided once, at the end: sums of fractions would differ in their last digit
-- from one run to the next.
by_origin as (
    select
        origin_unhcr_code,
        reference_year,
        count(*) filter (where is_in_country_of_asylum) as asylum_country_count,
        count(*) filter (where is_in_country_of_asylum and {{ is_small('asylum_seekers_stock') }})
            as asylum_country_small_count,
        sum(asylum_seekers_stock) filter (where is_in_country_of_asylum and place = 1) as top_1_stock,
        sum(asylum_seekers_stock) filter (where is_in_country_of_asylum and place <= 5) as top_5_stock,
        sum(asylum_seekers_stock * asylum_seekers_stock) filter (where is_in_country_of_asylum)
            as squared_stock,
        {%- for slug, region in unhcr_regions().items() %}
        coalesce(sum(asylum_seekers_stock) filter (where unhcr_region = '{{ region }}'), 0)
            as unhcr_region_{{ slug }}_stock,
        {%- endfor %}
        {%- for slug, region in un_regions().items() %}
        coalesce(sum(asylum_seekers_stock) filter (where un_region = '{{ region }}'), 0)
            as un_region_{{ slug }}_stock,
        {%- endfor %}
        sum(asylum_seekers_stock) as itemised_stock
    from with_place
    group by origin_unhcr_code, reference_year
    having bool_or(is_in_country_of_asylum)
),

final as (
    select
        by_origin.origin_unhcr_code,
        countries.iso3 as origin_iso3,
        countries.country_name as origin_name,
        by_origin.reference_year,
        totals.reference_date,
        totals.asylum_seekers_stock,
        by_origin.asylum_country_count,
        by_origin.asylum_country_small_count,
        {{ fraction('by_origin.top_1_stock', 'totals.asylum_seekers_stock') }} as top_1_share,
        {{ fraction('by_origin.top_5_stock', 'totals.asylum_seekers_stock') }} as top_5_share,
        {{ fraction(
            'by_origin.squared_stock', 'totals.asylum_seekers_stock * totals.asylum_seekers_stock'
        ) }} as herfindahl_index,
        {%- for group, slugs in [('unhcr_region', unhcr_regions()), ('un_region', un_regions())] %}
        {%- set unknown = ['by_origin.itemised_stock'] %}
        {%- for slug in slugs %}
        {%- set stock = 'by_origin.' ~ group ~ '_' ~ slug ~ '_stock' %}
        {%- do unknown.append(stock) %}
        {{ fraction(stock, 'totals.asylum_seekers_stock') }} as {{ group }}_{{ slug }}_share,
        {%- endfor %}
        {{ fraction(unknown | join(' - '), 'totals.asylum_seekers_stock') }}
            as {{ group }}_unknown_share,
        {%- endfor %}
        {{ fraction(
            'totals.asylum_seekers_stock - by_origin.itemised_stock', 'totals.asylum_seekers_stock'
        ) }} as not_itemised_share,
        totals.are_pairs_complete,
        totals.is_provisional,
        totals.release_id,
        totals.snapshot_id,
        totals.retrieved_at
    from by_origin
    inner join totals
        on
            by_origin.origin_unhcr_code = totals.country_unhcr_code
            and by_origin.reference_year = totals.reference_year
    left join countries on by_origin.origin_unhcr_code = countries.unhcr_code
)

select * from final
order by origin_unhcr_code, reference_year
