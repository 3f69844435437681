with source as (
    select * from {{ source('raw', 'asylum_decisions') }}
),

final as (
    select
        {{ unhcr_lineage() }},
        {{ unhcr_identity() }},
        {{ unhcr_text('procedure_type') }} as procedure_type,
        {{ unhcr_text('dec_level') }} as dec_level,
        case dec_pc
            when 'P' then 'persons'
            when 'C' then 'cases'
            else {{ unhcr_text('dec_pc') }}
        end as counting_unit,
        {{ unhcr_count('dec_recognized') }} as decisions_recognized,
        {{ unhcr_count('dec_other') }} as decisions_complementary,
        {{ unhcr_count('dec_rejected') }} as decisions_rejected,
        {{ unhcr_count('dec_closed') }} as decisions_otherwise_closed,
        {{ unhcr_count('dec_total') }} as decisions_total
    from source
)

select * from final
