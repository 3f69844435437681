with source as (
    select * from {{ source('raw', 'population') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_count('refugees') }} as refugees_stock,
        {{ unhcr_count('asylum_seekers') }} as asylum_seekers_stock,
        {{ unhcr_count('oip') }} as oip_stock,
        {{ unhcr_count('idps') }} as idps_stock,
        {{ unhcr_count('stateless') }} as stateless_stock,
        {{ unhcr_count('ooc') }} as others_of_concern_stock,
        {{ unhcr_count('hst') }} as host_community_stock,
        {{ unhcr_count('returned_refugees') }} as returned_refugees,
        {{ unhcr_count('returned_idps') }} as returned_idps
    from source
)

select * from final
