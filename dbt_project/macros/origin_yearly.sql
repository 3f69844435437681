{#- A row for each origin, year and counting unit. Stocks are persons, so they stand in the row of
    persons alone; a row of cases is there where applications or decisions were counted in cases.
    As of a day where `as_of` is an expression for one. -#}
{% macro mart_origin_yearly(as_of=none) -%}
    {% set keys = ['origin_unhcr_code', 'counting_unit'] %}
    {% set followed = ['refugees_stock', 'asylum_seekers_stock', 'applications_new'] %}
    with population as (
        select * from {{ figures('fct_population_totals_yearly', as_of) }}
        where total_by = 'origin'
    ),

    applications as (
        select * from {{ figures('fct_asylum_applications_totals_yearly', as_of) }}
        where total_by = 'origin'
    ),

    decisions_by_level as (
        select * from {{ figures('fct_asylum_decisions_totals_yearly', as_of) }}
        where total_by = 'origin'
    ),

    pairs as (
        select
            origin_unhcr_code as country_unhcr_code,
            reference_year,
            asylum_seekers_stock,
            {{ year_before('asylum_seekers_stock', ['origin_unhcr_code', 'asylum_unhcr_code']) }}
                as asylum_seekers_stock_year_before
        from {{ figures('fct_population_yearly', as_of) }}
    ),

    countries as (
        select * from {{ ref('dim_country') }}
    ),

    -- Of the pairs known; where none is, nothing can be said.
    carried_forward as (
        select
            country_unhcr_code,
            reference_year,
            cast(sum(
                case
                    when
                        {{ is_carried_forward(
                            'asylum_seekers_stock', 'asylum_seekers_stock_year_before'
                        ) }}
                        then asylum_seekers_stock
                    else 0
                end
            ) as bigint) as asylum_seekers_carried_forward_stock
        from pairs
        where asylum_seekers_stock is not null
        group by country_unhcr_code, reference_year
    ),

    revisions as (
        select
            origin_unhcr_code as country_unhcr_code,
            reference_year,
            count(*) as revision_count
        from {{ ref('mart_revisions') }}
        where {{ revisions_of_asylum_seekers('origin', as_of) }}
        group by origin_unhcr_code, reference_year
    ),

    -- Materialised, since it is read twice: else it is computed twice, as of a day.
    decisions as materialized (
        select
            country_unhcr_code,
            counting_unit,
            reference_year,
            any_value(reference_date) as reference_date,
            {%- for measure in decision_measures() %}
            {{ total(measure) }} as {{ measure }},
            {%- endfor %}
            {{ total('unknown_count') }} as unknown_count,
            case
                when count(distinct total_source) = 1 then any_value(total_source)
                else 'mixed'
            end as total_source,
            bool_or(is_provisional) as is_provisional,
            any_value(release_id) as release_id,
            any_value(snapshot_id) as snapshot_id,
            any_value(retrieved_at) as retrieved_at
        from decisions_by_level
        group by country_unhcr_code, counting_unit, reference_year
    ),

    -- Every origin and year has its row of persons, so that a reader who asks for persons misses none.
    spine as (
        {%- for relation, unit in [
            ('population', "'persons'"),
            ('applications', "'persons'"),
            ('applications', 'counting_unit'),
            ('decisions', "'persons'"),
            ('decisions', 'counting_unit'),
        ] %}
        select
            country_unhcr_code,
            {{ unit }} as counting_unit,
            reference_year
        from {{ relation }}
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ),

    joined as (
        select
            spine.country_unhcr_code as origin_unhcr_code,
            spine.counting_unit,
            spine.reference_year,
            coalesce(
                population.reference_date, applications.reference_date, decisions.reference_date,
                make_date(spine.reference_year, 12, 31)
            ) as reference_date,
            {{ columns(population_stocks() + population_flows(), 'population.') }}
            case
                when population.asylum_seekers_stock is not null
                    then carried_forward.asylum_seekers_carried_forward_stock
            end as asylum_seekers_carried_forward_stock,
            case
                when spine.counting_unit = 'persons' then coalesce(revisions.revision_count, 0)
            end as asylum_seekers_revision_count,
            {{ columns(application_measures(), 'applications.') }}
            {{ columns(decision_measures(), 'decisions.') }}
            population.unknown_count as asylum_seekers_unknown_count,
            applications.unknown_count as applications_unknown_count,
            decisions.unknown_count as decisions_unknown_count,
            population.total_source as population_total_source,
            applications.total_source as applications_total_source,
            decisions.total_source as decisions_total_source,
            coalesce(population.is_world_covered, false) as is_population_world_covered,
            coalesce(applications.is_world_covered, false) as is_applications_world_covered,
            coalesce(population.is_provisional, false)
            or coalesce(applications.is_provisional, false)
            or coalesce(decisions.is_provisional, false) as is_provisional,
            coalesce(population.release_id, applications.release_id, decisions.release_id)
                as release_id,
            coalesce(population.snapshot_id, applications.snapshot_id, decisions.snapshot_id)
                as snapshot_id,
            coalesce(population.retrieved_at, applications.retrieved_at, decisions.retrieved_at)
                as retrieved_at,
            applications.release_id as applications_release_id,
            decisions.release_id as decisions_release_id
        from spine
        left join population
            on
                spine.country_unhcr_code = population.country_unhcr_code
                and spine.reference_year = population.reference_year
                and spine.counting_unit = 'persons'
        {%- for relation in ['carried_forward', 'revisions'] %}
        left join {{ relation }}
            on
                spine.country_unhcr_code = {{ relation }}.country_unhcr_code
                and spine.reference_year = {{ relation }}.reference_year
                and spine.counting_unit = 'persons'
        {%- endfor %}
        left join applications
            on
                spine.country_unhcr_code = applications.country_unhcr_code
                and spine.reference_year = applications.reference_year
                and spine.counting_unit = applications.counting_unit
        left join decisions
            on
                spine.country_unhcr_code = decisions.country_unhcr_code
                and spine.reference_year = decisions.reference_year
                and spine.counting_unit = decisions.counting_unit
    ),

    -- A row of persons that only cases know of says where the cases are from. A share of the world needs
    -- the world: it is NULL where not all origins were asked for.
    with_world as (
        select
            * exclude (release_id, snapshot_id, retrieved_at),
            {%- for column in ['release_id', 'snapshot_id', 'retrieved_at'] %}
            coalesce({{ column }}, max({{ column }}) over (
                partition by origin_unhcr_code, reference_year
            )) as {{ column }},
            {%- endfor %}
            {%- for measure in followed %}
            {%- set dataset = 'applications' if measure.startswith('applications') else 'population' %}
            case
                when
                    bool_and(is_{{ dataset }}_world_covered) filter (where {{ measure }} is not null)
                        over (partition by reference_year, counting_unit)
                    then sum({{ measure }}) over (partition by reference_year, counting_unit)
            end as {{ measure }}_world{{ ',' if not loop.last }}
            {%- endfor %}
        from joined
    ),

    with_history as (
        select
            *,
            {%- for measure in followed %}
            {{ yearly_history(measure, keys) }}{{ ',' if not loop.last }}
            {%- endfor %}
        from with_world
    ),

    with_standing as (
        select
            *,
            {%- for measure in followed %}
            {{ yearly_standing(measure, keys) }},
            {{ fraction(measure, measure ~ '_world') }} as {{ measure }}_world_share,
            {%- endfor %}
            {{ substantive_decisions() }} as decisions_substantive,
            {{ refugee_recognition_rate() }} as refugee_recognition_rate,
            {{ total_protection_rate() }} as total_protection_rate,
            {{ is_small(substantive_decisions()) }} as is_rate_on_small_count
        from with_history
    ),

    final as (
        select
            with_standing.origin_unhcr_code,
            countries.iso3 as origin_iso3,
            with_standing.counting_unit,
            countries.country_name as origin_name,
            with_standing.reference_year,
            with_standing.reference_date,
            {{ columns(population_stocks(), 'with_standing.') }}
            with_standing.asylum_seekers_carried_forward_stock,
            {{ columns(application_measures(), 'with_standing.') }}
            {{ columns(decision_measures(), 'with_standing.') }}
            with_standing.decisions_substantive,
            {{ columns(population_flows(), 'with_standing.') }}
            {%- for measure in followed %}
            with_standing.{{ measure }}_change,
            with_standing.{{ measure }}_change_rate,
            with_standing.{{ measure }}_highest_to_date,
            with_standing.{{ measure }}_highest_year_to_date,
            with_standing.{{ measure }}_baseline,
            with_standing.{{ measure }}_baseline_difference,
            with_standing.{{ measure }}_baseline_ratio,
            with_standing.{{ measure }}_world_share,
            {%- endfor %}
            with_standing.refugee_recognition_rate,
            with_standing.total_protection_rate,
            {%- for measure in followed %}
            with_standing.is_{{ measure }}_change_on_small_count,
            with_standing.is_{{ measure }}_baseline_on_small_count,
            {%- endfor %}
            with_standing.is_rate_on_small_count,
            with_standing.is_provisional,
            with_standing.asylum_seekers_revision_count,
            with_standing.asylum_seekers_unknown_count,
            with_standing.applications_unknown_count,
            with_standing.decisions_unknown_count,
            with_standing.population_total_source,
            with_standing.applications_total_source,
            with_standing.decisions_total_source,
            with_standing.release_id,
            with_standing.applications_release_id,
            with_standing.decisions_release_id,
            with_standing.snapshot_id,
            with_standing.retrieved_at
        from with_standing
        left join countries on with_standing.origin_unhcr_code = countries.unhcr_code
    )

    select * from final
    {{ stored_in_order(['origin_unhcr_code asc', 'reference_year asc', 'counting_unit desc'], as_of) }}
{%- endmacro %}
