-- How the claims of each document came out.
with claims as (
    select * from {{ ref('mart_claim_audit') }}
),

final as (
    select
        document_id,
        any_value(publisher) as publisher,
        any_value(document_title) as document_title,
        any_value(document_published_on) as document_published_on,
        max(reference_year) as reference_year,
        max(reference_date) as reference_date,
        count(*) as claim_count,
        count(*) filter (where verdict = 'confirmed') as confirmed_count,
        count(*) filter (where verdict = 'confirmed_since_revised') as confirmed_since_revised_count,
        count(*) filter (where verdict = 'misleading') as misleading_count,
        count(*) filter (where verdict = 'misstated') as misstated_count,
        count(*) filter (where verdict = 'input_error') as input_error_count,
        count(*) filter (where verdict = 'not_reproduced') as not_reproduced_count,
        count(*) filter (where verdict = 'not_checkable') as not_checkable_count,
        count(*) filter (where kind = 'not_expressible') as not_expressible_count,
        count(*) filter (where verdict in ('confirmed', 'confirmed_since_revised')) as standing_count,
        count(*) filter (where number_verdict in ('confirmed', 'confirmed_since_revised'))
            as number_there_count,
        count(*) filter (where is_stock_read_as_flow) as stock_read_as_flow_count,
        count(*) filter (where is_stocks_added_up) as stocks_added_up_count,
        count(*) filter (where rests_on_carried_forward) as rests_on_carried_forward_count,
        count(*) filter (where is_break_since) as break_since_count,
        count(*) filter (where is_lower_bound) as lower_bound_count,
        count(*) filter (where is_not_comparable) as not_comparable_count,
        count(*) filter (where is_provisional_at_publication) as provisional_at_publication_count,
        -- Of the largest sum of stocks: what it would be as people who claimed asylum.
        max_by(as_flow_sentence, (stated_value, claim_id)) filter (where as_flow_sentence is not null)
            as as_flow_sentence,
        max_by(is_provisional, (reference_date, is_provisional)) as is_provisional,
        max(release_id_on_the_day) as release_id_on_the_day,
        max(release_id) as release_id,
        max_by(snapshot_id, (release_id, snapshot_id)) as snapshot_id,
        max_by(retrieved_at, (release_id, snapshot_id)) as retrieved_at
    from claims
    group by document_id
)

select * from final
order by document_published_on, document_id
