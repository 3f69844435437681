{%- set of_pairs = {
    'asylum_seekers_stock': ('int_population_in_force', 'asylum_seekers_stock'),
    'refugees_stock': ('int_population_in_force', 'refugees_stock'),
    'new_asylum_claims': ('int_displacement_flows_in_force', 'new_asylum_claims'),
    'palestine_refugees_stock': ('int_unrwa_in_force', 'palestine_refugees_stock'),
    'internally_displaced_stock': ('int_idmc_in_force', 'internally_displaced_stock'),
    'applications_new': ('int_asylum_applications_in_force', 'applications'),
    'decisions_total': ('int_asylum_decisions_in_force', 'decisions_total'),
} -%}
-- The release that each figure of a country of asylum is from, in the measures whose breaks are followed,
-- at each vintage.
with figures as (
    select * from {{ ref('int_figures_of_hosts') }}
),

-- Applications and decisions are followed by pair. Of others the pairs can be known where their sum is not: a
-- later release was asked for some of them alone.
pairs as (
    {%- for measure, (in_force, counted) in of_pairs.items() %}
    select
        asylum_unhcr_code,
        '{{ measure }}' as measure,
        reference_year,
        valid_from,
        {%- for column in lineage_columns() %}
        arg_max({{ column }}, (release_id, snapshot_id)) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(in_force) }}
    where
        row_kind = 'pair'
        and {{ counted }} is not null
        and (asylum_unhcr_code, reference_year, valid_from) not in (
            select (asylum_unhcr_code, reference_year, valid_from) from figures
            where measure = '{{ measure }}'
        )
    group by asylum_unhcr_code, reference_year, valid_from
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
    select * from pairs
)

select * from final
