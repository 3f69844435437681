-- Each claim beside what there is to say of its inputs, and what comes of it from the figures at
-- publication, from the newest, from the document's own, and from new asylum claims. One column each: later
-- steps name a part as `claim.kind` or `newest.value`.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

inputs as (
    select * from {{ ref('int_claim_inputs_summarised') }}
),

results as (
    select * from {{ ref('int_claim_results_computed') }}
),

by_claim as (
    select
        document_id,
        claim_id,
        any_value(result) filter (where variant = 'at_publication') as at_publication,
        any_value(result) filter (where variant = 'newest') as newest,
        any_value(result) filter (where variant = 'stated') as own,
        any_value(result) filter (where variant = 'as_flow_at_publication') as as_flow_at_publication,
        any_value(result) filter (where variant = 'as_flow_newest') as as_flow_newest
    from results
    group by document_id, claim_id
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

releases as (
    select * from {{ ref('dim_release').identifier }}
),

final as (
    select
        claims.document_id,
        claims.claim_id,
        claims as claim,
        inputs,
        by_claim.at_publication,
        by_claim.newest,
        by_claim.own,
        by_claim.as_flow_at_publication,
        by_claim.as_flow_newest,
        coalesce(releases.is_held, false) as is_release_held,
        measures.stock_or_flow,
        -- A stock told as a flow.
        coalesce(abs(by_claim.at_publication.stock - claims.stated_value) <= claims.tolerance, false)
            as is_the_stock,
        coalesce(abs(by_claim.newest.stock - claims.stated_value) <= claims.tolerance, false)
            as is_still_the_stock
    from claims
    inner join inputs
        on claims.document_id = inputs.document_id and claims.claim_id = inputs.claim_id
    inner join by_claim
        on claims.document_id = by_claim.document_id and claims.claim_id = by_claim.claim_id
    left join releases on inputs.release_id_on_the_day = releases.release_id
    left join measures on claims.measure = measures.measure
)

select * from final
