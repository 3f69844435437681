with source as (
    select * from {{ source('raw', 'control_differences') }}
),

final as (
    select
        endpoint,
        snapshot_id,
        side,
        country_unhcr_code,
        cast(reference_year as integer) as reference_year,
        codes,
        measure,
        control_value,
        pairs_value
    from source
)

select * from final
