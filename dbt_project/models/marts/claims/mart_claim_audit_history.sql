{%- set key = ['document_id', 'claim_id'] -%}
-- The verdict on each claim of the seeds, from the day on which its document came out. It names the release
-- that it is by, so each has a row of its own.
with answers as (
    select * from {{ ref('int_claims_answered') }}
),

merged as (
    {{ merged_neighbours('answers', key, []) }}
),

final as (
    select
        * exclude (valid_from, valid_to, release_id, snapshot_id, retrieved_at),
        valid_from,
        valid_to,
        release_id,
        release_id as last_release_id,
        snapshot_id,
        retrieved_at
    from merged
)

select * from final
order by document_published_on, document_id, claim_id, valid_from
