-- How an origin's asylum-seekers are spread over countries of asylum. Shares are of the origin's
-- total; what the pairs leave of it has a share of its own, and makes the index a lower bound.
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

with_share as (
    select
        pairs.origin_unhcr_code,
        pairs.reference_year,
        pairs.asylum_seekers_stock,
        {{ fraction('pairs.asylum_seekers_stock', 'totals.asylum_seekers_stock') }} as stock_share,
        countries.unhcr_region,
        countries.un_region,
        row_number() over (
            partition by pairs.origin_unhcr_code, pairs.reference_year
            order by pairs.asylum_seekers_stock desc, pairs.asylum_unhcr_code asc
        ) as place
    from pairs
    inner join totals
        on
            pairs.origin_unhcr_code = totals.country_unhcr_code
            and pairs.reference_year = totals.reference_year
    left join countries on pairs.asylum_unhcr_code = countries.unhcr_code
),

by_origin as (
    select
        origin_unhcr_code,
        reference_year,
        count(*) as asylum_country_count,
        count(*) filter (where {{ is_small('asylum_seekers_stock') }})
            as asylum_country_small_count,
        sum(stock_share) filter (where place = 1) as top_1_share,
        sum(stock_share) filter (where place <= 5) as top_5_share,
        sum(stock_share * stock_share) as herfindahl_index,
        {%- for slug, region in unhcr_regions().items() %}
        coalesce(sum(stock_share) filter (where unhcr_region = '{{ region }}'), 0)
            as unhcr_region_{{ slug }}_share,
        {%- endfor %}
        {%- for slug, region in un_regions().items() %}
        coalesce(sum(stock_share) filter (where un_region = '{{ region }}'), 0)
            as un_region_{{ slug }}_share,
        {%- endfor %}
        sum(stock_share) as itemised_share
    from with_share
    group by origin_unhcr_code, reference_year
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
        by_origin.top_1_share,
        by_origin.top_5_share,
        by_origin.herfindahl_index,
        {%- for slug in unhcr_regions() %}
        by_origin.unhcr_region_{{ slug }}_share,
        {%- endfor %}
        by_origin.itemised_share
        {%- for slug in unhcr_regions() %}
        - by_origin.unhcr_region_{{ slug }}_share
        {%- endfor %} as unhcr_region_unknown_share,
        {%- for slug in un_regions() %}
        by_origin.un_region_{{ slug }}_share,
        {%- endfor %}
        by_origin.itemised_share
        {%- for slug in un_regions() %}
        - by_origin.un_region_{{ slug }}_share
        {%- endfor %} as un_region_unknown_share,
        1 - by_origin.itemised_share as not_itemised_share,
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
