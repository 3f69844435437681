-- A row for each origin, year and counting unit. Stocks are persons, so they stand in the row of persons
-- alone; a row of cases is there where applications or decisions were counted in cases.
with years as (
    select * from {{ ref('int_years_of_countries_history') }}
    where total_by = 'origin'
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        years.country_unhcr_code as origin_unhcr_code,
        countries.iso3 as origin_iso3,
        countries.country_code as origin_code,
        years.counting_unit,
        countries.country_name as origin_name,
        {{ columns(country_year_columns(), 'years.') }}
        years.release_id,
        years.last_release_id,
        {%- for dataset in ['population', 'applications', 'decisions', 'flows'] %}
        years.{{ dataset }}_release_id,
        years.last_{{ dataset }}_release_id,
        {%- endfor %}
        years.last_snapshot_id as snapshot_id,
        years.last_retrieved_at as retrieved_at
    from years
    left join countries on years.country_unhcr_code = countries.unhcr_code
)

select * from final
order by origin_unhcr_code asc, reference_year asc, counting_unit desc, valid_from asc
