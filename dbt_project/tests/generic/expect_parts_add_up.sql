{#- The parts add up to the total, unknown parts left aside; an unknown total is not held against them. -#}
{% test expect_parts_add_up(model, parts, total) %}
select *
from {{ model }}
where
    {{ total }} <> {% for part in parts %}{{ ' + ' if not loop.first }}coalesce({{ part }}, 0){% endfor %}
{% endtest %}
