{%- set series = 'partition by origin_unhcr_code, measure, counting_unit' -%}
-- Where each year stands in the whole series of its origin. A zero before the first figure above zero
-- is left out: UNHCR writes 0 for years of which it knew no origins, too (asylum-seekers before 2000).
with
{{ origin_figures(compared_datasets(), 'figures', 'year_value') }},

measures as (
    select
        endpoint as dataset,
        measure,
        stock_or_flow
    from {{ ref('measures') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

known_figures as (
    select
        *,
        min(reference_year) filter (where year_value > 0) over ({{ series }}) as series_first_year,
        sum(year_value) over (partition by origin_unhcr_code, measure, reference_year) > year_value
            as is_also_in_other_unit
    from figures
    where year_value is not null
),

with_record as (
    select
        known_figures.*,
        measures.stock_or_flow,
        count(*) over ({{ series }}) as series_year_count,
        rank() over ({{ series }} order by year_value desc) as year_rank,
        max(year_value) over ({{ series }}) as record_value,
        max(year_value) over ({{ series }} order by reference_year rows unbounded preceding)
            as highest_to_date
    from known_figures
    inner join measures using (dataset, measure)
    where known_figures.reference_year >= known_figures.series_first_year
),

with_record_year as (
    select
        *,
        min(reference_year) filter (where year_value = record_value) over ({{ series }}) as record_year,
        count(*) filter (where year_value = record_value) over ({{ series }}) as record_year_count,
        bool_or(is_provisional) filter (where year_value = record_value) over ({{ series }})
            as is_record_provisional,
        record_value - year_value as distance_to_record,
        {{ fraction('record_value - year_value', 'record_value') }} as distance_to_record_rate,
        year_value = record_value as is_record,
        year_value > 0 and year_value = highest_to_date as is_record_to_date
    from with_record
),

final as (
    select
        with_record_year.origin_unhcr_code,
        countries.iso3 as origin_iso3,
        with_record_year.measure,
        with_record_year.counting_unit,
        countries.country_name as origin_name,
        with_record_year.stock_or_flow,
        with_record_year.reference_year,
        with_record_year.reference_date,
        with_record_year.series_first_year,
        with_record_year.record_year,
        with_record_year.year_value,
        with_record_year.record_value,
        with_record_year.distance_to_record,
        with_record_year.year_rank,
        with_record_year.series_year_count,
        with_record_year.record_year_count,
        with_record_year.distance_to_record_rate,
        with_record_year.is_record,
        with_record_year.is_record_to_date,
        with_record_year.year_value > 0
        and not with_record_year.is_record
        and with_record_year.distance_to_record_rate <= {{ var('near_record_within') }}
            as is_near_record,
        {{ is_small('with_record_year.year_value') }} as is_distance_on_small_count,
        with_record_year.is_also_in_other_unit,
        with_record_year.is_provisional,
        with_record_year.is_record_provisional,
        with_record_year.release_id,
        with_record_year.snapshot_id,
        with_record_year.retrieved_at
    from with_record_year
    left join countries on with_record_year.origin_unhcr_code = countries.unhcr_code
)

select * from final
order by origin_unhcr_code asc, measure asc, counting_unit desc, reference_year asc
