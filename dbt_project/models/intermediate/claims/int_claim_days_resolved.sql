-- The days that could bring another verdict on the claims of a document of the seeds: the one on which it
-- came out, and each later one on which figures changed.
with documents as (
    select * from {{ ref('published_documents') }}
),

vintages as (
    select * from {{ ref('int_vintages_resolved') }}
),

days as (
    select
        document_id,
        published_on as valid_from
    from documents
    union
    select
        documents.document_id,
        vintages.valid_from
    from documents
    inner join vintages on documents.published_on < vintages.valid_from
),

final as (
    select
        document_id,
        valid_from,
        lead(valid_from) over (partition by document_id order by valid_from) as valid_to
    from days
)

select * from final
