{%- set key = ['origin_unhcr_code', 'asylum_unhcr_code', 'measure', 'counting_unit'] -%}
-- The first year in which a country of asylum has more than a threshold from an origin. What comes before
-- an origin's first figure above zero says nothing of its countries of asylum: UNHCR did not know origins.
with destinations as (
    select * from {{ ref('mart_destination_yearly') }}
),

figures as (
    {%- for measure in ['asylum_seekers_stock', 'applications_new'] %}
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        '{{ measure }}' as measure,
        counting_unit,
        row_kind = 'pair' and not is_origin_the_country_of_asylum as is_destination,
        reference_year,
        {{ measure }} as year_value
    from destinations
    where {{ measure }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

origin_series as (
    select
        origin_unhcr_code,
        measure,
        counting_unit,
        min(reference_year) as series_first_year
    from figures
    where year_value > 0
    group by origin_unhcr_code, measure, counting_unit
),

-- Who is in their own country, or of unknown origin in an unknown one, has no destination.
first_above as (
    select
        {{ columns(key) }}
        min(reference_year) as reference_year
    from figures
    where
        is_destination
        and year_value > {{ var('new_destination_from') }}
    group by {{ key | join(', ') }}
),

with_series as (
    select
        first_above.*,
        origin_series.series_first_year
    from first_above
    inner join origin_series using (origin_unhcr_code, measure, counting_unit)
),

years_before as (
    select
        {{ columns(key, 'with_series.') }}
        max(figures.reference_year) as previous_known_year,
        count(*) as previous_known_year_count,
        max(figures.year_value) as previous_highest_value,
        first(figures.reference_year order by figures.year_value desc, figures.reference_year asc)
            as previous_highest_year
    from with_series
    inner join figures using ({{ key | join(', ') }})
    where
        figures.reference_year >= with_series.series_first_year
        and figures.reference_year < with_series.reference_year
    group by {{ columns(key[:-1], 'with_series.') }} with_series.{{ key[-1] }}
),

final as (
    select
        with_series.origin_unhcr_code,
        destinations.origin_iso3,
        with_series.asylum_unhcr_code,
        destinations.asylum_iso3,
        with_series.measure,
        with_series.counting_unit,
        destinations.origin_name,
        destinations.asylum_name,
        with_series.reference_year,
        destinations.reference_date,
        with_series.series_first_year,
        years_before.previous_known_year,
        case when years_before.previous_highest_value > 0 then years_before.previous_highest_year end
            as previous_highest_year,
        case with_series.measure
            when 'asylum_seekers_stock' then destinations.asylum_seekers_stock
            else destinations.applications_new
        end as year_value,
        years_before.previous_highest_value,
        coalesce(years_before.previous_known_year_count, 0) as previous_known_year_count,
        case
            when years_before.previous_known_year is null then 'none'
            when years_before.previous_known_year < with_series.reference_year - 1 then 'gap'
            else 'known'
        end as series_before,
        coalesce(years_before.previous_known_year = with_series.reference_year - 1, false)
            as is_known_before,
        destinations.is_provisional,
        destinations.release_id,
        destinations.snapshot_id,
        destinations.retrieved_at
    from with_series
    inner join destinations
        using (origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year)
    left join years_before using ({{ key | join(', ') }})
)

select * from final
order by
    origin_unhcr_code asc, reference_year asc, asylum_unhcr_code asc, measure asc, counting_unit desc
