-- Every break of reporting of a country of asylum, in a year and a measure, at each vintage: what the
-- candidates say, held against the thresholds of break_kinds.
with kinds as (
    select * from {{ ref('break_kinds') }}
),

hosts as (
    select * from {{ ref('int_unknown_origins_of_hosts') }}
),

applications as (
    select * from {{ ref('int_first_applications_of_hosts') }}
),

moved as (
    select * from {{ ref('int_categories_moved_by_measure') }}
),

-- One large pair says enough only of a half-year whose whole is the same to a person.
repeated as (
    select figures.*
    from {{ ref('int_figures_repeated') }} as figures
    inner join kinds using (kind)
    where
        figures.repeated_large_pair_count >= kinds.pairs_from
        or figures.kind = 'half_year_repeated'
        and figures.repeated_large_pair_count = 1
        and figures.figure = figures.earlier_figure
),

candidates as (
    select
        'origin_withheld' as kind,
        asylum_unhcr_code,
        measure,
        'persons' as counting_unit,
        reference_year,
        valid_from,
        unknown_origin as persons,
        {{ fraction('unknown_origin', 'figure') }} as share,
        share_rise as threshold_share,
        rise as threshold_persons,
        figure_before,
        figure,
        unknown_origin_before,
        unknown_origin,
        cast(null as varchar) as detail,
        cast(null as bigint) as largest_moved
    from hosts
    where is_origin_withheld
    union all by name
    select
        'origin_given_again' as kind,
        asylum_unhcr_code,
        measure,
        reference_year,
        valid_from,
        -rise as persons,
        {{ fraction('-rise', 'figure_before') }} as share,
        -share_rise as threshold_share,
        -rise as threshold_persons,
        figure_before,
        figure,
        unknown_origin_before,
        unknown_origin
    from hosts
    where is_origin_given_again
    union all by name
    select * from {{ ref('int_reporters_silent') }}
    union all by name
    select * from {{ ref('int_pairs_broken_of_hosts') }}
    union all by name
    select * from {{ ref('int_pairs_divided_of_hosts') }}
    union all by name
    select
        kind,
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from,
        max(figure) as persons,
        max(repeated_share) as share,
        max(repeated_share) as threshold_share,
        max(figure) as threshold_persons,
        first(earlier_figure order by repeated_share desc, basis asc) as figure_before,
        max(figure) as figure,
        first(basis order by repeated_share desc, basis asc) as detail
    from repeated
    group by all
    union all by name
    select
        'category_moved' as kind,
        moved.asylum_unhcr_code,
        moved.measure,
        moved.reference_year,
        moved.valid_from,
        moved.persons,
        {{ fraction('moved.persons', 'greatest(hosts.figure, hosts.figure_before)') }} as share,
        {{ fraction('moved.persons', 'greatest(hosts.figure, hosts.figure_before)') }} as threshold_share,
        moved.persons as threshold_persons,
        hosts.figure_before,
        hosts.figure,
        moved.largest_move as detail,
        moved.largest_moved
    from moved
    inner join hosts using (asylum_unhcr_code, measure, reference_year, valid_from)
    union all by name
    select * exclude (year_before) from {{ ref('int_units_changed') }}
    union all by name
    select
        'type_changed' as kind,
        asylum_unhcr_code,
        'applications_new' as measure,
        counting_unit,
        reference_year,
        valid_from,
        applications as persons,
        leading_share as share,
        leading_share as threshold_share,
        applications as threshold_persons,
        applications_before as figure_before,
        applications as figure,
        app_type_before || ' to ' || app_type as detail
    from applications
    where app_type <> app_type_before
    union all by name
    select
        'definition_changed' as kind,
        asylum_unhcr_code,
        measure,
        reference_year,
        valid_from,
        abs(figure - figure_before) as persons,
        {{ fraction('abs(figure - figure_before)', 'figure_before') }} as share,
        restated_in_all as threshold_persons,
        figure_before,
        figure,
        cast(restated_on as varchar) as detail
    from {{ ref('int_figures_restated') }}
),

found as (
    select
        candidates.* exclude (threshold_persons, threshold_share) replace (
            coalesce(candidates.counting_unit, 'persons') as counting_unit
        )
    from candidates
    inner join kinds using (kind)
    where
        candidates.threshold_persons >= kinds.persons_from
        and coalesce(candidates.threshold_share >= kinds.share_from, true)
),

-- Where the year before was restated as well, the two are alike.
final as (
    select
        *,
        kind <> 'definition_changed'
        or coalesce(lag(reference_year) over same_kind <> reference_year - 1, true) as bears_on_change
    from found
    window same_kind as (
        partition by kind, asylum_unhcr_code, measure, counting_unit, valid_from order by reference_year
    )
)

select * from final
