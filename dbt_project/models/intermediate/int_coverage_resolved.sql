-- What each query of each snapshot covers, with the snapshot's place in time.
with coverage as (
    select * from {{ ref('stg_unhcr__snapshot_coverage') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_resolved') }}
),

final as (
    select
        coverage.endpoint,
        coverage.snapshot_id,
        coverage.slice,
        coverage.covered_origin,
        coverage.covered_asylum,
        coverage.covered_from_year,
        coverage.covered_to_year,
        snapshots.recency
    from coverage
    inner join snapshots
        on
            coverage.endpoint = snapshots.endpoint
            and coverage.snapshot_id = snapshots.snapshot_id
)

select * from final
