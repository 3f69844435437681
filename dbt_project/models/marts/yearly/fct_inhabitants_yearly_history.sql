{%- set key = ['world_bank_code', 'reference_year'] -%}
with figures as (
    select * from {{ ref('int_inhabitants_in_force') }}
),

merged as (
    {{ merged_neighbours('figures', key, ['snapshot_id', 'retrieved_at']) }}
),

countries as (
    select * from {{ ref('int_countries_combined') }}
    where iso3 is not null
),

final as (
    select
        merged.world_bank_code,
        countries.iso3 as country_iso3,
        merged.world_bank_name,
        merged.reference_year,
        make_date(merged.reference_year, 7, 1) as reference_date,
        merged.inhabitants,
        merged.inhabitants_as_counted,
        merged.valid_from,
        merged.valid_to,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries on merged.world_bank_code = countries.iso3
)

select * from final
order by world_bank_code, reference_year, valid_from
