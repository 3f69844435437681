{{ config(materialized='view') }}
{%- set datasets = {
    'population': population_stocks() + population_flows(),
    'applications': application_measures(),
    'decisions': decision_measures(),
    'flows': flow_measures(),
} -%}
-- Population, applications, decisions and flows of a country side by side, at each vintage: of a country of
-- origin over all countries of asylum, the other way round, and of the world. Stocks are persons, so they
-- stand in the row of persons alone; a row of cases is there where applications or decisions were counted
-- in cases.
with population as (
    select
        *,
        'persons' as counting_unit
    from {{ ref('int_population_totals_in_force') }}
),

applications as (
    select * from {{ ref('int_asylum_applications_totals_in_force') }}
),

decisions as (
    select
        total_by,
        country_unhcr_code,
        counting_unit,
        reference_year,
        valid_from,
        valid_to,
        {%- for measure in decision_measures() %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        {{ total('unknown_count') }} as unknown_count,
        case
            when count(distinct total_source) = 1 then any_value(total_source)
            else 'mixed'
        end as total_source,
        any_value(reference_date) as reference_date,
        bool_or(is_provisional) as is_provisional,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from {{ ref('int_asylum_decisions_totals_in_force') }}
    group by total_by, country_unhcr_code, counting_unit, reference_year, valid_from, valid_to
),

flows as (
    select
        *,
        'persons' as counting_unit,
        cast(null as bigint) as unknown_count
    from {{ ref('int_displacement_flows_totals_in_force') }}
),

-- Which countries of asylum are missing: also of an origin of which the others have nobody.
missing as (
    select
        *,
        'persons' as counting_unit
    from {{ ref('int_flow_reporters_missing') }}
),

-- Every country and year of which a total is known has its row of persons, so that a reader who asks for
-- persons misses none.
spine as (
    {%- for dataset in datasets %}
    select
        total_by,
        country_unhcr_code,
        unnest(['persons', counting_unit]) as counting_unit,
        reference_year,
        valid_from,
        valid_to
    from {{ dataset }}
    where total_source is distinct from 'not_available'
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

joined as (
    select
        spine.*,
        coalesce(
            population.reference_date, applications.reference_date, decisions.reference_date,
            flows.reference_date,
            make_date(spine.reference_year, 12, 31)
        ) as reference_date,
        {%- for dataset, measures in datasets.items() %}
        {{ columns(measures, dataset ~ '.') }}
        {{ dataset }}.unknown_count
            as {{ 'asylum_seekers' if dataset == 'population' else dataset }}_unknown_count,
        {{ dataset }}.total_source as {{ dataset }}_total_source,
        {{ dataset }}.release_id as {{ dataset }}_release_id,
        coalesce({{ dataset }}.is_provisional, false) as is_{{ dataset }}_provisional,
        {%- endfor %}
        {%- for column in ['missing_asylum_count', 'missing_year_before'] %}
        coalesce(
            missing.new_asylum_claims_{{ column }},
            if(spine.total_by <> 'asylum' and flows.counting_unit is not null, 0, null)
        ) as new_asylum_claims_{{ column }},
        {%- endfor %}
        coalesce(flows.is_world_covered, false) as is_flows_world_covered,
        coalesce(population.is_world_covered, false) as is_population_world_covered,
        coalesce(applications.is_world_covered, false) as is_applications_world_covered,
        {%- for column in lineage_columns() %}
        coalesce(
            population.{{ column }}, applications.{{ column }}, decisions.{{ column }}, flows.{{ column }}
        )
            as {{ column }}_found{{ ',' if not loop.last }}
        {%- endfor %}
    from spine
    {%- for dataset in datasets.keys() | list + ['missing'] %}
    left join {{ dataset }}
        on
            spine.total_by = {{ dataset }}.total_by
            and spine.country_unhcr_code is not distinct from {{ dataset }}.country_unhcr_code
            and spine.counting_unit = {{ dataset }}.counting_unit
            and spine.reference_year = {{ dataset }}.reference_year
            and spine.valid_from = {{ dataset }}.valid_from
    {%- endfor %}
),

-- A row of persons that only cases know of says where the cases are from.
final as (
    select
        * exclude (release_id_found, snapshot_id_found, retrieved_at_found),
        is_population_provisional or is_applications_provisional or is_decisions_provisional
        or is_flows_provisional
            as is_provisional,
        {%- for column in lineage_columns() %}
        coalesce({{ column }}_found, max({{ column }}_found) over same_year)
            as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from joined
    window same_year as (partition by total_by, country_unhcr_code, reference_year, valid_from)
)

select * from final
