-- Each year of an origin compared with each of its eras: which single year comes to as much as a whole
-- era, and which is the first after it that does.
with eras as (
    select
        *,
        coalesce(stock_years, flow_sum) as value_sum
    from {{ ref('mart_era_comparison') }}
),

figures as (
    select * from {{ ref('mart_origin_records') }}
),

compared as (
    select
        eras.era_id,
        eras.leader,
        eras.first_year_counted,
        eras.counted_to_year,
        eras.stock_years,
        eras.flow_sum,
        eras.mean_value,
        eras.highest_value,
        eras.is_complete,
        figures.*,
        case
            when figures.reference_year < eras.first_year_counted then 'before'
            when figures.reference_year > eras.counted_to_year then 'after'
            else 'within'
        end as era_position,
        {{ fraction('figures.year_value', 'eras.value_sum') }} as era_sum_ratio,
        {{ fraction('figures.year_value', 'eras.mean_value') }} as era_mean_ratio,
        {{ fraction('figures.year_value', 'eras.highest_value') }} as era_highest_ratio
    from eras
    inner join figures
        on
            eras.origin_unhcr_code = figures.origin_unhcr_code
            and eras.measure = figures.measure
            and eras.counting_unit = figures.counting_unit
),

with_first_years as (
    select
        *,
        {%- for part in ['sum', 'mean', 'highest'] %}
        min(reference_year) filter (where era_position = 'after' and era_{{ part }}_ratio >= 1)
            over era as {{ part }}_reached_year{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    window era as (partition by era_id, origin_unhcr_code, measure, counting_unit)
),

final as (
    select
        era_id,
        origin_unhcr_code,
        origin_iso3,
        measure,
        counting_unit,
        leader,
        origin_name,
        stock_or_flow,
        reference_year,
        reference_date,
        first_year_counted,
        counted_to_year,
        era_position,
        year_value,
        stock_years,
        flow_sum,
        mean_value,
        highest_value,
        sum_reached_year,
        mean_reached_year,
        highest_reached_year,
        era_sum_ratio,
        era_mean_ratio,
        era_highest_ratio,
        era_sum_ratio >= 1 as is_sum_reached,
        era_mean_ratio >= 1 as is_mean_reached,
        era_highest_ratio >= 1 as is_highest_reached,
        is_complete,
        is_year_complete,
        is_also_in_other_unit,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from with_first_years
)

select * from final
order by
    origin_unhcr_code asc, era_id asc, measure asc, counting_unit desc, reference_year asc
