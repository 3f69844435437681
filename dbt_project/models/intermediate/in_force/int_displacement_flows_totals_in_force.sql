{%- set codes = [] -%}
{%- set aggregates = sums_of(flow_measures()) -%}
with in_force as (
    select * from {{ ref('int_displacement_flows_in_force') }}
),

sums as (
    {{ sums_by_country('in_force', codes, aggregates) }}
),

final as (
    {{ control_or_pairs('sums', codes, aggregates | map('first')) }}
)

select * from final
