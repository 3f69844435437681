{#- Of equals the same one every time. -#}
{%- set largest = '(applications, counting_unit, app_type)' -%}
-- Which unit and which type a country of asylum counted most of its first applications in, each year,
-- and the type of the last year before that had any, at each vintage.
with applications as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from,
        counting_unit,
        app_type,
        {{ total('applications') }} as applications
    from {{ ref('int_asylum_applications_in_force') }}
    where row_kind = 'pair' and applications > 0 and app_type in {{ first_application_types() }}
    group by all
),

of_unit as (
    select
        *,
        {{ fraction('applications', 'sum(applications) over unit') }} as share_of_unit
    from applications
    window unit as (partition by asylum_unhcr_code, reference_year, valid_from, counting_unit)
),

by_year as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from,
        arg_max(counting_unit, {{ largest }}) as counting_unit,
        arg_max(app_type, {{ largest }}) as app_type,
        max(applications) as applications,
        arg_max(share_of_unit, {{ largest }}) as leading_share
    from of_unit
    group by asylum_unhcr_code, reference_year, valid_from
),

with_year_before as (
    select
        *,
        lag(app_type) over host as app_type_before,
        lag(applications) over host as applications_before
    from by_year
    window host as (partition by asylum_unhcr_code, valid_from order by reference_year)
),

-- Years of type V are no years of new applications: what V is was never published. That it ends is a break.
final as (
    select * from with_year_before
    where app_type <> 'V'
)

select * from final
