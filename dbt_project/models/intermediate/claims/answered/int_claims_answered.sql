{%- set documents = ref('published_documents') -%}
{%- set claims = ref('published_claims') -%}
-- The verdict on each claim of the seeds, from the day on which its document came out: what claim_audit_of
-- answers on each day that could bring another.
with days as (
    select * from {{ ref('int_claim_days_resolved') }}
    where {{ in_part('asked_for') }}
),

final as (
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
)

select * from final
