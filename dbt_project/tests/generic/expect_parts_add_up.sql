{#- The parts add up to the total, unknown parts left aside; an unknown total is no failure. -#}
{% test expect_parts_add_up(model, parts, total) %}
select *
from {{ model }}
where
    {{ total }} <> {% for part in parts %}{{ ' + ' if not loop.first }}coalesce({{ part }}, 0){% endfor %}
{% endtest %}
