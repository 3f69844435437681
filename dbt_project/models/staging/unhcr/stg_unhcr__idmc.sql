with source as (
    select * from {{ source('raw', 'idmc') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_count('total') }} as internally_displaced_stock
    from source
)

select * from final
