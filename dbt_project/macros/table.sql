{#- How a model becomes a table: in one transaction and by one call, the old one dropped and the new one made.

    dbt-duckdb's own way, which knows databases that cannot do that, makes the table under another
    name, then renames the old one, the new one and drops the old one: four more statements a model, each
    of which looks through a catalogue of some thousand columns.

    parts: `of` and `by` of the configuration, a model or seed that this one stands on and its column. The table
    is made in parts, each of so many values of the column as `part_rows` rows of that model have, where the
    model's SQL asks whether a key is `in_part`: so its memory does not grow with the figures. Where all rows of
    another model, `each`, are read for each value, those count: `rows` of them make a part. -#}
{% materialization table, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- for first, next in parts_of(config.get('parts')) %}
        {%- call statement('main') -%}
            {%- if loop.first and existing is not none %}
            drop {{ existing.type }} {{ existing }};
            {%- endif %}
            set variable part_first = {{ first }};
            set variable part_next = {{ next }};
            {%- if loop.first %}
            {{ create_table_as(False, relation, compiled_code) }}
            {%- else %}
            insert into {{ relation }} {{ compiled_code }}
            ;
            {%- endif %}
            {%- if loop.last %}
            {{ comments(relation) }}
            {%- endif %}
        {%- endcall %}
    {%- endfor %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- How a model becomes a view: likewise, where dbt's own way renames two views and drops one. -#}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {%- if existing is not none %}
        drop {{ existing.type }} {{ existing }};
        {%- endif %}
        {{ create_view_as(relation, compiled_code) }}
        {{ comments(relation) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#- The comments of the relation of a model, and of its columns. -#}
{% macro comments(relation) -%}
    comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(model.description) }};
    {{ alter_column_comment(relation, model.columns) }}
{%- endmacro %}

{#- The comments of a relation's columns. A column that is described and is not there is an error. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
    {%- for name, column in column_dict.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) }}
        is {{ duckdb_escape_comment(column['description']) }};
    {%- endfor %}
{%- endmacro %}

{#- Whether a key is in the part of a table that is being made; always, where it is made in one:
    DuckDB then takes both conditions out, and plans as if they were not there. -#}
{% macro in_part(key) -%}
    (getvariable('part_first') is null or {{ key }} >= getvariable('part_first'))
    and (getvariable('part_next') is null or {{ key }} < getvariable('part_next'))
{%- endmacro %}

{#- The table of a model or seed, in SQL. Not by `ref`: it need not be one that this model reads itself. -#}
{% macro made_as(name) -%}
    {%- set unique = model.package_name ~ '.' ~ name -%}
    {%- set node = graph.nodes.get('model.' ~ unique) or graph.nodes['seed.' ~ unique] -%}
    {{ adapter.quote(node.schema) }}.{{ adapter.quote(node.alias) }}
{%- endmacro %}

{#- The bounds of the parts that a table is made in, as SQL: the first key of each, and that of the next. -#}
{% macro parts_of(parts) -%}
    {%- set firsts = [] -%}
    {%- if parts -%}
        {%- set rows = '(select count(*) from ' ~ made_as(parts.each) ~ ')' if parts.each else 'count(*)' -%}
        {%- set query -%}
            select concat('''', replace(cast(min(key) as varchar), '''', ''''''), '''')
            from (
                select
                    {{ parts.by }} as key,
                    sum({{ rows }}) over (order by {{ parts.by }}) // {{ parts.rows or var('part_rows') }} as part
                from {{ made_as(parts.of) }}
                group by {{ parts.by }}
            )
            group by part
            order by part
        {%- endset -%}
        {%- do firsts.extend(run_query(query).columns[0].values()[1:]) -%}
    {%- endif -%}
    {{ return(zip(['null'] + firsts, firsts + ['null'])) }}
{%- endmacro %}
