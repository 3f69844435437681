with source as (
    select * from {{ source('raw', 'countries') }}
),

-- The row does not name UNHCR's region: only the query that answered with it does.
final as (
    select
        {{ unhcr_lineage() }},
        try_cast(regexp_extract(_slice, '^unhcr_region=(\d+)$', 1) as integer) as unhcr_region_id,
        {{ unhcr_code('code') }} as unhcr_code,
        {{ unhcr_iso3('iso', 'code') }} as iso3,
        {{ unhcr_text('iso2') }} as iso2,
        {{ unhcr_text('name') }} as country_name,
        {{ unhcr_text('nameLong') }} as country_name_long,
        {{ unhcr_text('nationality') }} as nationality,
        {{ unhcr_text('majorArea') }} as un_region,
        {{ unhcr_text('region') }} as un_subregion
    from source
)

select * from final
