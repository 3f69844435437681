{#- The bodies of facts that can be asked for as of a day. `as_of` is an expression for that day; none
    is the newest release. -#}

{#- The rows of a dataset that are in force, or were on a day. -#}
{% macro rows_in_force(dataset, as_of) -%}
    {%- if as_of is none -%}
    {{ ref('int_' ~ dataset ~ '_in_force') }}
    {%- else -%}
    ({{ in_force('int_' ~ dataset ~ '_placed', dataset | replace('_', '-'), as_of) }})
    {%- endif -%}
{%- endmacro %}

{#- The order in which rows are stored; as of a day they are not stored. -#}
{% macro stored_in_order(columns, as_of) -%}
    {%- if as_of is none -%}
    order by {{ columns | join(', ') }}
    {%- endif -%}
{%- endmacro %}

{#- A fact or mart as it is, or as it was on a day. -#}
{% macro figures(model, as_of) -%}
    {%- if as_of is none -%}
    {{ ref(model) }}
    {%- else -%}
    {{ ref(model ~ '_as_of') }}({{ as_of }})
    {%- endif -%}
{%- endmacro %}

{% macro fct_population_yearly(as_of=none) -%}
    with pairs as (
        select * from {{ rows_in_force('population', as_of) }} as rows_in_force
        where row_kind = 'pair'
    ),

    final as (
        select
            origin_unhcr_code,
            origin_iso3,
            asylum_unhcr_code,
            asylum_iso3,
            origin_name,
            asylum_name,
            reference_year,
            reference_date,
            {{ columns(population_stocks() + population_flows()) }}
            is_provisional,
            release_id,
            snapshot_id,
            retrieved_at
        from pairs
    )

    select * from final
    {{ stored_in_order(['origin_unhcr_code', 'asylum_unhcr_code', 'reference_year'], as_of) }}
{%- endmacro %}

{#- One row for each combination of codes, as UNHCR publishes it. The figure stands in the column of its
    type, so that each column can be summed; persons and cases are apart by counting_unit. -#}
{% macro fct_asylum_applications_yearly(as_of=none) -%}
    with pairs as (
        select * from {{ rows_in_force('asylum_applications', as_of) }} as rows_in_force
        where row_kind = 'pair'
    ),

    final as (
        select
            origin_unhcr_code,
            origin_iso3,
            asylum_unhcr_code,
            asylum_iso3,
            procedure_type,
            app_type,
            dec_level,
            counting_unit,
            origin_name,
            asylum_name,
            reference_year,
            reference_date,
            {%- for code, name in application_types().items() %}
            case when app_type = '{{ code }}' then applications end as {{ name }},
            {%- endfor %}
            case
                when
                    app_type not in (
                        {%- for code in application_types() %}
                        '{{ code }}'{{ ',' if not loop.last }}
                        {%- endfor %}
                    )
                    then applications
            end as applications_other_type,
            applications as applications_total,
            is_provisional,
            release_id,
            snapshot_id,
            retrieved_at
        from pairs
    )

    select * from final
    {{ stored_in_order(['origin_unhcr_code', 'asylum_unhcr_code', 'reference_year', 'counting_unit', 'procedure_type', 'app_type', 'dec_level'], as_of) }}
{%- endmacro %}

{#- One row for each combination of codes, as UNHCR publishes it. Rates of several rows come from their
    summed counts, never from these rates. -#}
{% macro fct_asylum_decisions_yearly(as_of=none) -%}
    with pairs as (
        select * from {{ rows_in_force('asylum_decisions', as_of) }} as rows_in_force
        where row_kind = 'pair'
    ),

    final as (
        select
            origin_unhcr_code,
            origin_iso3,
            asylum_unhcr_code,
            asylum_iso3,
            procedure_type,
            dec_level,
            counting_unit,
            origin_name,
            asylum_name,
            reference_year,
            reference_date,
            {{ columns(decision_measures()) }}
            {{ substantive_decisions() }} as decisions_substantive,
            {{ refugee_recognition_rate() }} as refugee_recognition_rate,
            {{ total_protection_rate() }} as total_protection_rate,
            {{ is_small(substantive_decisions()) }} as is_rate_on_small_count,
            is_provisional,
            release_id,
            snapshot_id,
            retrieved_at
        from pairs
    )

    select * from final
    {{ stored_in_order(['origin_unhcr_code', 'asylum_unhcr_code', 'reference_year', 'counting_unit', 'procedure_type', 'dec_level'], as_of) }}
{%- endmacro %}

{% macro fct_population_totals_yearly(as_of=none) -%}
    {%- set aggregates = [] -%}
    {%- for measure in population_stocks() + population_flows() -%}
        {%- do aggregates.append((measure, total(measure))) -%}
    {%- endfor -%}
    {%- do aggregates.append(
        ('unknown_count', 'count(*) filter (where asylum_seekers_stock is null)')
    ) -%}
    {{ totals_by_country('population', [], aggregates, as_of) }}
{%- endmacro %}

{% macro fct_asylum_applications_totals_yearly(as_of=none) -%}
    {{ totals_by_country(
        'asylum_applications', ['counting_unit'], application_aggregates(), as_of
    ) }}
{%- endmacro %}

{% macro fct_asylum_decisions_totals_yearly(as_of=none) -%}
    {%- set aggregates = [] -%}
    {%- for measure in decision_measures() -%}
        {%- do aggregates.append((measure, total(measure))) -%}
    {%- endfor -%}
    {%- do aggregates.append(('unknown_count', unknown_decisions())) -%}
    {{ totals_by_country('asylum_decisions', ['dec_level', 'counting_unit'], aggregates, as_of) }}
{%- endmacro %}
