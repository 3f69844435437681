-- Estimates of the current year, as they stood from the day on which they were fetched: UNHCR makes them
-- anew between releases.
with estimates as (
    select * from {{ ref('stg_unhcr__nowcasting') }}
),

-- Two on the same day: the later one alone was ever valid.
snapshots as (
    select
        *,
        cast(retrieved_at as date) as valid_from
    from {{ ref('int_snapshots_resolved') }}
    where endpoint = 'nowcasting' and not is_quarantined
    qualify row_number() over (
        partition by cast(retrieved_at as date)
        order by retrieved_at desc, snapshot_id desc
    ) = 1
),

intervals as (
    select
        *,
        lead(valid_from) over (order by valid_from) as valid_to
    from snapshots
),

final as (
    select
        estimates.row_kind,
        estimates.asylum_unhcr_code,
        estimates.asylum_iso3,
        estimates.asylum_name,
        estimates.reference_year,
        estimates.month_name,
        cast(last_day(try_strptime(
            estimates.month_name || ' ' || estimates.reference_year, ['%B %Y', '%b %Y', '%m %Y']
        )) as date) as reference_date,
        estimates.refugees_nowcast_stock,
        estimates.asylum_seekers_nowcast_stock,
        estimates.source_name,
        intervals.valid_from,
        intervals.valid_to,
        intervals.release_id,
        intervals.snapshot_id,
        intervals.retrieved_at
    from estimates
    inner join intervals on estimates.snapshot_id = intervals.snapshot_id
)

select * from final
