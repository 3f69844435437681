{%- set codes = [] -%}
{%- set aggregates = sums_of(['internally_displaced_stock']) -%}
with in_force as (
    select * from {{ ref('int_idmc_in_force') }}
),

sums as (
    {{ sums_by_country('in_force', codes, aggregates) }}
),

final as (
    {{ control_or_pairs('sums', codes, aggregates | map('first')) }}
)

select * from final
