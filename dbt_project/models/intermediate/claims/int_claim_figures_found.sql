{%- set datasets = {
    'population': 'population', 'displacement-flows': 'displacement_flows', 'solutions': 'solutions',
    'asylum-applications': 'asylum_applications', 'asylum-decisions': 'asylum_decisions',
} -%}
-- The figures that a claim's inputs had at publication and have on the day that counts as now. A 0 of before
-- the first year of its series is none, and of who is not there then nothing is known. Beside a figure of an
-- origin, `reported_beside` is that of all known origins in the same countries of asylum, `unknown_beside`
-- that of unknown origin; `decisions_…` are those that a rate is a share of.
with rows_found as (
    select * from {{ ref('int_claim_rows_found') }}
    where rows_are <> 'other_unit'
),

coverage as (
    select * from {{ ref('int_coverage_in_force').identifier }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

-- Before its first year in a dataset nobody is told as from an origin, wherever they are.
origins as (
    {%- for endpoint, totals in datasets.items() %}
    select
        '{{ endpoint }}' as endpoint,
        country_unhcr_code as origin,
        min(reference_year) as first_year
    from {{ ref('fct_' ~ totals ~ '_totals_yearly_history').identifier }}
    where total_by = 'origin'
    group by country_unhcr_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

begun as (
    select
        rows_found.*,
        greatest(
            case
                when rows_found.origin = '-' and rows_found.asylum = '-' then measures.first_year
                when rows_found.origin = '-' then measures.first_asylum_year
                when rows_found.asylum = '-' then measures.first_origin_year
                else greatest(measures.first_asylum_year, measures.first_origin_year)
            end,
            if(rows_found.rows_are in ('beside', 'unknown'), origins.first_year, null)
        ) as first_year
    from rows_found
    left join measures on rows_found.measure = measures.measure
    left join origins on rows_found.origin = origins.origin and measures.endpoint = origins.endpoint
    -- Who is in another country says nothing of people in their own.
    where rows_found.rows_are not in ('beside', 'unknown') or not coalesce(measures.is_at_home, false)
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
        max(series_begins) as series_begins,
        {%- for part in decision_measures()[:3] %}
        sum({{ part }}) as {{ part }},
        {%- endfor %}
        max(reference_date) as reference_date,
        bool_or(is_provisional) as is_provisional,
        bool_and(are_pairs_complete) as are_pairs_complete,
        max(coverage_id) as coverage_id
    from known
    group by all
),

-- How many a figure is of: a rate is of substantive decisions.
counted as (
    select
        *,
        if(ends_with(measure, '_rate'), {{ substantive_decisions() }}, figure) as persons
    from summed
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
        any_value(summed.persons) filter (where summed.rows_are = 'unknown') as unknown_beside,
        any_value(summed.persons) filter (where summed.rows_are = 'beside') - coalesce(unknown_beside, 0)
            as reported_beside,
        {%- for variant in ['at_publication', 'newest'] %}
        any_value(summed.persons) filter (
            where
            ends_with(summed.measure, '_rate') and summed.variant = '{{ variant }}'
            and summed.rows_are in ('wanted', 'peers')
        ) as decisions_{{ variant }},
        {%- endfor %}
        any_value(summed.series_begins) as series_begins
    from counted as summed
    left join coverage
        on
            summed.coverage_id = coverage.coverage_id
            and {{ stood_on('summed.day', 'coverage') }}
    group by all
)

select * from final
