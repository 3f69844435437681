-- Claims with the document that makes them, what their kind says of them, and the day that counts as now.
-- The two tables and the day are parameters of the functions that these steps are part of: no later step
-- names them.
with claims as (
    select * from query_table(published_claims)
),

documents as (
    select * from query_table(published_documents)
),

kinds as (
    select * from {{ ref('claim_kinds').identifier }}
),

final as (
    select
        claims.*,
        documents.publisher,
        documents.title as document_title,
        documents.published_on as document_published_on,
        cast(as_of_day as date) as as_of,
        kinds.is_compared_with_base,
        kinds.shown_as
    from claims
    inner join documents on claims.document_id = documents.document_id
    left join kinds on claims.kind = kinds.kind
)

select * from final
