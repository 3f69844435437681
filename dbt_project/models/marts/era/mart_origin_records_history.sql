{%- set key = ['origin_unhcr_code', 'measure', 'counting_unit', 'reference_year'] -%}
{%- set series = 'partition by origin_unhcr_code, measure, counting_unit, valid_from' -%}
-- Where each year stands in the whole series of its origin. A zero before the first figure above zero
-- is left out: UNHCR writes 0 for years of which it knew no origins, too (asylum-seekers before 2000).
with figures as (
    select * from {{ ref('int_measures_of_origins_unpivoted') }}
    where
        dataset in ('population', 'asylum-applications', 'asylum-decisions', 'displacement-flows')
        and measure in (
            {%- for measure in compared_measures() %}
            '{{ measure }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
),

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

special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

-- The years after which the figures of a country are of less territory.
territories as (
    select
        country_iso3,
        list(distinct to_year) as last_years
    from {{ ref('inhabitants_added') }}
    where to_year is not null
    group by country_iso3
),

known_figures as (
    select
        *,
        min(reference_year) filter (where year_value > 0) over ({{ series }}) as series_first_year,
        sum(year_value) over (
            partition by origin_unhcr_code, measure, reference_year, valid_from
        ) > year_value
            as is_also_in_other_unit,
        -- Breaks of decisions are found in all of them, of whatever outcome.
        if(starts_with(measure, 'decisions_'), 'decisions_total', measure) as measure_followed,
        if(
            starts_with(measure, 'decisions_'),
            max(year_value) filter (where measure = 'decisions_total') over (
                partition by origin_unhcr_code, dataset, counting_unit, reference_year, valid_from
            ),
            year_value
        ) as figure_followed
    from figures
    where year_value is not null
),

breaks as (
    select
        origin_unhcr_code,
        measure as measure_followed,
        counting_unit,
        reference_year,
        valid_from,
        persons_incomplete,
        persons_incomplete + coalesce(distributed_high - distributed, 0) as persons_missing_at_most
    from {{ ref('int_breaks_of_years') }}
    where level = 'origin' and persons_incomplete > 0
),

unknown_origins as (
    select
        measure as measure_followed,
        reference_year,
        valid_from,
        left_per_known
    from {{ ref('int_unknown_origins_left') }}
),

with_record as (
    select
        known_figures.*,
        not coalesce(
            {{ is_missing_people('known_figures.figure_followed', 'breaks.persons_incomplete') }}
            or {{ is_missing_people('1', 'unknown_origins.left_per_known') }},
            false
        ) as is_year_complete,
        known_figures.year_value
        + coalesce(breaks.persons_missing_at_most, 0)
        + known_figures.year_value * coalesce(unknown_origins.left_per_known, 0)
            as year_value_at_most,
        measures.stock_or_flow,
        count(*) over ({{ series }}) as series_year_count,
        rank() over ({{ series }} order by year_value desc) as year_rank,
        max(year_value) over ({{ series }}) as record_value,
        max(year_value) over ({{ series }} order by reference_year rows unbounded preceding)
            as highest_to_date
    from known_figures
    inner join measures using (dataset, measure)
    left join breaks using (origin_unhcr_code, measure_followed, counting_unit, reference_year, valid_from)
    left join special_origins on known_figures.origin_unhcr_code = special_origins.unhcr_code
    -- Of people of unknown origin nobody is missing so.
    left join unknown_origins
        on
            known_figures.measure_followed = unknown_origins.measure_followed
            and known_figures.reference_year = unknown_origins.reference_year
            and known_figures.valid_from = unknown_origins.valid_from
            and known_figures.counting_unit = 'persons'
            and special_origins.unhcr_code is null
    where known_figures.reference_year >= known_figures.series_first_year
),

with_record_year as (
    select
        *,
        min(reference_year) filter (where year_value = record_value) over ({{ series }}) as record_year,
        count(*) filter (where year_value = record_value) over ({{ series }}) as record_year_count,
        bool_or(is_provisional) filter (where year_value = record_value) over ({{ series }})
            as is_record_provisional,
        coalesce(
            max(year_value_at_most) filter (where year_value < record_value and not is_year_complete)
                over ({{ series }}) <= record_value,
            true
        ) as is_record_certain,
        record_value - year_value as distance_to_record,
        {{ fraction('record_value - year_value', 'record_value') }} as distance_to_record_rate,
        year_value = record_value as is_record,
        year_value > 0 and year_value = highest_to_date as is_record_to_date
    from with_record
),

published as (
    select * exclude (year_value_at_most, measure_followed, figure_followed) from with_record_year
),

merged as (
    {{ merged_neighbours('published', key, lineage_columns()) }}
),

final as (
    select
        merged.origin_unhcr_code,
        countries.iso3 as origin_iso3,
        merged.measure,
        merged.counting_unit,
        countries.country_name as origin_name,
        merged.stock_or_flow,
        merged.reference_year,
        merged.reference_date,
        merged.series_first_year,
        merged.record_year,
        merged.year_value,
        merged.record_value,
        merged.distance_to_record,
        merged.year_rank,
        merged.series_year_count,
        merged.record_year_count,
        merged.distance_to_record_rate,
        merged.is_record,
        merged.is_record_to_date,
        merged.year_value > 0
        and not merged.is_record
        and merged.distance_to_record_rate <= {{ var('near_record_within') }}
            as is_near_record,
        {{ is_small('merged.year_value') }} as is_distance_on_small_count,
        merged.is_also_in_other_unit,
        merged.is_provisional,
        merged.is_record_provisional,
        merged.is_year_complete,
        merged.is_record_certain,
        coalesce(
            len(list_filter(
                territories.last_years,
                lambda last:
                    last >= least(merged.reference_year, merged.record_year)
                    and last < greatest(merged.reference_year, merged.record_year)
            )) = 0,
            true
        ) as is_record_of_same_territory,
        merged.valid_from,
        merged.valid_to,
        merged.release_id,
        merged.last_release_id,
        merged.last_snapshot_id as snapshot_id,
        merged.last_retrieved_at as retrieved_at
    from merged
    left join countries on merged.origin_unhcr_code = countries.unhcr_code
    left join territories on countries.iso3 = territories.country_iso3
)

select * from final
order by origin_unhcr_code asc, measure asc, counting_unit desc, reference_year asc, valid_from asc
