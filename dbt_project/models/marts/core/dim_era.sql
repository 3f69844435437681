-- A leader's time in office, and the calendar years that a convention counts for it.
with eras as (
    select * from {{ ref('eras') }}
),

final as (
    select
        era_id,
        leader,
        country_iso3,
        office,
        cast(in_office_from as date) as in_office_from,
        cast(in_office_to as date) as in_office_to,
        cast(first_year_counted as integer) as first_year_counted,
        cast(last_year_counted as integer) as last_year_counted,
        convention,
        source
    from eras
)

select * from final
order by era_id
