{%- set aggregates = [] -%}
{%- for measure in decision_measures() -%}
    {%- do aggregates.append((measure, total(measure))) -%}
{%- endfor -%}
{%- do aggregates.append(('unknown_count', unknown_decisions())) -%}
{{ totals_by_country('int_asylum_decisions_in_force', ['dec_level', 'counting_unit'], aggregates) }}
