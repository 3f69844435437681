{#- How a model becomes a table: in one transaction, the old one dropped and the new one made.

    dbt-duckdb's own way, which knows databases that cannot do that, makes the table under another
    name, then renames the old one, the new one and drops the old one: four more statements a model, each
    of which looks through a catalogue of some thousand columns. -#}
{% materialization table, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none %}
        {{ drop_relation_if_exists(existing) }}
    {%- endif %}
    {%- call statement('main') -%}
        {{ create_table_as(False, relation, compiled_code) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- call statement('comments') -%}
        comment on table {{ relation }} is {{ duckdb_escape_comment(model.description) }};
        {{ alter_column_comment(relation, model.columns) }}
    {%- endcall %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- The comments of a relation's columns. A column that is described and is not there is an error. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
    {%- for name, column in column_dict.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) }}
        is {{ duckdb_escape_comment(column['description']) }};
    {%- endfor %}
{%- endmacro %}
