{#- The measures of each dataset: our column by UNHCR's column or code. One list for staging, facts
    and marts, so that a measure has one name everywhere. -#}

{% macro population_stocks() -%}
    {{ return([
        'refugees_stock', 'asylum_seekers_stock', 'oip_stock', 'idps_stock', 'stateless_stock',
        'others_of_concern_stock', 'host_community_stock',
    ]) }}
{%- endmacro %}

{% macro population_flows() -%}
    {{ return(['returned_refugees', 'returned_idps']) }}
{%- endmacro %}

{% macro application_types() -%}
    {{ return({
        'N': 'applications_new',
        'R': 'applications_repeat',
        'A': 'applications_appeal',
        'NA': 'applications_new_and_appeal',
        'NR': 'applications_new_and_repeat',
        'FA': 'applications_first_and_appeal',
        'J': 'applications_judiciary',
        'BL': 'applications_backlog',
        'SP': 'applications_subsidiary_protection',
        'V': 'applications_type_v',
        'RA': 'applications_type_ra',
    }) }}
{%- endmacro %}

{% macro application_measures() -%}
    {{ return((application_types().values() | list) + ['applications_other_type', 'applications_total']) }}
{%- endmacro %}

{#- Rows of applications by type -> one column a type, as a list of (column, SQL). Types we have no
    name for keep a column of their own, so that the columns always add up to the total. -#}
{% macro application_aggregates() -%}
    {%- set types = application_types() -%}
    {%- set found = [] -%}
    {%- for code, name in types.items() -%}
        {%- do found.append((name, total('applications', "app_type = '" ~ code ~ "'"))) -%}
    {%- endfor -%}
    {%- set known = types.keys() | join("', '") -%}
    {%- do found.append((
        'applications_other_type',
        total('applications', "app_type not in ('" ~ known ~ "')"),
    )) -%}
    {%- do found.append(('applications_total', total('applications'))) -%}
    {%- do found.append(('unknown_count', 'count(*) filter (where applications is null)')) -%}
    {{ return(found) }}
{%- endmacro %}

{% macro decision_measures() -%}
    {{ return([
        'decisions_recognized', 'decisions_complementary', 'decisions_rejected',
        'decisions_otherwise_closed', 'decisions_total',
    ]) }}
{%- endmacro %}

{% macro solution_measures() -%}
    {{ return(['returned_refugees', 'resettlement', 'naturalisation', 'returned_idps']) }}
{%- endmacro %}

{% macro demographic_measures() -%}
    {%- set names = [] -%}
    {%- for sex in ['female', 'male'] -%}
        {%- for band in ['0_4', '5_11', '12_17', '18_59', '60_plus', 'unknown_age', 'total'] -%}
            {%- do names.append(sex ~ '_' ~ band ~ '_stock') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names + ['total_stock']) }}
{%- endmacro %}

{#- Comma-ended list of columns, one a line, each through an optional prefix. -#}
{% macro columns(names, prefix='') -%}
    {%- for name in names %}
    {{ prefix }}{{ name }},
    {%- endfor %}
{%- endmacro %}

{#- How many source rows had a part of the decisions that is not known. -#}
{% macro unknown_decisions() -%}
    count(*) filter (
        where decisions_recognized is null
        or decisions_complementary is null
        or decisions_rejected is null
    )
{%- endmacro %}

{#- Totals of a dataset by country of origin and by country of asylum: what the API answers for the
    whole (the control total) where it was asked, else the sum of the pairs, and which of the two.
    The sum counts only where every country on the other side was asked for. It counts too where a
    control total is of an older release than the pairs: the archive has no control totals.

    extra_keys: code columns of the grain; aggregates: list of (column, SQL over source rows). -#}
{% macro totals_by_country(dataset, extra_keys, aggregates, as_of=none) -%}
    {%- set is_control -%}
    controls.country_unhcr_code is not null
    and not coalesce(
        pairs.are_pairs_complete and pairs.in_force_from > controls.in_force_from, false
    )
    {%- endset -%}
    with figures as (
        select * from {{ rows_in_force(dataset, as_of) }} as rows_in_force
        where row_kind in ('pair', 'origin_total', 'asylum_total')
    ),
    {% for side in ['origin', 'asylum'] %}
    {%- set other = 'asylum' if side == 'origin' else 'origin' %}
    {%- for source in ['control', 'pairs'] %}
    {{ side }}_{{ source }} as (
        select
            '{{ side }}' as total_by,
            {{ side }}_unhcr_code as country_unhcr_code,
            any_value({{ side }}_iso3) as country_iso3,
            {{ columns(extra_keys) }}
            any_value({{ side }}_name) as country_name,
            reference_year,
            any_value(reference_date) as reference_date,
            max(in_force_from) as in_force_from,
            {%- for name, expression in aggregates %}
            {{ expression }} as {{ name }},
            {%- endfor %}
            bool_and(covers_all_{{ side }}s) as is_world_covered,
            {% if source == 'pairs' -%}
            count(distinct {{ other }}_unhcr_code) as pair_count,
            bool_and(covers_all_{{ other }}s) as are_pairs_complete,
            {% endif -%}
            bool_or(is_provisional) as is_provisional,
            any_value(release_id) as release_id,
            any_value(snapshot_id) as snapshot_id,
            any_value(retrieved_at) as retrieved_at
        from figures
        where row_kind = '{{ side ~ "_total" if source == "control" else "pair" }}'
        group by
            {{ side }}_unhcr_code,
            {{ columns(extra_keys) }}
            reference_year
    ),
    {% endfor %}
    {%- endfor %}
    controls as (
        select * from origin_control
        union all
        select * from asylum_control
    ),

    pairs as (
        select * from origin_pairs
        union all
        select * from asylum_pairs
    ),

    final as (
        select
            coalesce(controls.total_by, pairs.total_by) as total_by,
            coalesce(controls.country_unhcr_code, pairs.country_unhcr_code)
                as country_unhcr_code,
            coalesce(controls.country_iso3, pairs.country_iso3) as country_iso3,
            {%- for key in extra_keys %}
            coalesce(controls.{{ key }}, pairs.{{ key }}) as {{ key }},
            {%- endfor %}
            coalesce(controls.country_name, pairs.country_name) as country_name,
            coalesce(controls.reference_year, pairs.reference_year) as reference_year,
            case when {{ is_control }} then controls.reference_date else pairs.reference_date end
                as reference_date,
            {%- for name, expression in aggregates %}
            case
                when {{ is_control }} then controls.{{ name }}
                when pairs.are_pairs_complete then pairs.{{ name }}
            end as {{ name }},
            pairs.{{ name }} as pairs_{{ name }},
            {%- endfor %}
            case
                when {{ is_control }} then 'control_total'
                when pairs.are_pairs_complete then 'sum_of_pairs'
                else 'not_available'
            end as total_source,
            coalesce(pairs.pair_count, 0) as pair_count,
            coalesce(pairs.are_pairs_complete, false) as are_pairs_complete,
            {%- for column in [
                'is_world_covered', 'is_provisional', 'release_id', 'snapshot_id', 'retrieved_at',
            ] %}
            case when {{ is_control }} then controls.{{ column }} else pairs.{{ column }} end
                as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from controls
        full outer join pairs
            on
                controls.total_by = pairs.total_by
                and controls.country_unhcr_code = pairs.country_unhcr_code
                {%- for key in extra_keys %}
                and controls.{{ key }} = pairs.{{ key }}
                {%- endfor %}
                and controls.reference_year = pairs.reference_year
    )

    select * from final
    {% if as_of is none -%}
    order by
        total_by,
        country_unhcr_code,
        {{ columns(extra_keys) }}
        reference_year
    {%- endif %}
{%- endmacro %}

{#- Regions by the slug their columns carry. -#}
{% macro unhcr_regions() -%}
    {{ return({
        'asia_and_the_pacific': 'Asia and the Pacific',
        'eastern_and_southern_africa': 'Eastern and Southern Africa',
        'europe': 'Europe',
        'middle_east_and_north_africa': 'Middle East and North Africa',
        'the_americas': 'The Americas',
        'west_and_central_africa': 'West and Central Africa',
    }) }}
{%- endmacro %}

{% macro un_regions() -%}
    {{ return(
        {'africa': 'Africa', 'americas': 'Americas', 'asia': 'Asia', 'europe': 'Europe',
         'oceania': 'Oceania'}
    ) }}
{%- endmacro %}
