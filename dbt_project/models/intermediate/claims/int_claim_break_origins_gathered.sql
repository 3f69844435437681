-- Breaks of reporting by origin, as claims compare years by them. Where a country of asylum gives no origins,
-- or gives them again, that people of unknown origin are more or fewer is the break itself.
with nowhere as (
    select unhcr_code from {{ ref('dim_country').identifier }}
    where special_kind = 'unknown'
),

breaks as (
    select * from {{ ref('mart_reporting_breaks_history').identifier }}
    where kind in ('origin_withheld', 'origin_given_again')
),

by_origin as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        measure,
        counting_unit,
        kind,
        reference_year,
        persons,
        figure_before,
        figure,
        valid_from,
        valid_to
    from {{ ref('mart_reporting_break_origins_history').identifier }}
),

final as (
    select * from by_origin
    union all by name
    select
        nowhere.unhcr_code as origin_unhcr_code,
        breaks.asylum_unhcr_code,
        breaks.measure,
        breaks.counting_unit,
        breaks.kind,
        breaks.reference_year,
        breaks.persons,
        breaks.valid_from,
        breaks.valid_to
    from breaks
    cross join nowhere
)

select * from final
