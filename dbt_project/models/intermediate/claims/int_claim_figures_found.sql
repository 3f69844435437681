{%- set datasets = [
    ('population', 'population', "'persons'", population_stocks() + population_flows()),
    ('asylum_applications', 'asylum-applications', 'counting_unit', application_measures()),
    ('asylum_decisions', 'asylum-decisions', 'counting_unit', decision_measures()),
    ('displacement_flows', 'displacement-flows', "'persons'", flow_measures()),
    ('solutions', 'solutions', "'persons'", ['resettlement', 'naturalisation']),
    ('internal_displacement', 'idmc', "'persons'", ['internally_displaced_stock']),
    ('palestine_refugees', 'unrwa', "'persons'", ['palestine_refugees_stock']),
] -%}
{%- set measures = (datasets | map(attribute=3) | sum(start=[])) + demographic_measures() -%}
-- The figures that a claim's inputs had at publication and have on the day that counts as now; where peers
-- are wanted, those of all countries. A 0 of before the first year of its series is none, and of who is not
-- there then nothing is known. Beside a figure of an origin, `reported_beside` is that of all known origins
-- in the same countries of asylum, `unknown_beside` that of unknown origin.
-- Each dataset reads it: worked out once.
with nowhere as (
    select unhcr_code from {{ ref('dim_country').identifier }}
    where special_kind = 'unknown'
),

wanted as (
    select * from {{ ref('int_claim_inputs_wanted') }}
),

inputs as materialized (
    select
        wanted.*,
        nowhere.unhcr_code as unknown_origin,
        unnest([
            { 'variant': 'at_publication', 'day': day_at_publication },
            { 'variant': 'newest', 'day': day_newest }
        ], recursive := true)
    from wanted
    left join nowhere on true
),

coverage as (
    select * from {{ ref('int_coverage_in_force').identifier }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

{% for name, endpoint, unit, counts in datasets -%}
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
        {{ counts | join(', ') }}
    from {{ ref('fct_' ~ name ~ '_' ~ level ~ '_history').identifier }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{{ name }} as (
    {%- for rows_are in ['wanted', 'peers', 'beside'] %}
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.measure,
        inputs.variant,
        inputs.day,
        {%- if rows_are == 'beside' %}
        if(history.origin = '-', 'beside', 'unknown') as rows_are,
        {%- else %}
        '{{ rows_are }}' as rows_are,
        {%- endif %}
        history.* {%- if rows_are == 'beside' %} replace (inputs.origin as origin){% endif %}
    from inputs
    inner join {{ name }}_history as history
        on
            inputs.reference_year = history.reference_year
            and inputs.counting_unit = history.counting_unit
            {%- if rows_are == 'peers' %}
            and history.origin = if(inputs.origin = '?', history.origin, inputs.origin)
            and history.asylum = if(inputs.asylum = '?', history.asylum, inputs.asylum)
            and if(inputs.origin = '?', history.origin, history.asylum) <> '-'
            {%- else %}
            and history.origin
            in ({{ 'inputs.origin' if rows_are == 'wanted' else "'-', inputs.unknown_origin" }})
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
-- Demographics have no totals: they are added up here.
demographics as (
    select
        inputs.document_id,
        inputs.claim_id,
        inputs.input_role,
        inputs.measure,
        inputs.counting_unit,
        inputs.variant,
        inputs.day,
        'wanted' as rows_are,
        if(inputs.origin = '-', '-', history.origin_unhcr_code) as origin,
        if(inputs.asylum = '-', '-', history.asylum_unhcr_code) as asylum,
        inputs.reference_year,
        history.reference_date,
        history.is_provisional,
        cast(null as boolean) as are_pairs_complete,
        history.coverage_id,
        {{ demographic_measures() | join(', ') }}
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

rows_found as (
    {%- for name, _, _, _ in datasets %}
    select * from {{ name }}
    union all by name
    {%- endfor %}
    select * from demographics
),

valued as (
    select
        *,
        case measure
            {%- for measure in measures %}
            when '{{ measure }}'
                then
                    {%- if measure == 'host_community_stock' %}
                    if(day < host_community_stock_known_from, null, {{ measure }})
                    {%- else %} {{ measure }}
                    {%- endif %}
            {%- endfor %}
        end as figure
    from rows_found
),

begun as (
    select
        valued.*,
        case
            when valued.origin = '-' and valued.asylum = '-' then measures.first_year
            when valued.origin = '-' then measures.first_asylum_year
            when valued.asylum = '-' then measures.first_origin_year
            else greatest(measures.first_asylum_year, measures.first_origin_year)
        end as first_year
    from valued
    left join measures on valued.measure = measures.measure
),

placed as (
    select
        *,
        reference_year < first_year and (figure = 0 or rows_are in ('beside', 'unknown')) as is_before_series
    from begun
),

known as (
    select
        * replace (if(is_before_series, null, figure) as figure),
        if(is_before_series, first_year, null) as series_begins
    from placed
),

summed as (
    select
        document_id,
        claim_id,
        input_role,
        measure,
        counting_unit,
        variant,
        day,
        rows_are,
        origin,
        asylum,
        reference_year,
        cast(sum(figure) as double) as figure,
        any_value(series_begins) as series_begins,
        {%- for part in decision_measures()[:3] %}
        sum({{ part }}) as {{ part }},
        {%- endfor %}
        any_value(reference_date) as reference_date,
        bool_or(is_provisional) as is_provisional,
        bool_and(are_pairs_complete) as are_pairs_complete,
        any_value(coverage_id) as coverage_id
    from known
    group by all
),

final as (
    select
        summed.document_id,
        summed.claim_id,
        summed.input_role,
        summed.measure,
        summed.counting_unit,
        summed.origin,
        summed.asylum,
        summed.reference_year,
        {%- for variant in ['at_publication', 'newest'] %}
        any_value({
            'figure': case summed.measure
                when 'refugee_recognition_rate' then 100 * {{ refugee_recognition_rate() }}
                when 'total_protection_rate' then 100 * {{ total_protection_rate() }}
                else summed.figure
            end,
            'reference_date': summed.reference_date,
            'is_provisional': summed.is_provisional,
            'are_pairs_complete': summed.are_pairs_complete,
            'release_id': coverage.release_id,
            'snapshot_id': coverage.snapshot_id,
            'retrieved_at': coverage.retrieved_at
        }) filter (where summed.variant = '{{ variant }}' and summed.rows_are in ('wanted', 'peers'))
            as {{ variant }},
        {%- endfor %}
        any_value(summed.figure) filter (where summed.rows_are = 'beside')
        - coalesce(any_value(summed.figure) filter (where summed.rows_are = 'unknown'), 0) as reported_beside,
        any_value(summed.figure) filter (where summed.rows_are = 'unknown') as unknown_beside,
        any_value(summed.series_begins) as series_begins
    from summed
    left join coverage
        on
            summed.coverage_id = coverage.coverage_id
            and {{ stood_on('summed.day', 'coverage') }}
    group by all
)

select * from final
