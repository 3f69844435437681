{% set verdicts = [
    'confirmed', 'confirmed_since_revised', 'misstated', 'input_error', 'not_reproduced',
    'not_checkable',
] -%}
{% set flags = [
    'stock_read_as_flow', 'stocks_added_up', 'resting_on_carried_forward',
    'provisional_at_publication',
] -%}
-- How the claims of each document came out.
with claims as (
    select * from {{ ref('mart_claim_audit') }}
),

final as (
    select
        document_id,
        any_value(publisher) as publisher,
        any_value(document_title) as document_title,
        any_value(document_published_on) as document_published_on,
        max(reference_year) as reference_year,
        max(reference_date) as reference_date,
        count(*) as claim_count,
        {%- for verdict in verdicts %}
        count(*) filter (where verdict = '{{ verdict }}') as {{ verdict }}_count,
        {%- endfor %}
        {%- for flag in flags %}
        count(*) filter (where is_{{ flag }}) as {{ flag }}_count,
        {%- endfor %}
        max_by(is_provisional, reference_date) as is_provisional,
        any_value(release_id_on_the_day) as release_id_on_the_day,
        max(release_id) as release_id,
        max_by(snapshot_id, release_id) as snapshot_id,
        max_by(retrieved_at, release_id) as retrieved_at
    from claims
    group by document_id
)

select * from final
order by document_published_on, document_id
