{%- set datasets = [
    ('population', 'population', "'persons'", population_stocks() + population_flows()),
    ('asylum_applications', 'asylum-applications', 'counting_unit', application_measures()),
    ('asylum_decisions', 'asylum-decisions', 'counting_unit', decision_measures()),
    ('displacement_flows', 'displacement-flows', "'persons'", flow_measures()),
    ('solutions', 'solutions', "'persons'", ['resettlement', 'naturalisation']),
    ('internal_displacement', 'idmc', "'persons'", ['internally_displaced_stock']),
    ('palestine_refugees', 'unrwa', "'persons'", ['palestine_refugees_stock']),
] -%}
{%- set asked = ['document_id', 'claim_id', 'input_role', 'measure', 'counting_unit', 'variant', 'day'] -%}
-- The rows of pairs and totals that a claim's figures are in, as they stood on each of two days; where peers
-- are wanted, those of all countries. Beside the row of an origin stand those of all origins and of unknown
-- origin in the same countries of asylum.
with nowhere as (
    select unhcr_code from {{ ref('dim_country').identifier }}
    where special_kind = 'unknown'
),

dated as (
    select
        *,
        {{ on_two_days() }}
    from {{ ref('int_claim_inputs_wanted') }}
),

inputs as (
    select
        dated.*,
        nowhere.unhcr_code as unknown_origin
    from dated
    left join nowhere on true
),

{% for name, endpoint, unit, measures in datasets -%}
{{ name }}_history as not materialized (
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
    {%- for rows_are in ['wanted', 'peers', 'beside'] + (['other_unit'] if unit == 'counting_unit' else []) %}
    select
        {{ columns(asked, 'inputs.') }}
        {%- if rows_are == 'beside' %}
        if(history.origin = '-', 'beside', 'unknown') as rows_are,
        {%- else %}
        '{{ rows_are }}' as rows_are,
        {%- endif %}
        {{ 'inputs' if rows_are == 'beside' else 'history' }}.origin,
        history.asylum,
        history.reference_year,
        history.reference_date,
        history.is_provisional,
        history.are_pairs_complete,
        history.coverage_id,
        {%- if name == 'asylum_decisions' %}
        {{ columns(decision_measures()[:3], 'history.') }}
        {%- endif %}
        {{ figure_asked(measures, 'inputs.', 'history.') }} as figure
    from inputs
    inner join {{ name }}_history as history
        on
            inputs.reference_year = history.reference_year
            and inputs.counting_unit {{ '<>' if rows_are == 'other_unit' else '=' }} history.counting_unit
            {%- if rows_are == 'peers' %}
            and history.origin = if(inputs.origin = '?', history.origin, inputs.origin)
            and history.asylum = if(inputs.asylum = '?', history.asylum, inputs.asylum)
            and if(inputs.origin = '?', history.origin, history.asylum) <> '-'
            {%- else %}
            and history.origin
            in ({{ "'-', inputs.unknown_origin" if rows_are == 'beside' else 'inputs.origin' }})
            and inputs.asylum = history.asylum
            {%- endif %}
            and {{ stood_on('inputs.day', 'history') }}
            and (inputs.reference_date = history.reference_date or inputs.reference_date is null)
    where
        inputs.endpoint = '{{ endpoint }}'
        and {{ 'not ' if rows_are != 'peers' }}inputs.is_among_peers
        {%- if rows_are == 'beside' %}
        and inputs.origin <> '-'
        and inputs.variant = 'at_publication'
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{% endfor -%}
demographics as (
    select
        {{ columns(asked, 'inputs.') }}
        'wanted' as rows_are,
        if(inputs.origin = '-', '-', history.origin_unhcr_code) as origin,
        if(inputs.asylum = '-', '-', history.asylum_unhcr_code) as asylum,
        history.reference_year,
        history.reference_date,
        history.is_provisional,
        history.coverage_id,
        {{ figure_asked(demographic_measures(), 'inputs.', 'history.') }} as figure
    from inputs
    inner join {{ ref('fct_demographics_yearly_history').identifier }} as history
        on
            inputs.reference_year = history.reference_year
            and coalesce(inputs.population_type, 'REF') = history.pop_type
            and inputs.origin in (history.origin_unhcr_code, '-', '?')
            and inputs.asylum in (history.asylum_unhcr_code, '-', '?')
            and {{ stood_on('inputs.day', 'history') }}
            and (inputs.reference_date = history.reference_date or inputs.reference_date is null)
    where inputs.endpoint = 'demographics'
),

-- Two steps read it: worked out once.
final as materialized (
    select * from demographics
    {%- for name, _, _, _ in datasets %}
    union all by name
    select * from {{ name }}
    {%- endfor %}
)

select * from final
