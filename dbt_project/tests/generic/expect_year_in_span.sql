{#- No year before the dataset begins (reference seed `measures`), none after it was fetched. -#}
{% test expect_year_in_span(model, endpoint, retrieved_at='retrieved_at') %}
select *
from {{ model }}
where
    reference_year < (
        select min(first_year) from {{ ref('measures') }} where endpoint = '{{ endpoint }}'
    )
    or reference_year > year({{ retrieved_at }})
{% endtest %}
