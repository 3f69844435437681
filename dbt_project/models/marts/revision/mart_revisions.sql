-- Each change of a figure from one release to the next.
with revised as (
    select * from {{ ref('int_figures_revised') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        revised.dataset,
        revised.level,
        revised.origin_unhcr_code,
        origins.iso3 as origin_iso3,
        revised.asylum_unhcr_code,
        asylums.iso3 as asylum_iso3,
        revised.counting_unit,
        revised.measure,
        origins.country_name as origin_name,
        asylums.country_name as asylum_name,
        revised.reference_year,
        revised.reference_date,
        revised.published_on,
        revised.value_before,
        revised.value_after,
        revised.value_after - revised.value_before as difference,
        {{ fraction('revised.value_after - revised.value_before', 'revised.value_before') }}
            as fraction,
        coalesce(
            abs(revised.value_after - revised.value_before), revised.value_before, revised.value_after
        ) as magnitude,
        revised.kind,
        revised.is_provisional_before,
        revised.is_provisional,
        {{ is_small('least(revised.value_before, revised.value_after)') }} as is_on_small_count,
        revised.release_id_before,
        revised.release_id,
        revised.snapshot_id,
        revised.retrieved_at
    from revised
    left join countries as origins on revised.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on revised.asylum_unhcr_code = asylums.unhcr_code
)

select * from final
order by
    dataset, level, origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, measure,
    published_on
