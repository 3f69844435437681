{{ config(parts={'of': 'published_claims', 'by': 'document_id', 'rows': 50}) }}
{%- set key = ['document_id', 'claim_id', 'input_number'] -%}
{%- set documents = ref('published_documents') -%}
{%- set claims = ref('published_claims') -%}
-- Each figure that a claim of the seeds rests on, from the day on which its document came out: what
-- claim_inputs_of answers on each day that could bring another. It names the release that it is by, so each
-- has a row of its own.
with days as (
    select * from {{ ref('int_claim_days_resolved') }}
),

inputs_at_days as (
    select
        inputs.*,
        days.valid_from,
        days.valid_to
    from days
    cross join lateral (
        select *
        from {{ ref('mart_claim_inputs_of') }}(
            '{{ documents.schema }}.{{ documents.identifier }}',
            '{{ claims.schema }}.{{ claims.identifier }}',
            days.asked_for
        )
    ) as inputs
    -- Of a day before any release that is loaded nothing can be said.
    where days.document_id = inputs.document_id and inputs.release_id is not null
),

merged as (
    {{ merged_neighbours('inputs_at_days', key, []) }}
),

final as (
    select
        * exclude (valid_from, valid_to, release_id, snapshot_id, retrieved_at),
        valid_from,
        valid_to,
        release_id,
        release_id as last_release_id,
        snapshot_id,
        retrieved_at
    from merged
)

select * from final
order by document_id, claim_id, input_number, valid_from
