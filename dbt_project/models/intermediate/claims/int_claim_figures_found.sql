{%- set datasets = [
    ('population', "'persons'", population_stocks() + population_flows()),
    ('asylum_applications', 'counting_unit', application_measures()),
    ('asylum_decisions', 'counting_unit', decision_measures()),
] -%}
{%- set lineage = ['release_id', 'snapshot_id', 'retrieved_at'] -%}
-- The figures that claims need, as they stood at publication and as they stand on the day that counts as
-- now: of the cells wanted, and of all countries of asylum where peers are. A summed side is '-'.
with inputs as (
    select * from {{ ref('int_claim_inputs_wanted') }}
),

at_both_days as (
    select
        document_published_on as day,
        *
    from inputs
    union all
    select
        as_of as day,
        *
    from inputs
),

cells as (
    select
        day,
        origin,
        reference_year,
        list(distinct asylum) as asylums,
        bool_or(is_among_peers) as are_peers_wanted
    from at_both_days
    group by day, origin, reference_year
),

{% for name, unit, measures in datasets -%}
{%- for level in ['totals_yearly', 'yearly'] %}
{{ name }}_{{ level }} as (
    select
        cells.day,
        cells.origin,
        history.asylum,
        history.counting_unit,
        history.reference_year,
        {{ columns(measures, 'history.') }}
        history.reference_date,
        history.is_provisional,
        history.are_pairs_complete,
        {{ columns(lineage, 'history.') }}
    from cells
    inner join (
        select
            *,
            {%- if level == 'yearly' %}
            origin_unhcr_code as origin,
            asylum_unhcr_code as asylum,
            cast(null as boolean) as are_pairs_complete,
            {%- else %}
            if(total_by = 'origin', country_unhcr_code, '-') as origin,
            if(total_by = 'asylum', country_unhcr_code, '-') as asylum,
            {%- endif %}
            {{ unit }} as counting_unit
        from {{ ref('fct_' ~ name ~ '_' ~ level ~ '_history') }}
    ) as history
        on
            cells.origin = history.origin
            and cells.reference_year = history.reference_year
            and cells.day >= history.valid_from
            and (cells.day < history.valid_to or history.valid_to is null)
    where
        list_contains(cells.asylums, history.asylum)
        or (cells.are_peers_wanted and history.asylum <> '-')
),
{% endfor %}
{{ name }} as (
    select
        day,
        origin,
        asylum,
        counting_unit,
        reference_year,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        any_value(reference_date) as reference_date,
        bool_or(is_provisional) as is_provisional,
        bool_and(are_pairs_complete) as are_pairs_complete,
        any_value(release_id) as release_id,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at
    from (
        select * from {{ name }}_totals_yearly
        union all
        select * from {{ name }}_yearly
    )
    group by day, origin, asylum, counting_unit, reference_year
),
{% endfor %}
final as (
    {%- for name, _, measures in datasets %}
    select
        day,
        origin,
        asylum,
        counting_unit,
        reference_year,
        reference_date,
        is_provisional,
        are_pairs_complete,
        {{ columns(lineage) }}
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'figure': cast({{ measure }} as double) },
            {%- endfor %}
            {%- if name == 'asylum_decisions' %}
            { 'measure': 'refugee_recognition_rate', 'figure': {{ refugee_recognition_rate() }} },
            { 'measure': 'total_protection_rate', 'figure': {{ total_protection_rate() }} }
            {%- endif %}
        ], recursive := true)
    from {{ name }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
