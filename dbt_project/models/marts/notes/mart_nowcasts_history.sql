{%- set key = ['row_kind', 'asylum_unhcr_code', 'reference_year', 'month_name'] -%}
-- UNHCR's estimates of the current year: no figures of a release, and never added to any.
with estimates as (
    select * from {{ ref('int_nowcasts_in_force') }}
),

merged as (
    {{ merged_neighbours('estimates', key, lineage_columns()) }}
),

final as (
    select
        asylum_unhcr_code,
        asylum_iso3,
        row_kind,
        asylum_name,
        reference_year,
        reference_date,
        month_name,
        refugees_nowcast_stock,
        asylum_seekers_nowcast_stock,
        source_name,
        true as is_estimate,
        valid_from,
        valid_to,
        release_id,
        last_release_id,
        last_snapshot_id as snapshot_id,
        last_retrieved_at as retrieved_at
    from merged
)

select * from final
order by asylum_unhcr_code, reference_year, month_name, valid_from
