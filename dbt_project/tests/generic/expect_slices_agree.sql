{#- The kind of row, which "-" shows, agrees with the query it came from. -#}
{% test expect_slices_agree(model) %}
select *
from {{ model }}
where
    row_kind <> case slice
        when 'pairs' then 'pair'
        when 'by_origin' then 'origin_total'
        when 'by_asylum' then 'asylum_total'
        else 'world_total'
    end
{% endtest %}
