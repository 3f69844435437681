with source as (
    select * from {{ source('raw', 'asylum_applications') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_text('procedure_type') }} as procedure_type,
        {{ unhcr_text('app_type') }} as app_type,
        {{ unhcr_text('dec_level') }} as dec_level,
        case app_pc
            when 'P' then 'persons'
            when 'C' then 'cases'
            else {{ unhcr_text('app_pc') }}
        end as counting_unit,
        {{ unhcr_count('applied') }} as applications
    from source
)

select * from final
