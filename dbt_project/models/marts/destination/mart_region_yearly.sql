with history as (
    select * from {{ ref('mart_region_yearly_history') }}
    where valid_to is null
),

final as (
    select
        * exclude (
            valid_from, valid_to, release_id, population_release_id, applications_release_id,
            flows_release_id
        ) rename (
            last_release_id as release_id,
            last_population_release_id as population_release_id,
            last_applications_release_id as applications_release_id,
            last_flows_release_id as flows_release_id
        )
    from history
)

select * from final
order by
    origin_unhcr_code asc, reference_year asc, region_scheme asc, region_kind asc, region_name asc,
    counting_unit desc
