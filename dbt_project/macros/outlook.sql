{#- How a mid-year stock is carried on to the end of the year: the method of docs/outlook.md. Used by
    the models called int_year_end_* alone. -#}

{#- The stocks there is an outlook for. -#}
{% macro outlook_measures() -%}
    {{ return(['asylum_seekers_stock', 'refugees_stock']) }}
{%- endmacro %}

{#- Stocks of one size move alike, in proportion; small ones are rounded by UNHCR. -#}
{% macro size_class(stock) -%}
    case
        when {{ stock }} < 10 then '1 to 9'
        when {{ stock }} < 100 then '10 to 99'
        when {{ stock }} < 1000 then '100 to 999'
        when {{ stock }} < 10000 then '1,000 to 9,999'
        else '10,000 and more'
    end
{%- endmacro %}

{#- An unchanged value is taken for one carried forward from this many persons on. -#}
{% macro is_repeated(stock, stock_before) -%}
    ({{ stock }} >= {{ var('carried_forward_from') }} and {{ stock }} = {{ stock_before }})
{%- endmacro %}

{#- Half a year's growth, as a logarithm: of stocks large enough for it to mean something, counted up
    to a doubling or a halving. Zero for a carried-forward stock. -#}
{% macro half_year_growth(stock, stock_before) -%}
    case
        when least({{ stock }}, {{ stock_before }}) >= {{ var('carried_forward_from') }}
            then ln(least(2, greatest(0.5, {{ fraction(stock, stock_before) }})))
    end
{%- endmacro %}
