{%- set apart = ['asylum_seekers_carried_forward_stock', 'asylum_seekers_revision_count'] -%}
{%- for measure in abroad_stocks() + ['displaced_abroad_stock', 'applications_new', 'new_asylum_claims'] -%}
    {%- do apart.append(measure ~ '_world_share') -%}
{%- endfor -%}
-- Figures of the whole world: known where every country was asked for.
with years as (
    select * from {{ ref('int_years_of_countries_history') }}
    where total_by = 'world'
),

final as (
    select
        years.counting_unit,
        {{ columns(country_year_columns() | reject('in', apart + distributed_columns()), 'years.') }}
        years.release_id,
        years.last_release_id,
        {%- for dataset in ['population', 'applications', 'decisions', 'flows'] %}
        years.{{ dataset }}_release_id,
        years.last_{{ dataset }}_release_id,
        {%- endfor %}
        years.last_snapshot_id as snapshot_id,
        years.last_retrieved_at as retrieved_at
    from years
)

select * from final
order by reference_year asc, counting_unit desc, valid_from asc
