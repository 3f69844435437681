with source as (
    select * from {{ source('raw', 'nowcasting') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        case when coa = '-' then 'world_total' else 'asylum_total' end as row_kind,
        {{ unhcr_code('coa') }} as asylum_unhcr_code,
        {{ unhcr_iso3('coa_iso', 'coa') }} as asylum_iso3,
        nullif({{ unhcr_text('coa_name') }}, '-') as asylum_name,
        cast(year as integer) as reference_year,
        {{ unhcr_text('month') }} as month_name,
        {{ unhcr_count('refugees') }} as refugees_nowcast_stock,
        {{ unhcr_count('asylum_seekers') }} as asylum_seekers_nowcast_stock,
        {{ unhcr_text('source') }} as source_name
    from source
)

select * from final
