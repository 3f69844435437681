-- Countries of asylum that had a figure the year before and have none, and those that have one again after a
-- year or more without: candidates for breaks of reporting, at each vintage.
with hosts as (
    select * from {{ ref('int_figures_of_hosts') }}
),

applications as (
    select * from {{ ref('int_first_applications_of_hosts') }}
),

-- A category that comes and goes by its nature is left out.
reported as (
    select
        asylum_unhcr_code,
        measure,
        'persons' as counting_unit,
        reference_year,
        valid_from,
        figure
    from hosts
    where figure > 0 and measure <> 'oip_stock'
    union all by name
    select
        asylum_unhcr_code,
        'applications_new' as measure,
        counting_unit,
        reference_year,
        valid_from,
        applications as figure
    from applications
),

following as (
    select
        *,
        max(reference_year) over (partition by measure, valid_from) as newest_year,
        lead(reference_year) over host as next_year,
        lag(reference_year) over host as last_year
    from reported
    window host as (partition by asylum_unhcr_code, measure, valid_from order by reference_year)
),

final as (
    select
        'not_reported' as kind,
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year + 1 as reference_year,
        valid_from,
        figure as persons,
        1.0 as share,
        figure as threshold_persons,
        figure as figure_before
    from following
    where next_year is distinct from reference_year + 1 and reference_year < newest_year
    union all by name
    select
        'reported_again' as kind,
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from,
        figure as persons,
        1.0 as share,
        figure as threshold_persons,
        figure
    from following
    where last_year < reference_year - 1
)

select * from final
