{{ config(materialized='view') }}
-- The claims of the part of a history that is being made: all of them else.
with final as (
    select * from {{ ref('published_claims') }}
    where {{ in_part('document_id') }}
)

select * from final
