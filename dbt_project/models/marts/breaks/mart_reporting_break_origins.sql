with history as (
    select * from {{ ref('mart_reporting_break_origins_history') }}
    where valid_to is null
),

final as (
    select * exclude (valid_from, valid_to, release_id) rename (last_release_id as release_id)
    from history
)

select * from final
order by origin_unhcr_code, reference_year, asylum_unhcr_code, measure, kind, counting_unit
