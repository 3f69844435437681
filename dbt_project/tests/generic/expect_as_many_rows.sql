{#- The model has as many rows as another: nothing lost and nothing doubled on the way. -#}
{% test expect_as_many_rows(model, to) %}
select
    row_count,
    expected
from (select count(*) as row_count from {{ model }})
cross join (select count(*) as expected from {{ to }})
where row_count <> expected
{% endtest %}
