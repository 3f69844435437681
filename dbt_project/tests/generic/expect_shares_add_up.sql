{#- In each group the shares add up to 1, to the precision of floating point. -#}
{% test expect_shares_add_up(model, columns, group_by, where='true') %}
select
    {{ group_by | join(', ') }},
    sum({% for column in columns %}{{ ' + ' if not loop.first }}coalesce({{ column }}, 0){% endfor %}) as shares
from {{ model }}
where {{ where }}
group by {{ group_by | join(', ') }}
having abs(shares - 1) > 1e-9
{% endtest %}
