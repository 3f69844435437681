-- Pairs whose stock in a release repeats that of an earlier reference date.
with compared as (
    select * from {{ ref('int_stocks_compared') }}
    where is_carried_forward
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        compared.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        compared.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        compared.measure,
        compared.basis,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        compared.reference_year,
        compared.reference_date,
        compared.published_on,
        compared.earlier_reference_date,
        compared.stock as carried_forward_stock,
        compared.is_provisional,
        compared.earlier_release_id,
        compared.release_id,
        compared.snapshot_id,
        compared.retrieved_at
    from compared
    left join countries as origins on compared.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on compared.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by published_on, measure, basis, asylum_unhcr_code, origin_unhcr_code
