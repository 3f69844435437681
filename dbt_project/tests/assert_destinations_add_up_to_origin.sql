-- Countries of asylum and the residual add up to the origin's row of the same year, where its total is known.
{{ config(meta={'dagster': {'ref': {'name': 'mart_destination_yearly'}}}) }}

with destinations as (
    select
        origin_unhcr_code,
        counting_unit,
        reference_year,
        sum(asylum_seekers_stock) as asylum_seekers_stock,
        sum(refugees_stock) as refugees_stock,
        sum(applications_new) as applications_new
    from {{ ref('mart_destination_yearly') }}
    group by origin_unhcr_code, counting_unit, reference_year
)

select
    origins.origin_unhcr_code,
    origins.counting_unit,
    origins.reference_year
from {{ ref('mart_origin_yearly') }} as origins
left join destinations using (origin_unhcr_code, counting_unit, reference_year)
where
    (
        origins.population_total_source is distinct from 'not_available'
        and (
            coalesce(origins.asylum_seekers_stock, 0) <> coalesce(destinations.asylum_seekers_stock, 0)
            or coalesce(origins.refugees_stock, 0) <> coalesce(destinations.refugees_stock, 0)
        )
    )
    or coalesce(origins.applications_new, 0) <> coalesce(destinations.applications_new, 0)
