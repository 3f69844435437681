{%- set counted_in_persons = [
    ('flows', 'int_displacement_flows_in_force', 'new_asylum_claims'),
    ('palestine_refugees', 'int_unrwa_in_force', 'palestine_refugees_stock'),
    ('internally_displaced', 'int_idmc_in_force', 'internally_displaced_stock'),
] -%}
{%- set counted_in_units = [
    ('first_applications', 'int_asylum_applications_in_force', 'applications_new', 'applications'),
    ('decisions', 'int_asylum_decisions_in_force', 'decisions_total', 'decisions_total'),
] -%}
-- Figures above zero of the pairs whose breaks are followed, as a long list, at each vintage. Persons and
-- cases are apart.
with population as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        is_provisional,
        'persons' as counting_unit,
        unnest([
            { 'measure': 'asylum_seekers_stock', 'figure': asylum_seekers_stock },
            { 'measure': 'refugees_stock', 'figure': refugees_stock }
        ], recursive := true)
    from {{ ref('int_population_in_force') }}
    where row_kind = 'pair'
),

{%- for name, in_force, measure in counted_in_persons %}
{{ name }} as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        is_provisional,
        'persons' as counting_unit,
        '{{ measure }}' as measure,
        {{ measure }} as figure
    from {{ ref(in_force) }}
    where row_kind = 'pair'
),
{% endfor %}
{%- for name, in_force, measure, counted in counted_in_units %}
{{ name }} as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        bool_or(is_provisional) as is_provisional,
        counting_unit,
        '{{ measure }}' as measure,
        {{ total(counted) }} as figure
    from {{ ref(in_force) }}
    where
        row_kind = 'pair'
        {%- if measure == 'applications_new' %} and app_type in {{ first_application_types() }}{% endif %}
    group by origin_unhcr_code, asylum_unhcr_code, reference_year, valid_from, counting_unit
),
{% endfor %}
combined as (
    select * from population
    union all by name
    {%- for name, _, _ in counted_in_persons %}
    select * from {{ name }}
    union all by name
    {%- endfor %}
    select * from first_applications
    union all by name
    select * from decisions
),

final as (
    select * from combined
    where figure > 0
)

select * from final
