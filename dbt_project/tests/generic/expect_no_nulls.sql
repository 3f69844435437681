{#- Each of these columns is known in every row. -#}
{% test expect_no_nulls(model, columns) %}
select *
from {{ model }}
where {% for column in columns %}{{ 'or ' if not loop.first }}{{ column }} is null {% endfor %}
{% endtest %}
