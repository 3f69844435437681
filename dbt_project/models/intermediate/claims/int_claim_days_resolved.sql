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

-- What stood on a day is what stood since the figures last changed: asked for that day, few days are
-- asked for.
final as (
    select
        days.document_id,
        days.valid_from,
        lead(days.valid_from) over (partition by days.document_id order by days.valid_from) as valid_to,
        coalesce(vintages.valid_from, days.valid_from) as asked_for
    from days
    asof left join vintages on days.valid_from >= vintages.valid_from
)

select * from final
