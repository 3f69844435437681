{#- No two rows share these columns. NULL counts as a value: a row without a country is one row. -#}
{% test expect_unique_grain(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
