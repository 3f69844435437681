{#- Where known, each of these columns lies between the bounds, both included; a bound may be left out. -#}
{% test expect_between(model, columns, minimum=none, maximum=none) %}
select *
from {{ model }}
where
    {%- for column in columns %}
    {{ 'or ' if not loop.first -}}
    (
        {{ column }} is not null and not (
            {{ column }} >= {{ minimum if minimum is not none else column }}
            and {{ column }} <= {{ maximum if maximum is not none else column }}
        )
    )
    {%- endfor %}
{% endtest %}
