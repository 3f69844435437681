{%- set datasets = [
    ('population', "'persons'", population_stocks() + population_flows(), []),
    ('asylum_applications', 'counting_unit', application_measures(), []),
    ('asylum_decisions', 'counting_unit', decision_measures(), decision_measures()[:3]),
    ('displacement_flows', "'persons'", flow_measures(), []),
] -%}
-- The figures that a claim's inputs had at publication and have on the day that counts as now; where peers
-- are wanted, those of all countries of asylum.
with inputs as (
    select
        *,
        unnest([
            { 'variant': 'at_publication', 'day': document_published_on },
            { 'variant': 'newest', 'day': as_of }
        ], recursive := true)
    from {{ ref('int_claim_inputs_wanted') }}
),

coverage as (
    select * from {{ ref('int_coverage_in_force').identifier }}
),

{% for name, unit, measures, parts in datasets -%}
{{ name }}_history as (
    {%- for level in ['totals_yearly', 'yearly'] %}
    select
        {%- if level == 'yearly' %}
        origin_unhcr_code as origin,
        asylum_unhcr_code as asylum,
        cast(null as boolean) as are_pairs_complete,
        {%- else %}
        if(total_by = 'origin', country_unhcr_code, '-') as origin,
        if(total_by = 'asylum', country_unhcr_code, '-') as asylum,
        are_pairs_complete,
        {%- endif %}
        {{ unit }} as counting_unit,
        reference_year,
        reference_date,
        is_provisional,
        valid_from,
        valid_to,
        coverage_id,
        {%- if name == 'population' %}
        host_community_stock_known_from,
        {%- endif %}
        {{ measures | join(', ') }}
    from {{ ref('fct_' ~ name ~ '_' ~ level ~ '_history').identifier }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{{ name }} as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.measure,
        inputs.variant,
        inputs.day,
        history.asylum,
        inputs.reference_year,
        history.reference_date,
        history.is_provisional,
        history.are_pairs_complete,
        history.coverage_id,
        {%- for part in decision_measures()[:3] %}
        {{ 'history.' ~ part if part in parts else 'cast(null as bigint)' }} as {{ part }},
        {%- endfor %}
        case inputs.measure
            {%- for measure in measures %}
            when '{{ measure }}'
                then
                    {%- if measure == 'host_community_stock' %}
                    if(inputs.day < history.host_community_stock_known_from, null, history.{{ measure }})
                    {%- else %} history.{{ measure }}
                    {%- endif %}
            {%- endfor %}
        end as figure
    from inputs
    inner join {{ name }}_history as history
        on
            inputs.origin = history.origin
            and inputs.reference_year = history.reference_year
            and inputs.counting_unit = history.counting_unit
            and (inputs.asylum = history.asylum or (inputs.is_among_peers and history.asylum <> '-'))
            and {{ stood_on('inputs.day', 'history') }}
    where inputs.endpoint = '{{ name | replace("_", "-") }}'
),

{% endfor -%}
rows_found as (
    {%- for name, _, _, _ in datasets %}
    select * from {{ name }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

summed as (
    select
        document_id,
        claim_id,
        input_role,
        measure,
        variant,
        day,
        asylum,
        reference_year,
        cast(sum(figure) as double) as figure,
        {%- for part in decision_measures()[:3] %}
        sum({{ part }}) as {{ part }},
        {%- endfor %}
        any_value(reference_date) as reference_date,
        bool_or(is_provisional) as is_provisional,
        bool_and(are_pairs_complete) as are_pairs_complete,
        any_value(coverage_id) as coverage_id
    from rows_found
    group by document_id, claim_id, input_role, measure, variant, day, asylum, reference_year
),

final as (
    select
        summed.document_id,
        summed.claim_id,
        summed.input_role,
        summed.asylum,
        summed.reference_year,
        {%- for name, variant in [('at_publication', 'at_publication'), ('newest', 'newest')] %}
        any_value({
            'figure': case summed.measure
                when 'refugee_recognition_rate' then {{ refugee_recognition_rate() }}
                when 'total_protection_rate' then {{ total_protection_rate() }}
                else summed.figure
            end,
            'reference_date': summed.reference_date,
            'is_provisional': summed.is_provisional,
            'are_pairs_complete': summed.are_pairs_complete,
            'release_id': coverage.release_id,
            'snapshot_id': coverage.snapshot_id,
            'retrieved_at': coverage.retrieved_at
        }) filter (where summed.variant = '{{ variant }}') as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from summed
    left join coverage
        on
            summed.coverage_id = coverage.coverage_id
            and {{ stood_on('summed.day', 'coverage') }}
    group by
        summed.document_id, summed.claim_id, summed.input_role, summed.asylum, summed.reference_year
)

select * from final
