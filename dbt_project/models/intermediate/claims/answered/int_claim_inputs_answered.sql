{%- set documents = ref('published_documents') -%}
{%- set claims = ref('published_claims') -%}
-- Each figure that a claim of the seeds rests on, from the day on which its document came out: what
-- claim_inputs_of answers on each day that could bring another.
with days as (
    select * from {{ ref('int_claim_days_resolved') }}
    where {{ in_part('asked_for') }}
),

final as (
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
)

select * from final
