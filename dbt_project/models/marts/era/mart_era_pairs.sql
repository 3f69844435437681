{%- set sides = ['earlier', 'later'] -%}
{%- set taken = [
    'first_year_counted', 'counted_to_year', 'known_year_count', 'incomplete_year_count', 'stock_years',
    'flow_sum', 'lowest_value', 'highest_value', 'mean_value',
] -%}
-- Two eras of one country of origin side by side. Of two that begin in the same year, the one that ends
-- first is the earlier.
with eras as (
    select * from {{ ref('mart_era_comparison') }}
),

pairs as (
    select
        earlier.origin_unhcr_code,
        earlier.origin_iso3,
        earlier.measure,
        earlier.counting_unit,
        earlier.origin_name,
        earlier.stock_or_flow,
        {%- for side in sides %}
        {{ side }}.era_id as {{ side }}_era_id,
        {{ side }}.leader as {{ side }}_leader,
        {%- for column in taken %}
        {{ side }}.{{ column }} as {{ side }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        greatest(earlier.first_year_counted, later.first_year_counted) as overlap_first_year,
        least(earlier.counted_to_year, later.counted_to_year) as overlap_last_year,
        earlier.leader = later.leader as is_same_leader,
        earlier.is_complete and later.is_complete as is_complete,
        earlier.is_also_in_other_unit or later.is_also_in_other_unit as is_also_in_other_unit,
        earlier.is_provisional or later.is_provisional as is_provisional,
        later.release_id,
        later.snapshot_id,
        later.retrieved_at
    from eras as earlier
    inner join eras as later
        on
            earlier.origin_unhcr_code = later.origin_unhcr_code
            and earlier.measure = later.measure
            and earlier.counting_unit = later.counting_unit
            and (earlier.first_year_counted, earlier.counted_to_year, earlier.era_id)
            < (later.first_year_counted, later.counted_to_year, later.era_id)
),

with_overlap as (
    select
        * exclude (overlap_first_year, overlap_last_year),
        case when overlap_first_year <= overlap_last_year then overlap_first_year end
            as overlap_first_year,
        case when overlap_first_year <= overlap_last_year then overlap_last_year end
            as overlap_last_year,
        cast(greatest(overlap_last_year - overlap_first_year + 1, 0) as bigint)
            as overlap_year_count
    from pairs
),

final as (
    select
        earlier_era_id,
        later_era_id,
        origin_unhcr_code,
        origin_iso3,
        measure,
        counting_unit,
        earlier_leader,
        later_leader,
        origin_name,
        stock_or_flow,
        {%- for side in sides %}
        {{ side }}_first_year_counted,
        {{ side }}_counted_to_year,
        {%- endfor %}
        overlap_first_year,
        overlap_last_year,
        overlap_year_count,
        {%- for column in taken[2:] %}
        {%- for side in sides %}
        {{ side }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        {{ fraction('later_mean_value', 'earlier_mean_value') }} as mean_ratio,
        {{ fraction('later_stock_years', 'earlier_stock_years') }} as stock_years_ratio,
        {{ fraction('later_flow_sum', 'earlier_flow_sum') }} as flow_sum_ratio,
        {{ fraction('later_highest_value', 'earlier_highest_value') }} as highest_ratio,
        overlap_year_count > 0 as is_overlapping,
        is_same_leader,
        is_complete,
        coalesce({{ is_small('least(earlier_mean_value, later_mean_value)') }}, false)
        and earlier_mean_value is not null
        and later_mean_value is not null as is_ratio_on_small_count,
        is_also_in_other_unit,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at
    from with_overlap
)

select * from final
order by
    origin_unhcr_code asc, earlier_era_id asc, later_era_id asc, measure asc, counting_unit desc
