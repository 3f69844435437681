-- The release that each figure of a country of asylum is from, in the measures whose breaks are followed,
-- at each vintage.
with figures as (
    select * from {{ ref('int_figures_of_hosts') }}
),

applications as (
    select * from {{ ref('int_first_applications_of_hosts') }}
),

decisions as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from,
        {%- for column in lineage_columns() %}
        any_value({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_asylum_decisions_in_force') }}
    where row_kind = 'pair'
    group by asylum_unhcr_code, reference_year, valid_from
),

final as (
    select
        asylum_unhcr_code,
        measure,
        reference_year,
        valid_from,
        {{ columns(lineage_columns()[:-1]) }}
        retrieved_at
    from figures
    union all by name
    select
        asylum_unhcr_code,
        'applications_new' as measure,
        reference_year,
        valid_from,
        {{ columns(lineage_columns()[:-1]) }}
        retrieved_at
    from applications
    union all by name
    select
        *,
        'decisions_total' as measure
    from decisions
)

select * from final
