{%- set codes = ['dec_level', 'counting_unit'] -%}
{%- set aggregates = decision_aggregates() -%}
with in_force as (
    select * from {{ ref('int_asylum_decisions_in_force') }}
),

sums as (
    {{ sums_by_country('in_force', codes, aggregates) }}
),

final as (
    {{ control_or_pairs('sums', codes, aggregates | map('first')) }}
)

select * from final
