with history as (
    select * from {{ ref('fct_displacement_flows_yearly_history') }}
    where valid_to is null
),

final as (
    select * exclude (valid_from, valid_to, coverage_id, release_id) rename (last_release_id as release_id)
    from history
)

select * from final
order by origin_unhcr_code, asylum_unhcr_code, reference_year
