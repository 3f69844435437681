{%- set key = ['footnote_id', 'origin_code', 'asylum_code', 'reference_year', 'population_type'] -%}
-- What UNHCR writes beside its figures, a row a year and population type that a note is about.
with notes as (
    select * from {{ ref('int_footnotes_in_force') }}
),

merged as (
    {{ merged_neighbours('notes', key, lineage_columns()) }}
),

final as (
    select
        footnote_id,
        origin_code,
        asylum_code,
        population_type,
        origin_name,
        asylum_name,
        reference_year,
        make_date(reference_year, 12, 31) as reference_date,
        measure,
        reference_years,
        footnote,
        is_on_any_origin,
        is_on_any_asylum,
        is_on_any_year,
        valid_from,
        valid_to,
        release_id,
        last_release_id,
        last_snapshot_id as snapshot_id,
        last_retrieved_at as retrieved_at
    from merged
)

select * from final
order by origin_code, asylum_code, footnote_id, reference_year, population_type, valid_from
