{#- Lists of columns of series by year. -#}

{#- Measures of which years, eras and records are compared: those that say how an origin fares.
    Applications of other types than new are no number of applicants. -#}
{% macro compared_measures() -%}
    {{ return([
        'refugees_stock', 'asylum_seekers_stock', 'oip_stock', 'idps_stock', 'returned_refugees',
        'returned_idps', 'new_asylum_claims', 'applications_new',
    ] + decision_measures()) }}
{%- endmacro %}

{#- What is told per 1,000 inhabitants, and the name of its column. -#}
{% macro measures_per_inhabitants() -%}
    {{ return({
        'refugees_stock': 'refugees_per_1000_inhabitants',
        'asylum_seekers_stock': 'asylum_seekers_per_1000_inhabitants',
        'oip_stock': 'oip_per_1000_inhabitants',
        'displaced_abroad_stock': 'displaced_abroad_per_1000_inhabitants',
        'new_asylum_claims': 'new_asylum_claims_per_1000_inhabitants',
    }) }}
{%- endmacro %}

{#- Inhabitants with the year they are of and the answer they are from; of a row of inhabitants. -#}
{% macro inhabitants_columns(relation) -%}
    {{ relation }}.inhabitants_as_counted as inhabitants,
    {{ relation }}.reference_year as inhabitants_year,
    {{ relation }}.snapshot_id as inhabitants_snapshot_id,
    {{ relation }}.retrieved_at as inhabitants_retrieved_at
{%- endmacro %}

{#- What is made of several stocks, or of stocks and inhabitants, in the order of the columns. -#}
{% macro abroad_columns() -%}
    {{ return(
        ['displaced_abroad_stock', 'displaced_abroad_lacks', 'inhabitants', 'inhabitants_year'] + (measures_per_inhabitants().values() | list)
        + ['inhabitants_snapshot_id', 'inhabitants_retrieved_at', 'oip_stock_world_share',
           'displaced_abroad_stock_world_share']
    ) }}
{%- endmacro %}

{#- What is known of a year of a country, as a column each: of a country of origin, of a country of asylum,
    and of the world. -#}
{% macro country_year_columns() -%}
    {%- set found = ['reference_year', 'reference_date'] + population_stocks()
        + ['asylum_seekers_carried_forward_stock'] + flow_measures() + [
            'new_asylum_claims_missing_asylum_count', 'new_asylum_claims_missing_year_before',
        ] + distributed_columns() + application_measures() + decision_measures()
        + ['decisions_substantive'] + population_flows() + abroad_columns() -%}
    {%- for measure in followed_measures() -%}
        {%- for what in [
            'change', 'change_rate', 'highest_to_date', 'highest_year_to_date', 'baseline',
            'baseline_difference', 'baseline_ratio', 'world_share',
        ] -%}
            {%- do found.append(measure ~ '_' ~ what) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do found.extend(['refugee_recognition_rate', 'total_protection_rate']) -%}
    {%- for measure in followed_measures() -%}
        {%- do found.extend([measure ~ '_change_breaks', 'is_' ~ measure ~ '_change_comparable']) -%}
    {%- endfor -%}
    {%- for measure in followed_measures() -%}
        {%- do found.extend([
            'is_' ~ measure ~ '_change_on_small_count', 'is_' ~ measure ~ '_baseline_on_small_count',
        ]) -%}
    {%- endfor -%}
    {{ return(found + [
        'is_rate_on_small_count', 'is_provisional', 'is_population_provisional',
        'is_applications_provisional', 'is_decisions_provisional', 'is_flows_provisional',
        'is_asylum_seekers_stock_complete', 'is_new_asylum_claims_complete', 'is_refugees_stock_complete',
        'is_displaced_abroad_stock_complete', 'asylum_seekers_revision_count',
        'asylum_seekers_unknown_count', 'applications_unknown_count', 'decisions_unknown_count',
        'population_total_source', 'applications_total_source', 'decisions_total_source',
        'flows_total_source',
        'valid_from', 'valid_to',
    ]) }}
{%- endmacro %}

{#- What figures would be with the people without an origin distributed, as a column each. -#}
{% macro distributed_columns() -%}
    {%- set found = [] -%}
    {%- for measure in distributed_measures() -%}
        {%- do found.append(measure ~ '_unknown_origin_beside') -%}
        {%- for column in ['', '_low', '_high'] -%}
            {%- do found.append(measure ~ '_if_distributed_as_before' ~ column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- What is known of a year of an origin and a country of asylum, as a column each. -#}
{% macro destination_columns() -%}
    {{ return([
        'refugees_stock', 'asylum_seekers_stock', 'oip_stock', 'displaced_abroad_stock',
        'displaced_abroad_lacks', 'asylum_seekers_carried_forward_stock',
        'new_asylum_claims', 'applications_new', 'asylum_seekers_rank', 'new_asylum_claims_rank',
        'applications_new_rank', 'refugees_rank', 'oip_rank', 'displaced_abroad_rank',
        'asylum_seekers_stock_change', 'asylum_seekers_stock_highest_to_date',
        'asylum_seekers_stock_highest_year_to_date', 'asylum_seekers_stock_baseline',
        'asylum_seekers_stock_baseline_difference', 'asylum_seekers_stock_peak',
        'asylum_seekers_stock_peak_year', 'asylum_seekers_stock_first_year_above_1000',
        'new_asylum_claims_baseline', 'new_asylum_claims_baseline_difference',
        'applications_new_baseline', 'applications_new_baseline_difference',
        'asylum_seekers_share', 'refugees_share', 'oip_share', 'displaced_abroad_share',
        'new_asylum_claims_share', 'applications_new_share',
        'asylum_seekers_stock_change_rate', 'asylum_seekers_stock_baseline_ratio',
        'new_asylum_claims_baseline_ratio', 'applications_new_baseline_ratio',
        'is_asylum_seekers_stock_change_on_small_count',
        'is_asylum_seekers_stock_baseline_on_small_count',
        'is_new_asylum_claims_baseline_on_small_count', 'is_applications_new_baseline_on_small_count',
        'is_asylum_seekers_stock_complete', 'is_new_asylum_claims_complete', 'is_refugees_stock_complete',
        'asylum_seekers_stock_change_breaks', 'is_asylum_seekers_stock_change_comparable',
        'is_origin_the_country_of_asylum',
    ]) }}
{%- endmacro %}
