{%- set documents = ref('published_documents') -%}
{%- set claims = ref('published_claims') -%}
-- The verdict on each claim of the seeds by the newest release: what claim_audit_of answers for them.
with final as (
    select *
    from {{ ref('mart_claim_audit_of') }}(
        '{{ documents.schema }}.{{ documents.identifier }}',
        '{{ claims.schema }}.{{ claims.identifier }}',
        date '9999-12-31'
    )
)

select * from final
order by document_published_on, document_id, claim_id
