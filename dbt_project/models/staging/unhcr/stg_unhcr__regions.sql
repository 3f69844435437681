with source as (
    select * from {{ source('raw', 'regions') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        cast(id as integer) as unhcr_region_id,
        {{ unhcr_text('name') }} as unhcr_region
    from source
)

select * from final
