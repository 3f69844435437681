{#- Where known, the column holds only values of a reference table; says which it does not know. -#}
{% test expect_known_values(model, column, to, field) %}
select
    {{ column }} as unknown_value,
    count(*) as row_count
from {{ model }}
where {{ column }} is not null and {{ column }} not in (select {{ field }} from {{ to }})
group by {{ column }}
{% endtest %}
