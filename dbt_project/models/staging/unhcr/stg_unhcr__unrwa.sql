with source as (
    select * from {{ source('raw', 'unrwa') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_count('total') }} as palestine_refugees_stock
    from source
)

select * from final
