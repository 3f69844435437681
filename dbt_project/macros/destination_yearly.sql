{#- A row for each origin, country of asylum, year and counting unit, and one for what the pairs leave
    of the control total ("Not itemised"), so that shares are right where only some pairs are known.
    As of a day where `as_of` is an expression for one. -#}
{% macro mart_destination_yearly(as_of=none) -%}
    {% set keys = ['origin_unhcr_code', 'asylum_unhcr_code', 'row_kind', 'counting_unit'] %}
    {% set measures = ['refugees_stock', 'asylum_seekers_stock', 'applications_new'] %}
    with population as (
        select * from {{ figures('fct_population_yearly', as_of) }}
    ),

    applications_by_code as (
        select * from {{ figures('fct_asylum_applications_yearly', as_of) }}
    ),

    applications as (
        select
            origin_unhcr_code,
            asylum_unhcr_code,
            counting_unit,
            reference_year,
            any_value(reference_date) as reference_date,
            {{ total('applications_new') }} as applications_new,
            bool_or(is_provisional) as is_provisional,
            any_value(release_id) as release_id,
            any_value(snapshot_id) as snapshot_id,
            any_value(retrieved_at) as retrieved_at
        from applications_by_code
        group by origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year
    ),

    population_totals as (
        select * from {{ figures('fct_population_totals_yearly', as_of) }}
        where total_by = 'origin'
    ),

    application_totals as (
        select * from {{ figures('fct_asylum_applications_totals_yearly', as_of) }}
        where total_by = 'origin'
    ),

    countries as (
        select * from {{ ref('dim_country') }}
    ),

    revisions as (
        select
            origin_unhcr_code,
            asylum_unhcr_code,
            'pair' as row_kind,
            'persons' as counting_unit,
            reference_year,
            count(*) as revision_count
        from {{ ref('mart_revisions') }}
        where {{ revisions_of_asylum_seekers('pair', as_of) }}
        group by origin_unhcr_code, asylum_unhcr_code, reference_year
    ),

    pairs as (
        select
            coalesce(population.origin_unhcr_code, applications.origin_unhcr_code)
                as origin_unhcr_code,
            coalesce(population.asylum_unhcr_code, applications.asylum_unhcr_code)
                as asylum_unhcr_code,
            'pair' as row_kind,
            coalesce(applications.counting_unit, 'persons') as counting_unit,
            coalesce(population.reference_year, applications.reference_year) as reference_year,
            coalesce(population.reference_date, applications.reference_date) as reference_date,
            population.refugees_stock,
            population.asylum_seekers_stock,
            applications.applications_new,
            coalesce(population.is_provisional, false)
            or coalesce(applications.is_provisional, false) as is_provisional,
            coalesce(population.release_id, applications.release_id) as release_id,
            coalesce(population.snapshot_id, applications.snapshot_id) as snapshot_id,
            coalesce(population.retrieved_at, applications.retrieved_at) as retrieved_at
        from population
        full outer join applications
            on
                population.origin_unhcr_code = applications.origin_unhcr_code
                and population.asylum_unhcr_code = applications.asylum_unhcr_code
                and population.reference_year = applications.reference_year
                and applications.counting_unit = 'persons'
    ),

    totals as (
        select
            coalesce(population_totals.country_unhcr_code, application_totals.country_unhcr_code)
                as origin_unhcr_code,
            coalesce(application_totals.counting_unit, 'persons') as counting_unit,
            coalesce(population_totals.reference_year, application_totals.reference_year)
                as reference_year,
            coalesce(population_totals.reference_date, application_totals.reference_date)
                as reference_date,
            population_totals.refugees_stock as refugees_stock_total,
            population_totals.asylum_seekers_stock as asylum_seekers_stock_total,
            application_totals.applications_new as applications_new_total,
            coalesce(population_totals.refugees_stock, 0)
            - coalesce(population_totals.pairs_refugees_stock, 0) as refugees_stock_left,
            coalesce(population_totals.asylum_seekers_stock, 0)
            - coalesce(population_totals.pairs_asylum_seekers_stock, 0) as asylum_seekers_stock_left,
            coalesce(application_totals.applications_new, 0)
            - coalesce(application_totals.pairs_applications_new, 0) as applications_new_left,
            coalesce(population_totals.is_provisional, false)
            or coalesce(application_totals.is_provisional, false) as is_provisional,
            coalesce(population_totals.release_id, application_totals.release_id) as release_id,
            coalesce(population_totals.snapshot_id, application_totals.snapshot_id) as snapshot_id,
            coalesce(population_totals.retrieved_at, application_totals.retrieved_at) as retrieved_at
        from population_totals
        full outer join application_totals
            on
                population_totals.country_unhcr_code = application_totals.country_unhcr_code
                and population_totals.reference_year = application_totals.reference_year
                and application_totals.counting_unit = 'persons'
    ),

    not_itemised as (
        select
            origin_unhcr_code,
            cast(null as varchar) as asylum_unhcr_code,
            'not_itemised' as row_kind,
            counting_unit,
            reference_year,
            reference_date,
            {%- for measure in measures %}
            case when {{ measure }}_total is not null then {{ measure }}_left end as {{ measure }},
            {%- endfor %}
            is_provisional,
            release_id,
            snapshot_id,
            retrieved_at
        from totals
        where
            {%- for measure in measures %}
            {{ 'or ' if not loop.first }}({{ measure }}_total is not null and {{ measure }}_left <> 0)
            {%- endfor %}
    ),

    rows_of_both_kinds as (
        select * from pairs
        union all
        select * from not_itemised
    ),

    with_history as (
        select
            rows_of_both_kinds.*,
            totals.refugees_stock_total,
            totals.asylum_seekers_stock_total,
            totals.applications_new_total,
            case
                when
                    rows_of_both_kinds.row_kind = 'pair'
                    and rows_of_both_kinds.asylum_seekers_stock > 0
                    then rank() over (
                        partition by
                            rows_of_both_kinds.origin_unhcr_code,
                            rows_of_both_kinds.reference_year,
                            rows_of_both_kinds.counting_unit,
                            rows_of_both_kinds.row_kind
                        order by rows_of_both_kinds.asylum_seekers_stock desc nulls last
                    )
            end as asylum_seekers_rank,
            case
                when
                    rows_of_both_kinds.row_kind = 'pair'
                    and rows_of_both_kinds.applications_new > 0
                    then rank() over (
                        partition by
                            rows_of_both_kinds.origin_unhcr_code,
                            rows_of_both_kinds.reference_year,
                            rows_of_both_kinds.counting_unit,
                            rows_of_both_kinds.row_kind
                        order by rows_of_both_kinds.applications_new desc nulls last
                    )
            end as applications_new_rank,
            {{ yearly_history('asylum_seekers_stock', keys) }},
            {{ yearly_baseline('applications_new', keys) }},
            max(asylum_seekers_stock) over series as asylum_seekers_stock_peak,
            min(reference_year) filter (where asylum_seekers_stock > 1000)
                over series as asylum_seekers_stock_first_year_above_1000
        from rows_of_both_kinds
        left join totals using (origin_unhcr_code, reference_year, counting_unit)
        window series as (partition by {{ keys | join(', ') }})
    ),

    with_standing as (
        select
            *,
            {{ yearly_standing('asylum_seekers_stock', keys) }},
            {{ against_baseline('applications_new') }},
            {{ fraction('asylum_seekers_stock', 'asylum_seekers_stock_total') }}
                as asylum_seekers_share,
            {{ fraction('refugees_stock', 'refugees_stock_total') }} as refugees_share,
            {{ fraction('applications_new', 'applications_new_total') }} as applications_new_share,
            min(
                case
                    when asylum_seekers_stock = asylum_seekers_stock_peak and asylum_seekers_stock > 0
                        then reference_year
                end
            ) over (partition by {{ keys | join(', ') }}) as asylum_seekers_stock_peak_year
        from with_history
    ),

    final as (
        select
            with_standing.origin_unhcr_code,
            origins.iso3 as origin_iso3,
            with_standing.asylum_unhcr_code,
            asylums.iso3 as asylum_iso3,
            with_standing.row_kind,
            with_standing.counting_unit,
            origins.country_name as origin_name,
            case
                when with_standing.row_kind = 'not_itemised' then 'Not itemised'
                else asylums.country_name
            end as asylum_name,
            with_standing.reference_year,
            with_standing.reference_date,
            with_standing.refugees_stock,
            with_standing.asylum_seekers_stock,
            case
                when with_standing.row_kind = 'pair' and with_standing.asylum_seekers_stock is not null
                    then
                        case
                            when
                                {{ is_carried_forward(
                                    'with_standing.asylum_seekers_stock',
                                    'with_standing.asylum_seekers_stock_year_before'
                                ) }}
                                then with_standing.asylum_seekers_stock
                            else 0
                        end
            end as asylum_seekers_carried_forward_stock,
            with_standing.applications_new,
            with_standing.asylum_seekers_rank,
            with_standing.applications_new_rank,
            with_standing.asylum_seekers_stock_change,
            with_standing.asylum_seekers_stock_highest_to_date,
            with_standing.asylum_seekers_stock_highest_year_to_date,
            with_standing.asylum_seekers_stock_baseline,
            with_standing.asylum_seekers_stock_baseline_difference,
            with_standing.asylum_seekers_stock_peak,
            with_standing.asylum_seekers_stock_peak_year,
            with_standing.asylum_seekers_stock_first_year_above_1000,
            with_standing.applications_new_baseline,
            with_standing.applications_new_baseline_difference,
            with_standing.asylum_seekers_share,
            with_standing.refugees_share,
            with_standing.applications_new_share,
            with_standing.asylum_seekers_stock_change_rate,
            with_standing.asylum_seekers_stock_baseline_ratio,
            with_standing.applications_new_baseline_ratio,
            with_standing.is_asylum_seekers_stock_change_on_small_count,
            with_standing.is_asylum_seekers_stock_baseline_on_small_count,
            with_standing.is_applications_new_baseline_on_small_count,
            with_standing.is_provisional,
            case
                when with_standing.row_kind = 'pair' and with_standing.counting_unit = 'persons'
                    then coalesce(revisions.revision_count, 0)
            end as asylum_seekers_revision_count,
            with_standing.release_id,
            with_standing.snapshot_id,
            with_standing.retrieved_at
        from with_standing
        left join revisions
            using (origin_unhcr_code, asylum_unhcr_code, row_kind, counting_unit, reference_year)
        left join countries as origins on with_standing.origin_unhcr_code = origins.unhcr_code
        left join countries as asylums on with_standing.asylum_unhcr_code = asylums.unhcr_code
    )

    select * from final
    {{ stored_in_order(['origin_unhcr_code asc', 'reference_year asc', 'asylum_unhcr_code asc nulls last', 'counting_unit desc'], as_of) }}
{%- endmacro %}
