{%- set always = ['kind', 'measure', 'counting_unit', 'from_year', 'to_year'] -%}
{%- set figures = [
    'stated_value', 'stated_low', 'stated_high', 'threshold_low', 'threshold_high', 'tolerance', 'per'
] -%}
{%- set words = [
    'origin', 'asylum', 'base_measure', 'base_from_year', 'base_to_year', 'relation', 'among', 'share_of',
    'count_of', 'wording', 'read_as', 'reading'
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

cells as (
    select
        document_id,
        claim_id,
        kind,
        coalesce(stated_value, stated_low, stated_high) is null as states_nothing,
        kind in ('level', 'sum', 'range', 'difference')
        and measure not in ('refugee_recognition_rate', 'total_protection_rate') as is_of_people,
        unnest([
            {%- for column in always + figures + words %}
            {
                'column_name': '{{ column }}',
                'cell': cast({{ column }} as varchar),
                'is_needed': {{ column in always }},
                'is_figure': {{ column in figures }}
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
            when
                cells.is_figure and cells.cell is not null
                and {{ stated_number('cells.cell') }} is null
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

problems as (
    select * from checked
    where problem is not null
    union all by name
    select
        document_id,
        claim_id,
        column_name,
        '''' || term || ''' is not ' || if(
            is_measure,
            'a measure of the warehouse, such as asylum_seekers_stock',
            'the code of a country, such as CHN, nor a group or a region'
        ) || coalesce(': write ' || array_to_string(near, ' or '), '') as problem
    from {{ ref('int_claim_terms_unknown') }}
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
    select
        claims.*,
        refused.refused_because
    from claims
    left join refused
        on claims.document_id = refused.document_id and claims.claim_id = refused.claim_id
)

select * from final
