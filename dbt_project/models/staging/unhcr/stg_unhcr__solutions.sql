with source as (
    select * from {{ source('raw', 'solutions') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_count('returned_refugees') }} as returned_refugees,
        {{ unhcr_count('resettlement') }} as resettlement,
        {{ unhcr_count('naturalisation') }} as naturalisation,
        {{ unhcr_count('returned_idps') }} as returned_idps
    from source
)

select * from final
