with history as (
    select * from {{ ref('fct_inhabitants_yearly_history') }}
    where valid_to is null
),

final as (
    select * exclude (valid_from, valid_to)
    from history
)

select * from final
order by world_bank_code, reference_year
