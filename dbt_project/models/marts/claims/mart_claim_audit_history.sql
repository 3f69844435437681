{{ config(parts={'of': 'published_claims', 'by': 'document_id', 'rows': 20}) }}
{%- set key = ['document_id', 'claim_id'] -%}
{%- set documents = ref('published_documents') -%}
{%- set claims = ref('published_claims') -%}
-- The verdict on each claim of the seeds, from the day on which its document came out: what claim_audit_of
-- answers on each day that could bring another. It names the release that it is by, so each has a row of its
-- own.
with days as (
    select * from {{ ref('int_claim_days_resolved') }}
),

audits as (
    select
        verdicts.*,
        days.valid_from,
        days.valid_to
    from days
    cross join lateral (
        select *
        from {{ ref('mart_claim_audit_of') }}(
            '{{ documents.schema }}.{{ documents.identifier }}',
            '{{ claims.schema }}.{{ claims.identifier }}',
            days.asked_for
        )
    ) as verdicts
    -- Of a day before any release that is loaded nothing can be said. Today has a verdict on each claim.
    where
        days.document_id = verdicts.document_id
        and (verdicts.release_id is not null or days.valid_to is null)
),

merged as (
    {{ merged_neighbours('audits', key, []) }}
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
order by document_published_on, document_id, claim_id, valid_from
