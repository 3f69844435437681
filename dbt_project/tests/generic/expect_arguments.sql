{#- The model is a table function that is called with these arguments, in their order. -#}
{% test expect_arguments(model, names) %}
select '{{ model.identifier }}' as function_name
where
    not exists (
        select *
        from duckdb_functions()
        where function_name = '{{ model.identifier }}' and parameters = ['{{ names | join("', '") }}']
    )
{% endtest %}
