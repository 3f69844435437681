{%- set always = ['kind', 'measure', 'counting_unit', 'from_year', 'to_year'] -%}
{%- set stated = ['stated_value', 'stated_low', 'stated_high'] -%}
{%- set figures = stated + ['threshold_low', 'threshold_high', 'tolerance', 'per'] -%}
{%- set sides = ['origin', 'asylum', 'base_origin', 'base_asylum'] -%}
{%- set words = [
    'base_measure', 'base_from_year', 'base_to_year', 'relation', 'among', 'share_of', 'count_of', 'wording',
    'read_as', 'reading'
] -%}
-- Claims with what is wrong with how they are written, where something is: figures, countries, measures and
-- words that cannot be read, and columns that their kind needs. `asylum audit` refuses these and more before
-- it asks (warehouse/reference/claims.py); who asks with a table of their own is told in its explanation.
with claims as (
    select * from query_table(published_claims)
),

kinds as (
    select * from {{ ref('claim_kinds').identifier }}
),

choices as (
    select
        column_name,
        list(choice order by sort_order) as choices
    from {{ ref('claim_choices').identifier }}
    group by column_name
    union all
    select
        'kind' as column_name,
        list(kind order by sort_order) as choices
    from kinds
),

-- Measures, and what stands for countries.
known as (
    {%- for is_measure, term, source in [
        (true, 'measure', ref('int_claim_measures_combined')),
        (true, 'measure', ref('measure_sums').identifier),
        (false, 'country_code', ref('dim_country').identifier),
        (false, 'unhcr_code', ref('special_origins').identifier),
        (false, 'group_id', ref('dim_country_group').identifier),
        (false, region_group('unhcr_region'), ref('dim_country').identifier),
        (false, region_group('un_region'), ref('dim_country').identifier),
    ] %}
    select
        {{ is_measure }} as is_measure,
        {{ term }} as term
    from {{ source }}
    {{- '
    union' if not loop.last }}
    {%- endfor %}
),

cells as (
    select
        document_id,
        claim_id,
        kind,
        coalesce(stated_value, stated_low, stated_high) is null as states_nothing,
        kind in ('level', 'sum', 'range', 'difference')
        and measure not in ('refugee_recognition_rate', 'total_protection_rate') as is_of_people,
        unnest([
            {%- for column in always + figures + words + sides %}
            {
                'column_name': '{{ column }}', 'cell': cast({{ column }} as varchar),
                'is_needed': {{ column in always }}, 'is_figure': {{ column in figures }},
                'is_place': {{ column in sides }}, 'is_measure': {{ column in ['measure', 'base_measure'] }}
            }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from claims
),

checked as (
    select
        cells.document_id,
        cells.claim_id,
        cells.column_name,
        case
            when
                cells.cell is null
                and (
                    cells.is_needed
                    or list_contains(string_split(kinds.needed_columns, ' '), cells.column_name)
                    or (cells.column_name = 'stated_value' and kinds.must_state and cells.states_nothing)
                )
                then 'a claim of this kind needs it'
            when
                cells.column_name = 'wording' and cells.cell is not null
                and not list_contains(string_split(coalesce(kinds.allowed_columns, ''), ' '), 'wording')
                then 'a claim of this kind does not use it; leave it empty'
            when not list_contains(choices.choices, cells.cell)
                then '''' || cells.cell || ''' is not one of ' || array_to_string(choices.choices, ', ')
            when cells.is_figure and cells.cell is not null and {{ stated_number('cells.cell') }} is null
                then '''' || cells.cell || ''' is not a number, such as 1,158,739 or 2.75 million'
            -- It may be another language's 178,725.
            when
                cells.is_of_people and cells.column_name like 'stated%'
                and abs({{ stated_number('cells.cell') }} - round({{ stated_number('cells.cell') }})) > 1e-6
                then cells.cell || ' is no number of people, such as 178,725 or 178.7 thousand'
        end as problem
    from cells
    left join choices on cells.column_name = choices.column_name
    left join kinds on cells.kind = kinds.kind
),

-- Told with + between them. Three capital letters may be a country's whose figures are not loaded.
terms as (
    select
        *,
        unnest(string_split(cell, '+')) as term
    from cells
    where is_measure or is_place
),

problems as (
    select * from checked
    where problem is not null
    union all by name
    select
        terms.document_id,
        terms.claim_id,
        terms.column_name,
        '''' || terms.term || ''' is not ' || if(
            terms.is_measure,
            'a measure of the warehouse, such as asylum_seekers_stock',
            'the code of a country, such as CHN, nor a group or a region'
        ) as problem
    from terms
    left join known on terms.is_measure = known.is_measure and terms.term = known.term
    where
        known.term is null
        and (terms.is_measure or not regexp_full_match(terms.term, '[*]|top:[1-9][0-9]?|[A-Z]{3}'))
),

refused as (
    select
        document_id,
        claim_id,
        string_agg(column_name || ': ' || problem, '; ' order by column_name, problem) as refused_because
    from problems
    group by document_id, claim_id
),

final as (
    select * from claims
    left join refused using (document_id, claim_id)
)

select * from final
