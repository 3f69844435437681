-- Each claim of the seeds has a verdict on each day that could bring another, from the first release that is
-- loaded: none is lost between two parts.
{{ config(meta={'dagster': {'ref': {'name': 'int_claims_answered'}}}) }}

with days as (
    select * from {{ ref('int_claim_days_resolved') }}
),

coverage as (
    select * from {{ ref('int_coverage_in_force') }}
    where endpoint = 'population'
),

asked as (
    select
        claims.document_id,
        claims.claim_id,
        days.valid_from,
        days.valid_to
    from {{ ref('published_claims') }} as claims
    inner join days on claims.document_id = days.document_id
    where
        days.valid_to is null
        or exists (select * from coverage where {{ stood_on('days.asked_for', 'coverage') }})
)

select asked.*
from asked
left join {{ ref('int_claims_answered') }} as answered
    on
        asked.document_id = answered.document_id
        and asked.claim_id = answered.claim_id
        and asked.valid_from = answered.valid_from
        and asked.valid_to is not distinct from answered.valid_to
where answered.document_id is null
