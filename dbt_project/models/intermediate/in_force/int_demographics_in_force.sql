{{ config(materialized='view') }}
with figures as (
    select * from {{ ref('stg_unhcr__demographics') }}
),

cells as (
    select * from {{ ref('int_coverage_at_vintages') }}
    where endpoint = 'demographics'
),

final as (
    select
        figures.row_kind,
        figures.origin_unhcr_code,
        figures.asylum_unhcr_code,
        figures.pop_type,
        figures.reference_year,
        {{ reference_date('figures', 'cells') }} as reference_date,
        {{ columns(demographic_measures(), 'figures.') }}
        {{ is_provisional('figures', 'cells') }} as is_provisional,
        cells.coverage_id,
        cells.release_id,
        cells.snapshot_id,
        cells.retrieved_at,
        cells.valid_from,
        cells.valid_to
    from figures
    inner join cells on {{ in_cell('figures', 'cells') }}
)

select * from final
