{%- set key = ['total_by', 'country_unhcr_code', 'reference_year'] -%}
with totals as (
    select * from {{ ref('int_displacement_flows_totals_in_force') }}
),

merged as (
    {{ merged_neighbours('totals', key, lineage_columns() + ['coverage_id']) }}
),

countries as (
    select * from {{ ref('int_countries_combined') }}
),

final as (
    select
        merged.total_by,
        merged.country_unhcr_code,
        countries.iso3 as country_iso3,
        countries.country_name,
        merged.reference_year,
        merged.reference_date,
        {%- for measure in flow_measures() %}
        merged.{{ measure }},
        merged.pairs_{{ measure }},
        {%- endfor %}
        merged.total_source,
        merged.pair_count,
        merged.are_pairs_complete,
        merged.is_world_covered,
        merged.is_provisional,
        merged.valid_from,
        merged.valid_to,
        merged.coverage_id,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries on merged.country_unhcr_code = countries.unhcr_code
)

select * from final
order by total_by, country_unhcr_code, reference_year, valid_from
