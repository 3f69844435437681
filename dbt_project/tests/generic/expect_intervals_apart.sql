{#- The intervals of a key do not overlap and end after they begin; where two meet, they differ in these
    values, if any are given. -#}
{% test expect_intervals_apart(model, key, values=[]) %}
with intervals as (
    select
        *,
        lead(valid_from) over same_key as next_from,
        lead(row({{ (values or ['true']) | join(', ') }})) over same_key as next_values
    from {{ model }}
    window same_key as (partition by {{ key }} order by valid_from)
)

select *
from intervals
where
    valid_to <= valid_from
    or next_from < coalesce(valid_to, 'infinity')
    {%- if values %}
    or (next_from = valid_to and next_values is not distinct from row({{ values | join(', ') }}))
    {%- endif %}
{% endtest %}
