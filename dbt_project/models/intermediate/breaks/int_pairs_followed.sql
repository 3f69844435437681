-- Figures above zero of the pairs whose breaks are followed, as a long list, at each vintage.
with population as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        is_provisional,
        unnest([
            { 'measure': 'asylum_seekers_stock', 'figure': asylum_seekers_stock },
            { 'measure': 'refugees_stock', 'figure': refugees_stock }
        ], recursive := true)
    from {{ ref('int_population_in_force') }}
    where row_kind = 'pair'
),

flows as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        is_provisional,
        'new_asylum_claims' as measure,
        new_asylum_claims as figure
    from {{ ref('int_displacement_flows_in_force') }}
    where row_kind = 'pair'
),

combined as (
    select * from population
    union all by name
    select * from flows
),

final as (
    select * from combined
    where figure > 0
)

select * from final
