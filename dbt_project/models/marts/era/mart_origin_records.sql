with history as (
    select * from {{ ref('mart_origin_records_history') }}
    where valid_to is null
),

final as (
    select * exclude (valid_from, valid_to, release_id) rename (last_release_id as release_id)
    from history
)

select * from final
order by origin_unhcr_code asc, measure asc, counting_unit desc, reference_year asc
