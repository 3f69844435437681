with figures as (
    select * from {{ ref('stg_unhcr__displacement_flows') }}
),

cells as (
    select * from {{ ref('int_coverage_at_vintages') }}
    where endpoint = 'displacement-flows'
),

final as (
    select
        figures.row_kind,
        figures.origin_unhcr_code,
        figures.asylum_unhcr_code,
        figures.reference_year,
        {{ reference_date('figures', 'cells') }} as reference_date,
        {{ columns(flow_measures(), 'figures.') }}
        {{ is_provisional('figures', 'cells') }} as is_provisional,
        cells.covers_all_origins,
        cells.covers_all_asylums,
        cells.coverage_id,
        cells.in_force_from,
        cells.release_id,
        cells.snapshot_id,
        cells.retrieved_at,
        cells.valid_from,
        cells.valid_to
    from figures
    inner join cells on {{ in_cell('figures', 'cells') }}
)

select * from final
