{%- set documents = ref('published_documents') -%}
{%- set claims = ref('published_claims') -%}
-- Each figure that a claim of the seeds rests on, by the newest release: what claim_inputs_of answers.
with final as (
    select *
    from {{ ref('mart_claim_inputs_of') }}(
        '{{ documents.schema }}.{{ documents.identifier }}',
        '{{ claims.schema }}.{{ claims.identifier }}',
        date '9999-12-31'
    )
)

select * from final
order by document_id, claim_id, input_number
