{{ config(materialized='view') }}
{%- set measures = abroad_stocks() + ['new_asylum_claims', 'applications_new'] -%}
-- Stocks, new asylum claims and new applications of each origin and country of asylum, at each vintage, and
-- what the pairs leave of the origin's total (`not_itemised`), so that shares are right where only some pairs
-- are known.
with population as (
    select
        *,
        'persons' as counting_unit
    from {{ ref('int_population_in_force') }}
    where row_kind = 'pair' and {{ in_part('origin_unhcr_code') }}
),

applications as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        counting_unit,
        reference_year,
        valid_from,
        valid_to,
        any_value(reference_date) as reference_date,
        {{ total('applications', "app_type = 'N'") }} as applications_new,
        bool_or(is_provisional) as is_provisional,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from {{ ref('int_asylum_applications_in_force') }}
    where row_kind = 'pair' and {{ in_part('origin_unhcr_code') }}
    group by
        origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year, valid_from, valid_to
),

flows as (
    select
        *,
        'persons' as counting_unit
    from {{ ref('int_displacement_flows_in_force') }}
    where row_kind = 'pair' and new_asylum_claims is not null and {{ in_part('origin_unhcr_code') }}
),

population_totals as (
    select
        *,
        country_unhcr_code as origin_unhcr_code,
        'persons' as counting_unit
    from {{ ref('int_population_totals_in_force') }}
    where total_by = 'origin' and {{ in_part('country_unhcr_code') }}
),

application_totals as (
    select
        *,
        country_unhcr_code as origin_unhcr_code
    from {{ ref('int_asylum_applications_totals_in_force') }}
    where total_by = 'origin' and {{ in_part('country_unhcr_code') }}
),

flow_totals as (
    select
        *,
        country_unhcr_code as origin_unhcr_code,
        'persons' as counting_unit
    from {{ ref('int_displacement_flows_totals_in_force') }}
    where total_by = 'origin' and {{ in_part('country_unhcr_code') }}
),

pairs as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        'pair' as row_kind,
        counting_unit,
        reference_year,
        valid_from,
        coalesce(population.valid_to, applications.valid_to, flows.valid_to) as valid_to,
        coalesce(population.reference_date, applications.reference_date, flows.reference_date)
            as reference_date,
        population.refugees_stock,
        population.asylum_seekers_stock,
        population.oip_stock,
        flows.new_asylum_claims,
        applications.applications_new,
        {{ side_by_side('population', 'applications', 'flows') }}
    from population
    full outer join applications
        using (origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year, valid_from)
    full outer join flows
        using (origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year, valid_from)
),

totals as (
    select
        origin_unhcr_code,
        counting_unit,
        reference_year,
        valid_from,
        coalesce(population_totals.valid_to, application_totals.valid_to, flow_totals.valid_to)
            as valid_to,
        coalesce(
            population_totals.reference_date, application_totals.reference_date,
            flow_totals.reference_date
        ) as reference_date,
        population_totals.refugees_stock as refugees_stock_total,
        population_totals.asylum_seekers_stock as asylum_seekers_stock_total,
        population_totals.oip_stock as oip_stock_total,
        flow_totals.new_asylum_claims as new_asylum_claims_total,
        application_totals.applications_new as applications_new_total,
        {%- for measure in measures %}
        {%- set relation = {
            'applications_new': 'application_totals', 'new_asylum_claims': 'flow_totals',
        }.get(measure, 'population_totals') %}
        {{ relation }}.{{ measure }} - coalesce({{ relation }}.pairs_{{ measure }}, 0)
            as {{ measure }}_left,
        {%- endfor %}
        {{ side_by_side('population_totals', 'application_totals', 'flow_totals') }}
    from population_totals
    full outer join application_totals
        using (origin_unhcr_code, counting_unit, reference_year, valid_from)
    full outer join flow_totals
        using (origin_unhcr_code, counting_unit, reference_year, valid_from)
),

not_itemised as (
    select
        origin_unhcr_code,
        cast(null as varchar) as asylum_unhcr_code,
        'not_itemised' as row_kind,
        {%- for measure in measures %}
        {{ measure }}_left as {{ measure }},
        {%- endfor %}
        * exclude (
            origin_unhcr_code,
            {%- for measure in measures %}
            {{ measure }}_total,
            {{ measure }}_left{{ ',' if not loop.last }}
            {%- endfor %}
        )
    from totals
    where
        {%- for measure in measures %}
        {{ 'or ' if not loop.first }}{{ measure }}_left <> 0
        {%- endfor %}
),

rows_of_both_kinds as (
    select * from pairs
    union all by name
    select * from not_itemised
),

final as (
    select
        rows_of_both_kinds.*,
        totals.refugees_stock_total,
        totals.asylum_seekers_stock_total,
        totals.oip_stock_total,
        totals.new_asylum_claims_total,
        totals.applications_new_total
    from rows_of_both_kinds
    left join totals using (origin_unhcr_code, counting_unit, reference_year, valid_from)
)

select * from final
