{#- Where there is a code, `dim_country` has it, in each of these columns. -#}
{% test expect_known_countries(model, columns) %}
{%- for column in columns %}
select
    '{{ column }}' as column_name,
    {{ column }} as unknown_code
from {{ model }}
where {{ column }} is not null and {{ column }} not in (select unhcr_code from {{ ref('dim_country') }})
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}
