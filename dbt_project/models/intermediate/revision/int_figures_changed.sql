{%- set applications = application_aggregates() | rejectattr(0, 'equalto', 'unknown_count') | list -%}
{%- set decisions = sums_of(decision_measures()) -%}
{%- set population = population_stocks() + population_flows() -%}
{#- Dataset, its measures; where its pairs stand and the sums to make of them, where they have codes; the
    same of its totals. -#}
{%- set sources = [
    ('population', population, 'fct_population_yearly_history', [],
        'fct_population_totals_yearly_history', []),
    ('asylum-applications', application_measures(), 'int_asylum_applications_in_force', applications,
        'fct_asylum_applications_totals_yearly_history', []),
    ('asylum-decisions', decision_measures(), 'int_asylum_decisions_in_force', decisions,
        'int_asylum_decisions_totals_in_force', decisions),
    ('solutions', solution_measures(), 'fct_solutions_yearly_history', [],
        'fct_solutions_totals_yearly_history', []),
    ('idmc', ['internally_displaced_stock'], 'fct_internal_displacement_yearly_history', [],
        'fct_internal_displacement_totals_yearly_history', []),
    ('unrwa', ['palestine_refugees_stock'], 'fct_palestine_refugees_yearly_history', [],
        'fct_palestine_refugees_totals_yearly_history', []),
    ('displacement-flows', flow_measures(), 'fct_displacement_flows_yearly_history', [],
        'fct_displacement_flows_totals_yearly_history', []),
] -%}
{%- set key = 'dataset, level, origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year' -%}
-- Where a figure of a pair, of a country of origin or of a country of asylum, over all codes, differs from
-- the one that stood just before, or came, or went, in a year that was published before. Demographics are
-- left out: their bands are parts of what population says.
with measures as (
    {%- for dataset, measures, _, _, _, _ in sources %}
    select
        '{{ dataset }}' as dataset,
        [
            {%- for measure in measures %}
            '{{ measure }}'{{ ',' if not loop.last }}
            {%- endfor %}
        ] as measure_names
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The figures of a row in the order of their measures' names.
figures as (
    {%- for dataset, measures, pairs, pair_sums, totals, total_sums in sources %}
    {%- for relation, sums in [(pairs, pair_sums), (totals, total_sums)] %}
    {%- set is_of_pairs = loop.first %}
    select
        '{{ dataset }}' as dataset,
        {%- if is_of_pairs %}
        'pair' as level,
        origin_unhcr_code,
        asylum_unhcr_code,
        {%- else %}
        total_by as level,
        case when total_by = 'origin' then country_unhcr_code end as origin_unhcr_code,
        case when total_by = 'asylum' then country_unhcr_code end as asylum_unhcr_code,
        {%- endif %}
        {{ 'counting_unit' if dataset.startswith('asylum') else "'persons'" }} as counting_unit,
        reference_year,
        valid_from,
        valid_to,
        [{{ (sums | map('last') if sums else measures) | join(', ') }}] as figures,
        {%- set is_answered = 'true' if is_of_pairs else "total_source <> 'not_available'" %}
        {%- if sums %}
        bool_or({{ is_answered }}) as is_answered,
        bool_or(is_provisional) as is_provisional,
        max(coverage_id) as coverage_id,
        max(release_id) as last_release_id
        {%- else %}
        {{ is_answered }} as is_answered,
        is_provisional,
        coverage_id,
        last_release_id
        {%- endif %}
    from {{ ref(relation) }}
    where {{ "total_by <> 'world'" if not is_of_pairs else "row_kind = 'pair'" if sums else 'true' }}
    {%- if sums %}
    group by {{ key }}, valid_from, valid_to
    {%- endif %}
    {{ 'union all' if is_of_pairs }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

neighbours as (
    select
        *,
        coalesce(lag(valid_to) over same_key = valid_from, false) as is_there_before,
        coalesce(lead(valid_from) over same_key = valid_to, false) as is_there_after,
        lag(figures) over same_key as figures_before,
        lag(is_answered) over same_key as is_answered_before,
        lag(is_provisional) over same_key as is_provisional_before,
        lag(last_release_id) over same_key as release_id_before
    from figures
    window same_key as (partition by {{ key }} order by valid_from)
),

first_published as (
    select
        endpoint as dataset,
        reference_year,
        min(first_published_on) as first_published_on
    from {{ ref('int_years_in_force') }}
    group by endpoint, reference_year
),

came_or_differs as (
    select
        neighbours.* exclude (figures_before),
        if(neighbours.is_there_before, neighbours.figures_before, []) as figures_before,
        true as is_there
    from neighbours
    inner join first_published using (dataset, reference_year)
    where
        neighbours.valid_from > first_published.first_published_on
        and neighbours.is_answered
        and (
            not neighbours.is_there_before
            or (neighbours.is_answered_before and neighbours.figures <> neighbours.figures_before)
        )
),

went as (
    select
        * replace (
            valid_to as valid_from,
            figures as figures_before,
            [] as figures,
            true as is_there_before,
            is_provisional as is_provisional_before,
            last_release_id as release_id_before
        ),
        false as is_there
    from neighbours
    where is_answered and valid_to is not null and not is_there_after
),

changed as (
    select * from came_or_differs
    union all by name
    select * from went
),

by_measure as (
    select
        changed.* exclude (figures, figures_before),
        unnest(measures.measure_names) as measure,
        unnest(changed.figures_before) as value_before,
        unnest(changed.figures) as value_after
    from changed
    inner join measures using (dataset)
),

-- Days on which UNHCR began to write 0 for what was not known: no revision of each figure.
definition_changes as (
    select distinct host_community_stock_known_from as published_on
    from {{ ref('fct_population_yearly_history') }}
    where host_community_stock_known_from is not null
),

-- The API leaves out what is zero throughout: a row that came or went says nothing of its zeros.
final as (
    select
        {{ key }},
        measure,
        valid_from,
        coverage_id,
        is_there_before,
        is_there,
        is_provisional_before,
        release_id_before,
        value_before,
        value_after
    from by_measure
    where
        value_before is distinct from value_after
        and (is_there_before or value_after <> 0)
        and (is_there or value_before <> 0)
        and not (
            measure = 'host_community_stock'
            and value_before is null
            and value_after = 0
            and valid_from in (select definition_changes.published_on from definition_changes)
        )
)

select * from final
