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
    replace(replace(replace(replace(replace(replace(replace(
        {{ prefix }}shown_as,
        '{value}', {{ figure_text(value) }}),
        '{whole}', cast(cast({{ value }} as bigint) as varchar)),
        '{low}', coalesce({{ figure_text(low) }}, '')),
        '{threshold}', coalesce({{ figure_text(prefix ~ 'threshold_low') }}, '')),
        '{count_of}', coalesce({{ prefix }}count_of, '')),
        '{years}', cast({{ prefix }}to_year - {{ prefix }}from_year as varchar)),
        '{per}', coalesce({{ figure_text(prefix ~ 'per') }}, ''))
{%- endmacro %}

{#- Of how many of a claim's years something is known, where that is not all; of none, nothing is told. -#}
{% macro known_years_text(known_years, claim) -%}
    if(
        nullif({{ known_years }}, 0) < {{ claim }}.to_year - {{ claim }}.from_year + 1,
        ' (known for ' || {{ known_years }} || ' of '
        || ({{ claim }}.to_year - {{ claim }}.from_year + 1) || ' years)',
        ''
    )
{%- endmacro %}

{#- The number that a text states: 2.75 million, 1,158,739, 13 %, 1 in 67 (which is 1 / 67); or a number as
    it is. NULL where there is none. -#}
{% macro stated_number(text) -%}
    case
        when cast({{ text }} as varchar) like '1 in %'
            then 1 / cast(replace(substr(cast({{ text }} as varchar), 6), ',', '') as double)
        else
            cast(nullif(
                replace(regexp_extract(cast({{ text }} as varchar), '^(-?[0-9][0-9,]*([.][0-9]+)?)', 1), ',', ''), ''
            ) as double)
            * {{ stated_multiplier(text) }}
    end
{%- endmacro %}

{#- What the word behind a number multiplies it by. -#}
{% macro stated_multiplier(text) -%}
    case regexp_extract(cast({{ text }} as varchar), ' (thousand|million|billion)', 1)
        when 'thousand' then 1e3
        when 'million' then 1e6
        when 'billion' then 1e9
        else 1
    end
{%- endmacro %}

{#- One unit of the last digit that a text states: zeros at the end of a whole number are not stated, a zero
    behind the point is. Of 1 in N: of N. -#}
{% macro stated_unit(text) -%}
    {{ stated_multiplier(text) }} * pow(10, case
        when regexp_matches(cast({{ text }} as varchar), '[.][0-9]')
            then -length(regexp_extract(cast({{ text }} as varchar), '[.]([0-9]+)', 1))
        else
            length(regexp_extract(
                replace(replace(cast({{ text }} as varchar), '1 in ', ''), ',', ''), '[1-9](0*)([^0-9]|$)', 1
            ))
    end)
{%- endmacro %}

{#- The lowest figure that a stated one agrees with, by its wording. -#}
{% macro accepted_low() -%}
    case
        when is_one_in then 1 / (1 / stated_value + stated_value_unit / 2)
        else stated_value - case wording
            when 'plain' then stated_value_unit / 2
            when 'over' then 0
            when 'about' then stated_value_unit
            when 'nearly' then stated_value_unit
            when 'almost' then stated_value_unit
            when 'under' then stated_value_unit
            when 'equals' then 0.05 * abs(stated_value)
            when 'slightly_below' then 0.05 * abs(stated_value)
            when 'slightly_above' then 0
        end
    end
{%- endmacro %}

{#- The highest figure that a stated one agrees with, by its wording. -#}
{% macro accepted_high() -%}
    case
        when is_one_in then 1 / (1 / stated_value - stated_value_unit / 2)
        else stated_value + case wording
            when 'plain' then stated_value_unit / 2
            when 'over' then stated_value_unit
            when 'about' then stated_value_unit
            when 'nearly' then stated_value_unit / 2
            when 'almost' then stated_value_unit / 2
            when 'under' then 0
            when 'equals' then 0.05 * abs(stated_value)
            when 'slightly_below' then 0
            when 'slightly_above' then 0.05 * abs(stated_value)
        end
    end
{%- endmacro %}

{#- The name under which a claim names a region: unhcr_the_americas, un_europe. -#}
{% macro region_group(column) -%}
    '{{ column | replace("region", "") }}' || lower(replace({{ column }}, ' ', '_'))
{%- endmacro %}
