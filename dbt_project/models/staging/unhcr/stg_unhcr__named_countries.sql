-- Countries as the rows of figures name them, by snapshot.
with source as (
    {%- set datasets = [
        'population', 'asylum_applications', 'asylum_decisions', 'solutions', 'demographics', 'idmc',
        'unrwa', 'displacement_flows',
    ] %}
    {%- for dataset in datasets %}
    {%- for side in ['coo', 'coa'] %}
    select distinct
        '{{ dataset | replace("_", "-") }}' as endpoint,
        _snapshot_id,
        {{ side }} as code,
        {{ side }}_iso as iso,
        {{ side }}_name as country_name
    from {{ source('raw', dataset) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select distinct
        endpoint,
        _snapshot_id as snapshot_id,
        {{ unhcr_code('code') }} as unhcr_code,
        {{ unhcr_iso3('iso', 'code') }} as iso3,
        {{ unhcr_text('country_name') }} as country_name
    from source
    where code <> '-'
)

select * from final
