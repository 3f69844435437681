{%- set key = ['era_id', 'origin_unhcr_code', 'measure', 'counting_unit'] -%}
-- What the years of an era come to, for its country as country of origin.
with eras as (
    select * from {{ ref('dim_era') }}
),

figures as (
    select * from {{ ref('mart_origin_records') }}
),

-- An era that goes on is counted up to the newest year there is of the measure, of any origin.
newest_years as (
    select
        measure,
        max(reference_year) as newest_year
    from figures
    group by measure
),

series as (
    select
        origin_unhcr_code,
        measure,
        counting_unit,
        any_value(origin_iso3) as origin_iso3,
        any_value(origin_name) as origin_name,
        any_value(stock_or_flow) as stock_or_flow,
        max(reference_year) as series_last_year
    from figures
    group by origin_unhcr_code, measure, counting_unit
),

era_series as (
    select
        eras.era_id,
        eras.leader,
        eras.convention,
        eras.first_year_counted,
        eras.last_year_counted,
        series.*,
        coalesce(
            eras.last_year_counted,
            greatest(newest_years.newest_year, eras.first_year_counted - 1)
        ) as counted_to_year
    from eras
    inner join series on eras.country_iso3 = series.origin_iso3
    inner join newest_years using (measure)
),

years_known as (
    select
        {{ columns(key, 'era_series.') }}
        count(*) as known_year_count,
        min(figures.reference_year) as first_known_year,
        max(figures.reference_year) as last_known_year,
        max(figures.reference_date) as last_reference_date,
        arg_min(figures.year_value, figures.reference_year) as first_year_value,
        arg_max(figures.year_value, figures.reference_year) as last_year_value,
        {{ total('figures.year_value') }} as value_sum,
        min(figures.year_value) as lowest_value,
        max(figures.year_value) as highest_value,
        first(figures.reference_year order by figures.year_value asc, figures.reference_year asc)
            as lowest_year,
        first(figures.reference_year order by figures.year_value desc, figures.reference_year asc)
            as highest_year,
        count(*) filter (where not figures.is_year_complete) as incomplete_year_count,
        bool_or(figures.is_provisional) as is_provisional
    from era_series
    inner join figures
        on
            era_series.origin_unhcr_code = figures.origin_unhcr_code
            and era_series.measure = figures.measure
            and era_series.counting_unit = figures.counting_unit
            and figures.reference_year >= era_series.first_year_counted
            and figures.reference_year <= era_series.counted_to_year
    group by era_series.{{ key | join(', era_series.') }}
),

compared as (
    select
        era_series.*,
        sum(years_known.value_sum) over (partition by era_id, origin_unhcr_code, measure)
        > coalesce(years_known.value_sum, 0) as is_also_in_other_unit,
        years_known.* exclude ({{ key | join(', ') }}, known_year_count),
        era_series.counted_to_year - era_series.first_year_counted + 1 as year_count,
        coalesce(years_known.known_year_count, 0) as known_year_count,
        {{ fraction('years_known.value_sum', 'years_known.known_year_count') }} as mean_value,
        case
            when years_known.last_known_year > years_known.first_known_year
                then years_known.last_year_value - years_known.first_year_value
        end as change_over_era
    from era_series
    left join years_known using ({{ key | join(', ') }})
),

-- Where no year is known, the lineage is that of the newest figure of the series.
final as (
    select
        compared.era_id,
        compared.origin_unhcr_code,
        compared.origin_iso3,
        compared.measure,
        compared.counting_unit,
        compared.leader,
        compared.convention,
        compared.origin_name,
        compared.stock_or_flow,
        compared.first_year_counted,
        compared.last_year_counted,
        compared.counted_to_year,
        compared.last_reference_date,
        compared.first_known_year,
        compared.last_known_year,
        compared.lowest_year,
        compared.highest_year,
        cast(compared.year_count as bigint) as year_count,
        compared.known_year_count,
        compared.year_count - compared.known_year_count as unknown_year_count,
        coalesce(compared.incomplete_year_count, 0) as incomplete_year_count,
        case when compared.stock_or_flow = 'stock' then compared.value_sum end as stock_years,
        case when compared.stock_or_flow = 'flow' then compared.value_sum end as flow_sum,
        compared.lowest_value,
        compared.highest_value,
        compared.first_year_value,
        compared.last_year_value,
        compared.change_over_era,
        compared.mean_value,
        {{ fraction('compared.change_over_era', 'compared.first_year_value') }} as change_over_era_rate,
        compared.last_year_counted is null as is_open,
        compared.known_year_count = compared.year_count and compared.year_count > 0 as is_complete,
        coalesce(
            compared.change_over_era is not null
            and {{ is_small('least(compared.first_year_value, compared.last_year_value)') }},
            false
        ) as is_change_on_small_count,
        coalesce(compared.is_also_in_other_unit, false) as is_also_in_other_unit,
        coalesce(compared.is_provisional, false) as is_provisional,
        figures.release_id,
        figures.snapshot_id,
        figures.retrieved_at
    from compared
    inner join figures
        on
            compared.origin_unhcr_code = figures.origin_unhcr_code
            and compared.measure = figures.measure
            and compared.counting_unit = figures.counting_unit
            and coalesce(compared.last_known_year, compared.series_last_year)
            = figures.reference_year
)

select * from final
order by origin_unhcr_code asc, era_id asc, measure asc, counting_unit desc
