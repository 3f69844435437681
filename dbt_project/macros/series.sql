{#- Figures of an origin as long series: one row for each measure and year. -#}

{#- The datasets that say something of an origin as a whole: endpoint, fact, measures. -#}
{% macro origin_datasets() -%}
    {{ return([
        ('population', 'fct_population_totals_yearly', population_stocks() + population_flows()),
        ('asylum-applications', 'fct_asylum_applications_totals_yearly', application_measures()),
        ('asylum-decisions', 'fct_asylum_decisions_totals_yearly', decision_measures()),
    ]) }}
{%- endmacro %}

{#- Measures of which years, eras and records are compared, by dataset. Those that say how an origin
    fares; applications of other types than new are no number of applicants. -#}
{% macro compared_datasets() -%}
    {%- set measures = {
        'population': [
            'refugees_stock', 'asylum_seekers_stock', 'oip_stock', 'idps_stock',
            'returned_refugees', 'returned_idps',
        ],
        'asylum-applications': ['applications_new'],
        'asylum-decisions': decision_measures(),
    } -%}
    {%- set found = [] -%}
    {%- for dataset, fact, _ in origin_datasets() -%}
        {%- do found.append((dataset, fact, measures[dataset])) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- CTEs: one for each dataset, with a row for each origin, year and counting unit, and one called
    `name` that has a row for each measure of them, the figure in `value`; NULL is in it. Population is
    counted in persons alone; levels of decision are added up. -#}
{% macro origin_figures(datasets, name, value) -%}
    {%- for dataset, fact, measures in datasets -%}
    {{ dataset.replace('-', '_') }} as (
        select
            country_unhcr_code as origin_unhcr_code,
            reference_year,
            {{ "'persons' as" if dataset == 'population' }} counting_unit,
            any_value(reference_date) as reference_date,
            {%- for measure in measures %}
            {{ total(measure) }} as {{ measure }},
            {%- endfor %}
            bool_or(is_provisional) as is_provisional,
            any_value(release_id) as release_id,
            any_value(snapshot_id) as snapshot_id,
            any_value(retrieved_at) as retrieved_at
        from {{ ref(fact) }}
        where total_by = 'origin'
        group by all
    ),
    {% endfor %}
    {{ name }} as (
        {%- for dataset, _, measures in datasets %}
        select
            '{{ dataset }}' as dataset,
            * exclude ({{ measures | join(', ') }}),
            unnest([
                {%- for measure in measures %}
                { 'measure': '{{ measure }}', '{{ value }}': {{ measure }} }
                {{- ',' if not loop.last }}
                {%- endfor %}
            ], recursive := true)
        from {{ dataset.replace('-', '_') }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
