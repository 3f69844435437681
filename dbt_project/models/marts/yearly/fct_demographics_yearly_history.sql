{%- set children = ['0_4', '5_11', '12_17'] -%}
{%- set key = ['origin_unhcr_code', 'asylum_unhcr_code', 'pop_type', 'reference_year'] -%}
with pairs as (
    select
        {{ columns(key) }}
        reference_date,
        {{ columns(demographic_measures()) }}
        is_provisional,
        coverage_id,
        release_id,
        snapshot_id,
        retrieved_at,
        valid_from,
        valid_to
    from {{ ref('int_demographics_in_force') }}
    where row_kind = 'pair'
),

merged as (
    {{ merged_neighbours('pairs', key, lineage_columns() + ['coverage_id']) }}
),

countries as (
    select * from {{ ref('int_countries_combined') }}
),

final as (
    select
        merged.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        merged.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        merged.pop_type,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        merged.reference_year,
        merged.reference_date,
        {{ columns(demographic_measures(), 'merged.') }}
        {{ both_sexes(children, 'merged.') }} as under_18_stock,
        {{ both_sexes(children + ['18_59', '60_plus'], 'merged.') }} as known_age_stock,
        {{ fraction('merged.female_total_stock', both_sexes(['total'], 'merged.')) }} as female_share,
        {{ fraction(
            both_sexes(children, 'merged.'), both_sexes(children + ['18_59', '60_plus'], 'merged.')
        ) }} as under_18_share,
        merged.is_provisional,
        merged.valid_from,
        merged.valid_to,
        merged.coverage_id,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries as origins on merged.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on merged.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by origin_unhcr_code, asylum_unhcr_code, reference_year, pop_type, valid_from
