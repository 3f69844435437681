{%- set key = ['dataset', 'origin_unhcr_code', 'reference_year', 'counting_unit', 'measure'] -%}
-- What became of each figure of an origin since it was first published, among the releases loaded.
with newest as (
    select
        * exclude (year_value),
        year_value as newest_value
    from {{ ref('int_measures_of_origins_unpivoted') }}
    where valid_to is null
),

revised as (
    select
        {{ columns(key) }}
        -- not arg_min: it passes over NULL
        first(value_before order by published_on) as first_value,
        max(published_on) as revised_on,
        count(*) as revision_count,
        -- Of moves as large as each other the first.
        first({ 'difference': difference, 'fraction': fraction } order by abs(difference) desc, published_on)
            filter (where difference is not null) as largest,
        bool_or(is_on_small_count) as is_revised_on_small_count,
        arg_max(reference_date, published_on) as reference_date,
        arg_max(is_provisional, published_on) as is_provisional,
        arg_max(release_id, published_on) as release_id,
        arg_max(snapshot_id, published_on) as snapshot_id,
        arg_max(retrieved_at, published_on) as retrieved_at
    from {{ ref('mart_revisions') }}
    where level = 'origin'
    group by {{ key | join(', ') }}
),

figures as (
    select
        {{ columns(key) }}
        {%- for column in ['reference_date', 'is_provisional', 'release_id', 'snapshot_id',
            'retrieved_at'] %}
        coalesce(newest.{{ column }}, revised.{{ column }}) as {{ column }},
        {%- endfor %}
        case
            when revised.revision_count is null then newest.newest_value
            else revised.first_value
        end as first_value,
        newest.newest_value,
        coalesce(revised.revision_count, 0) as revision_count,
        revised.revised_on,
        coalesce(revised.is_revised_on_small_count, false) as is_revised_on_small_count,
        revised.largest.difference as largest_move,
        revised.largest.fraction as largest_move_rate
    from newest
    full outer join revised using ({{ key | join(', ') }})
    where newest.newest_value is not null or revised.revision_count is not null
),

countries as (
    select * from {{ ref('dim_country') }}
),

cells as (
    select * from {{ ref('int_years_in_force') }}
    where slice in ('pairs', 'by_origin')
),

slices as (
    select distinct
        endpoint,
        slice
    from cells
),

named_cells as (
    select distinct
        endpoint,
        slice,
        origin_cell
    from cells
),

origin_cells as (
    select
        countries.unhcr_code as origin_unhcr_code,
        slices.endpoint,
        slices.slice,
        coalesce(named_cells.origin_cell, '*') as origin_cell
    from countries
    cross join slices
    left join named_cells
        on
            slices.endpoint = named_cells.endpoint
            and slices.slice = named_cells.slice
            and coalesce(countries.iso3, countries.unhcr_code) = named_cells.origin_cell
),

-- A total is published where it was asked for, or can be summed from all pairs.
publications as (
    select
        origin_cells.endpoint as dataset,
        origin_cells.origin_unhcr_code,
        cells.reference_year,
        min(cells.valid_from) as first_published_on,
        arg_min(cells.release_id, cells.valid_from) as first_release_id,
        min(cells.valid_from) filter (where not cells.is_provisional) as final_on
    from cells
    inner join origin_cells
        on
            cells.endpoint = origin_cells.endpoint
            and cells.slice = origin_cells.slice
            and cells.origin_cell = origin_cells.origin_cell
    where cells.slice = 'by_origin' or cells.covers_all_asylums
    group by origin_cells.endpoint, origin_cells.origin_unhcr_code, cells.reference_year
),

final as (
    select
        figures.dataset,
        figures.origin_unhcr_code,
        countries.iso3 as origin_iso3,
        figures.counting_unit,
        figures.measure,
        countries.country_name as origin_name,
        figures.reference_year,
        figures.reference_date,
        publications.first_published_on,
        figures.revised_on,
        figures.first_value,
        figures.newest_value,
        figures.newest_value - figures.first_value as change_since_first,
        figures.revision_count,
        figures.largest_move,
        figures.largest_move_rate,
        publications.final_on - publications.first_published_on as days_until_final,
        figures.is_provisional,
        figures.is_revised_on_small_count,
        publications.first_release_id,
        figures.release_id,
        figures.snapshot_id,
        figures.retrieved_at
    from figures
    left join publications
        on
            figures.dataset = publications.dataset
            and figures.origin_unhcr_code = publications.origin_unhcr_code
            and figures.reference_year = publications.reference_year
    left join countries on figures.origin_unhcr_code = countries.unhcr_code
)

select * from final
order by dataset asc, origin_unhcr_code asc, reference_year asc, counting_unit desc, measure asc
