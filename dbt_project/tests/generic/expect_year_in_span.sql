{#- No year before the dataset is known to begin (reference seed `measures`), none after it was fetched.
    It warns: an older year is taken, and one that cannot be is held back before it comes here. -#}
{% test expect_year_in_span(model, endpoint, retrieved_at='retrieved_at') %}
{{ config(severity='warn') }}
select *
from {{ model }}
where
    reference_year < (
        select min(first_year) from {{ ref('measures') }} where endpoint = '{{ endpoint }}'
    )
    or reference_year > year({{ retrieved_at }})
{% endtest %}
