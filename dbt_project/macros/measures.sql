{#- The measures of each dataset: our column by UNHCR's column or code. One list for staging, facts
    and marts, so that a measure has one name everywhere. -#}

{% macro population_stocks() -%}
    {{ return([
        'refugees_stock', 'asylum_seekers_stock', 'oip_stock', 'idps_stock', 'stateless_stock',
        'others_of_concern_stock', 'host_community_stock',
    ]) }}
{%- endmacro %}

{#- The stocks that make up people displaced abroad: nobody is in two of them. -#}
{% macro abroad_stocks() -%}
    {{ return(['refugees_stock', 'asylum_seekers_stock', 'oip_stock']) }}
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

{#- The types that first applications are counted in: new ones, new ones together with repeat ones or
    appeals, and V, which nearly all applications of nearly all countries are of until 2005. -#}
{% macro first_application_types() -%}
    {{ return(('N', 'NR', 'NA', 'FA', 'V')) }}
{%- endmacro %}

{#- Whether a type of application has a column of its own. -#}
{% macro is_known_application_type(app_type) -%}
    {{ app_type }} in ('{{ application_types().keys() | join("', '") }}')
{%- endmacro %}

{#- The measures whose years are compared with each other, with what breaks the comparison. -#}
{% macro followed_measures() -%}
    {{ return(['refugees_stock', 'asylum_seekers_stock', 'new_asylum_claims', 'applications_new']) }}
{%- endmacro %}

{#- The stocks of pairs that are held against an earlier reference date, by the fact that has them. -#}
{% macro stocks_compared() -%}
    {{ return({
        'fct_population_yearly_history': ('asylum_seekers_stock', 'refugees_stock'),
        'fct_internal_displacement_yearly_history': ('internally_displaced_stock',),
        'fct_palestine_refugees_yearly_history': ('palestine_refugees_stock',),
    }) }}
{%- endmacro %}

{% macro measures_compared() -%}
    {{ return(stocks_compared().values() | sum(start=())) }}
{%- endmacro %}

{#- The measures in which people without an origin hide in a figure by origin, and are distributed. -#}
{% macro distributed_measures() -%}
    {{ return(('asylum_seekers_stock', 'new_asylum_claims')) }}
{%- endmacro %}

{#- Whether people of a pair are in a country of asylum: UNHCR counts some in their own country, or in an
    unknown one. `asylums` has the special kind of the country that they are in. -#}
{% macro is_in_country_of_asylum(pairs, asylums) -%}
    {{ pairs }}.origin_unhcr_code <> {{ pairs }}.asylum_unhcr_code
    and coalesce({{ asylums }}.special_kind, '') <> 'unknown'
{%- endmacro %}

{#- The measures of which it is known whether people are missing in a figure of a country. -#}
{% macro completed_measures() -%}
    {{ return(distributed_measures() + ('refugees_stock',)) }}
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
    {%- do found.append((
        'applications_other_type',
        total('applications', 'not ' ~ is_known_application_type('app_type')),
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

{#- Of the flow dataset: persons within the year. -#}
{% macro flow_measures() -%}
    {{ return(['new_asylum_claims', 'refugee_arrivals', 'refugee_like_arrivals', 'oip_arrivals']) }}
{%- endmacro %}

{#- The people of a sex whose age is known. -#}
{% macro ages_of(sex) -%}
    {%- set names = [] -%}
    {%- for band in ['0_4', '5_11', '12_17', '18_59', '60_plus'] -%}
        {%- do names.append(sex ~ '_' ~ band ~ '_stock') -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro demographic_measures() -%}
    {%- set names = [] -%}
    {%- for sex in ['female', 'male'] -%}
        {%- do names.extend(ages_of(sex) + [sex ~ '_unknown_age_stock', sex ~ '_total_stock']) -%}
    {%- endfor -%}
    {{ return(names + ['total_stock']) }}
{%- endmacro %}

{#- One aggregate a measure, its sum, as a list of (column, SQL). -#}
{% macro sums_of(measures) -%}
    {%- set found = [] -%}
    {%- for measure in measures -%}
        {%- do found.append((measure, total(measure))) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro population_aggregates() -%}
    {{ return(
        sums_of(population_stocks() + population_flows())
        + [('unknown_count', 'count(*) filter (where asylum_seekers_stock is null)')]
    ) }}
{%- endmacro %}

{% macro decision_aggregates() -%}
    {{ return(sums_of(decision_measures()) + [('unknown_count', unknown_decisions())]) }}
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
