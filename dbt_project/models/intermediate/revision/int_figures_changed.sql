{%- set applications = [] -%}
{%- for measure, expression in application_aggregates() if measure != 'unknown_count' -%}
    {%- do applications.append((measure, expression)) -%}
{%- endfor -%}
{%- set population = population_stocks() + population_flows() -%}
{#- Dataset: where pairs stand and the sums to make of them, where there are codes; the same of totals. -#}
{%- set sources = [
    ('population', population, 'fct_population_yearly_history', none, 'fct_population_totals_yearly_history', none),
    ('asylum-applications', application_measures(), 'int_asylum_applications_in_force', applications, 'fct_asylum_applications_totals_yearly_history', none),
    ('asylum-decisions', decision_measures(), 'int_asylum_decisions_in_force', sums_of(decision_measures()), 'int_asylum_decisions_totals_in_force', sums_of(decision_measures())),
    ('solutions', solution_measures(), 'fct_solutions_yearly_history', none, 'fct_solutions_totals_yearly_history', none),
    ('idmc', ['internally_displaced_stock'], 'fct_internal_displacement_yearly_history', none, 'fct_internal_displacement_totals_yearly_history', none),
    ('unrwa', ['palestine_refugees_stock'], 'fct_palestine_refugees_yearly_history', none, 'fct_palestine_refugees_totals_yearly_history', none),
] -%}
-- Where a figure of a pair, of a country of origin or of a country of asylum, over all codes, differs from
-- the one that stood just before, or came, or went. Demographics are left out: their bands are parts of
-- what population says.
with first_published as (
    select
        endpoint,
        reference_year,
        min(first_published_on) as first_published_on
    from {{ ref('int_years_in_force') }}
    group by endpoint, reference_year
),
{% for dataset, measures, pairs, pair_sums, totals, total_sums in sources %}
{%- set name = dataset | replace('-', '_') %}
{%- set unit = 'counting_unit' if name in ['asylum_applications', 'asylum_decisions'] else "'persons'" %}
{{ name }}_figures as (
    {%- for relation, sums in [(pairs, pair_sums), (totals, total_sums)] %}
    {%- set is_pairs = loop.first %}
    select
        {{ "'pair'" if is_pairs else 'total_by' }} as level,
        {{ 'origin_unhcr_code' if is_pairs else "case when total_by = 'origin' then country_unhcr_code end" }} as origin_unhcr_code,
        {{ 'asylum_unhcr_code' if is_pairs else "case when total_by = 'asylum' then country_unhcr_code end" }} as asylum_unhcr_code,
        {{ unit }} as counting_unit,
        reference_year,
        valid_from,
        valid_to,
        {
            {%- for measure in measures %}
            '{{ measure }}': {{ (sums | list)[loop.index0][1] if sums else measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        } as figures,
        {%- if sums %}
        {{ 'true' if is_pairs else "bool_or(total_source <> 'not_available')" }} as is_answered,
        bool_or(is_provisional) as is_provisional,
        max(coverage_id) as coverage_id,
        max(release_id) as release_id,
        max(release_id) as last_release_id
        {%- else %}
        {{ 'true' if is_pairs else "total_source <> 'not_available'" }} as is_answered,
        is_provisional,
        coverage_id,
        release_id,
        last_release_id
        {%- endif %}
    from {{ ref(relation) }}
    where {{ ("row_kind = 'pair'" if sums else 'true') if is_pairs else "total_by <> 'world'" }}
    {{ 'group by level, origin_unhcr_code, asylum_unhcr_code, ' ~ ('counting_unit, ' if unit == 'counting_unit') ~ 'reference_year, valid_from, valid_to' if sums }}
    {{ 'union all' if is_pairs }}
    {%- endfor %}
),

{{ name }}_neighbours as (
    select
        *,
        lag(valid_to) over same_key is not distinct from valid_from as is_there_before,
        lead(valid_from) over same_key is not distinct from valid_to as is_there_after,
        lag(figures) over same_key as figures_before,
        lag(is_answered) over same_key as is_answered_before,
        lag(is_provisional) over same_key as is_provisional_before,
        lag(last_release_id) over same_key as release_id_before
    from {{ name }}_figures
    window same_key as (
        partition by level, origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year
        order by valid_from
    )
),

{{ name }}_changed as (
    select
        '{{ dataset }}' as dataset,
        {{ name }}_neighbours.* exclude (
            figures, figures_before, is_answered, is_answered_before, is_there_after, valid_to,
            last_release_id
        ),
        unnest([
            {%- for measure in measures %}
            {
                'measure': '{{ measure }}',
                'value_before': if(is_there_before, figures_before.{{ measure }}, null),
                'value_after': figures.{{ measure }}
            }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true),
        true as is_there
    from {{ name }}_neighbours
    inner join first_published using (reference_year)
    where
        endpoint = '{{ dataset }}'
        and valid_from > first_published_on
        and is_answered
        and (not is_there_before or (is_answered_before and figures is distinct from figures_before))
    union all
    select
        '{{ dataset }}' as dataset,
        level,
        origin_unhcr_code,
        asylum_unhcr_code,
        counting_unit,
        reference_year,
        valid_to as valid_from,
        is_provisional,
        coverage_id,
        cast(null as varchar) as release_id,
        true as is_there_before,
        is_provisional as is_provisional_before,
        last_release_id as release_id_before,
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'value_before': figures.{{ measure }}, 'value_after': null }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true),
        false as is_there
    from {{ name }}_neighbours
    where is_answered and valid_to is not null and not is_there_after
),
{% endfor %}
final as (
    {%- for dataset, _, _, _, _, _ in sources %}
    select * from {{ dataset | replace('-', '_') }}_changed
    where
        value_before is distinct from value_after
        -- The API leaves out what is zero throughout: a row that came or went says nothing of its zeros.
        and (is_there_before or value_after <> 0)
        and (is_there or value_before <> 0)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
