{#- How claims and their figures are put into words. -#}

{#- A figure for people: a whole number without a decimal point. -#}
{% macro figure_text(value) -%}
    case
        when {{ value }} = round({{ value }}) then format('{:,}', cast(round({{ value }}) as bigint))
        when abs({{ value }}) >= 10 then format('{:,.1f}', {{ value }})
        else format('{:,.2f}', {{ value }})
    end
{%- endmacro %}

{#- Whether a claim adds figures of several years up: of stocks, a person counts once for each year. -#}
{% macro adds_stocks_up(claim='') -%}
    (
        ({{ claim }}kind in ('sum', 'threshold_year') and {{ claim }}to_year > {{ claim }}from_year)
        or (
            {{ claim }}is_compared_with_base
            and (
                {{ claim }}to_year > {{ claim }}from_year
                or {{ claim }}base_to_year > {{ claim }}base_from_year
            )
        )
    )
{%- endmacro %}

{#- A difference with its sign. -#}
{% macro signed_text(value) -%}
    if({{ value }} < 0, '−', '+') || {{ figure_text('abs(' ~ value ~ ')') }}
{%- endmacro %}

{#- What is claimed: the value, and the lowest where there are two, in the words of the claim's kind. -#}
{% macro claim_text(value, low, prefix='') -%}
    replace(replace(replace(replace(replace(
        {{ prefix }}shown_as,
        '{value}', {{ figure_text(value) }}),
        '{whole}', cast(cast({{ value }} as bigint) as varchar)),
        '{low}', coalesce({{ figure_text(low) }}, '')),
        '{threshold}', coalesce({{ figure_text(prefix ~ 'threshold_low') }}, '')),
        '{count_of}', coalesce({{ prefix }}count_of, ''))
{%- endmacro %}

{#- Of how many of a claim's years something is known, where that is not all. -#}
{% macro known_years_text(known_years, claim) -%}
    if(
        {{ known_years }} < {{ claim }}.to_year - {{ claim }}.from_year + 1,
        ' (known for ' || {{ known_years }} || ' of '
        || ({{ claim }}.to_year - {{ claim }}.from_year + 1) || ' years)',
        ''
    )
{%- endmacro %}
