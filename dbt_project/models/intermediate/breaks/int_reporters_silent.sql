-- Countries of asylum that had a figure the year before and have none, and those that have one after a year
-- or more without: candidates for breaks of reporting, at each vintage.
with hosts as (
    select * from {{ ref('int_figures_of_hosts') }}
),

applications as (
    select * from {{ ref('int_first_applications_of_hosts') }}
),

worlds as (
    select * from {{ ref('int_years_covered') }}
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

-- A procedure does not begin with thousands of people: a country whose first figure that is, while others had
-- one the year before and it was asked for, too, did not report before. Refugees do arrive at once.
years_asked as (
    select distinct
        reported.measure,
        reported.reference_year,
        reported.valid_from
    from reported
    inner join worlds using (measure, reference_year, valid_from)
    where reported.measure in {{ distributed_measures() }}
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
        following.asylum_unhcr_code,
        following.measure,
        following.counting_unit,
        following.reference_year,
        following.valid_from,
        following.figure as persons,
        1.0 as share,
        following.figure as threshold_persons,
        following.figure
    from following
    left join years_asked
        on
            following.measure = years_asked.measure
            and following.reference_year - 1 = years_asked.reference_year
            and following.valid_from = years_asked.valid_from
    where
        following.last_year < following.reference_year - 1
        or (following.last_year is null and years_asked.measure is not null)
)

select * from final
