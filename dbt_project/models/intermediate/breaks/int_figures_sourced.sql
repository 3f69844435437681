-- The release that each figure of a country of asylum is from, in the measures whose breaks are followed,
-- at each vintage.
with figures as (
    select * from {{ ref('int_figures_of_hosts') }}
),

applications as (
    select * from {{ ref('int_first_applications_of_hosts') }}
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
)

select * from final
