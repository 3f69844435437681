-- A row for each country of asylum, year and counting unit, over all countries of origin. People without an
-- origin are in its figures, so that there is nothing to distribute.
with years as (
    select * from {{ ref('int_years_of_countries_history') }}
    where total_by = 'asylum'
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        years.country_unhcr_code as asylum_unhcr_code,
        countries.iso3 as asylum_iso3,
        countries.country_code as asylum_code,
        years.counting_unit,
        countries.country_name as asylum_name,
        {{ columns(country_year_columns() | reject('in', distributed_columns()), 'years.') }}
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
order by asylum_unhcr_code asc, reference_year asc, counting_unit desc, valid_from asc
