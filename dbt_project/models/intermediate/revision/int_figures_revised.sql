{%- set applications = [] -%}
{%- for measure, expression in application_aggregates() if measure != 'unknown_count' -%}
    {%- do applications.append((measure, expression)) -%}
{%- endfor -%}
{%- set datasets = [
    ('population', 'population', "'persons'", sums_of(population_stocks() + population_flows())),
    ('asylum_applications', 'asylum-applications', 'counting_unit', applications),
    ('asylum_decisions', 'asylum-decisions', 'counting_unit', sums_of(decision_measures())),
    ('solutions', 'solutions', "'persons'", sums_of(solution_measures())),
    ('idmc', 'idmc', "'persons'", sums_of(['internally_displaced_stock'])),
    ('unrwa', 'unrwa', "'persons'", sums_of(['palestine_refugees_stock'])),
] -%}
-- Each change of a figure from one release to the next, of every dataset but demographics, whose bands
-- are parts of what population says.
with
{%- for name, endpoint, unit, aggregates in datasets %}
{{ name }} as (
    {{ revisions(endpoint, 'int_' ~ name ~ '_history', unit, aggregates) }}
),
{% endfor %}
final as (
    {%- for name, _, _, _ in datasets %}
    select * from {{ name }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
order by
    dataset, level, origin_unhcr_code, asylum_unhcr_code, reference_year, counting_unit, measure,
    published_on
