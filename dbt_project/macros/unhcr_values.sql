{#- How the API writes things, and what we make of them. Used by staging alone. -#}

{#- A count: an integer, "0", or "-" for not applicable or not collected, which is NULL. Any other
    text is an error, never a guess. -#}
{% macro unhcr_count(column) -%}
    case
        when {{ column }} = '-' then null
        when regexp_full_match({{ column }}, '[0-9]+') then cast({{ column }} as bigint)
        when {{ column }} is not null
            then error('{{ column }}: not a count, which is an integer, "0" or "-": "' || {{ column }} || '"')
    end
{%- endmacro %}

{#- Free text: surrounding white space goes, nothing left is NULL. -#}
{% macro unhcr_text(column) -%}
    nullif(trim({{ column }}, e' \t\r\n'), '')
{%- endmacro %}

{#- UNHCR's own code of a country; "-" marks a summed dimension and is NULL. -#}
{% macro unhcr_code(column) -%}
    nullif({{ unhcr_text(column) }}, '-')
{%- endmacro %}

{#- ISO 3166-1 alpha-3, three capital letters or nothing. Stateless, unknown and Tibetan have none,
    whatever stands in the column: the API gives them XXA, UNK and TIB at one place and nothing at
    another. UNHCR's own code stands in for a missing one at some rows (AB9); it is not let in. -#}
{% macro unhcr_iso3(iso_column, code_column) -%}
    case
        when {{ code_column }} in ('STA', 'UKN', 'TIB') then null
        else nullif(regexp_extract(trim({{ iso_column }}), '^[A-Z]{3}$'), '')
    end
{%- endmacro %}

{#- Identity of both countries of a row, and what kind of row it is: the one place where a summed
    row is told from a pair. -#}
{% macro unhcr_identity() -%}
    case
        when coo = '-' and coa = '-' then 'world_total'
        when coo = '-' then 'asylum_total'
        when coa = '-' then 'origin_total'
        else 'pair'
    end as row_kind,
    {{ unhcr_code('coo') }} as origin_unhcr_code,
    {{ unhcr_iso3('coo_iso', 'coo') }} as origin_iso3,
    nullif({{ unhcr_text('coo_name') }}, '-') as origin_name,
    {{ unhcr_code('coa') }} as asylum_unhcr_code,
    {{ unhcr_iso3('coa_iso', 'coa') }} as asylum_iso3,
    nullif({{ unhcr_text('coa_name') }}, '-') as asylum_name,
    cast(year as integer) as reference_year
{%- endmacro %}

{#- The years in a text such as "2015", "2019 - 2022" or a list of such, as a list; empty where it has none. -#}
{% macro years_in(text) -%}
    list_sort(list_distinct(flatten(list_transform(
        regexp_extract_all({{ text }}, '\b(?:19|20)\d\d\b(?:\s*[-–]\s*(?:19|20)\d\d\b)?'),
        lambda span: generate_series(cast(left(span, 4) as integer), cast(right(span, 4) as integer))
    ))))
{%- endmacro %}

{#- Where a row came from. -#}
{% macro unhcr_lineage() -%}
    _snapshot_id as snapshot_id,
    _slice as slice,
    _row_number as row_number
{%- endmacro %}
