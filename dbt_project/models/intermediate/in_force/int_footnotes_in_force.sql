-- UNHCR's notes on its figures, a row a year and population type that a note is about, as they stood: an
-- answer of the API replaces all notes of the one before.
with notes as (
    select
        *,
        {{ years_in('reference_years') }} as years,
        list_filter(population_types, lambda code: code <> '') as codes
    from {{ ref('stg_unhcr__footnotes') }}
),

by_year as (
    select
        * exclude (years),
        unnest(if(len(years) > 0, years, [null])) as reference_year
    from notes
),

countries as (
    select
        country_name,
        any_value(coalesce(iso3, unhcr_code)) as country_code
    from {{ ref('int_countries_combined') }}
    group by country_name
),

population_types as (
    select * from {{ ref('population_types') }}
),

-- Two on the same day: the later one alone was ever valid.
snapshots as (
    select * from {{ ref('int_snapshots_resolved') }}
    where endpoint = 'footnotes' and not is_quarantined
    qualify row_number() over (partition by in_force_from order by recency desc) = 1
),

intervals as (
    select
        *,
        lead(in_force_from) over (order by in_force_from) as valid_to
    from snapshots
),

spread as (
    select
        * exclude (codes),
        unnest(if(len(codes) > 0, codes, [null])) as population_type
    from by_year
),

final as (
    select distinct
        md5(concat_ws(
            '|', coalesce(spread.origin_name, ''), coalesce(spread.asylum_name, ''),
            coalesce(spread.reference_years, ''), spread.footnote
        )) as footnote_id,
        coalesce(spread.origin_iso3, origins.country_code) as origin_code,
        coalesce(spread.asylum_iso3, asylums.country_code) as asylum_code,
        spread.origin_name,
        spread.asylum_name,
        cast(spread.reference_year as integer) as reference_year,
        spread.population_type,
        population_types.measure,
        spread.reference_years,
        spread.footnote,
        coalesce(spread.origin_name, spread.origin_iso3) is null as is_on_any_origin,
        coalesce(spread.asylum_name, spread.asylum_iso3) is null as is_on_any_asylum,
        spread.reference_years is null as is_on_any_year,
        intervals.in_force_from as valid_from,
        intervals.valid_to,
        intervals.release_id,
        intervals.snapshot_id,
        intervals.retrieved_at
    from spread
    inner join intervals on spread.snapshot_id = intervals.snapshot_id
    left join countries as origins on spread.origin_name = origins.country_name
    left join countries as asylums on spread.asylum_name = asylums.country_name
    left join population_types on spread.population_type = population_types.pop_type
)

select * from final
