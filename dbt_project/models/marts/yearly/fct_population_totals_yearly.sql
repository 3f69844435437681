{%- set aggregates = [] -%}
{%- for measure in population_stocks() + population_flows() -%}
    {%- do aggregates.append((measure, total(measure))) -%}
{%- endfor -%}
{%- do aggregates.append(
    ('unknown_count', 'count(*) filter (where asylum_seekers_stock is null)')
) -%}
{{ totals_by_country('int_population_in_force', [], aggregates) }}
