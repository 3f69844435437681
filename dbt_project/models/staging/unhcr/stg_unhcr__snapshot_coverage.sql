with source as (
    select * from {{ source('raw', 'snapshot_coverage') }}
),

final as (
    select
        endpoint,
        snapshot_id,
        slice,
        row_count,
        origin_iso3 as covered_origin,
        asylum_iso3 as covered_asylum,
        coalesce(year_from, 0) as covered_from_year,
        coalesce(year_to, 9999) as covered_to_year
    from source
)

select * from final
