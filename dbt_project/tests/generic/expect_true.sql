{#- The statement holds in every row where it can be decided. -#}
{% test expect_true(model, statement, where='true') %}
select *
from {{ model }}
where ({{ where }}) and not ({{ statement }})
{% endtest %}
