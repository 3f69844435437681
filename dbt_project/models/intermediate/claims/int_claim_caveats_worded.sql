-- What a reader must know of the figures behind a claim, right or wrong, a row a sentence, in the order in
-- which they are read.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

sentences as (
    select
        document_id,
        claim_id,
        unnest([
            {
                'sentence_number': 5,
                'sentence': case
                    when is_stock_read_as_flow and verdict <> 'misstated'
                        then
                            'The document says "' || claim.document_word || '"; the figure is a stock, '
                            || 'the people waiting at a date, and no count of the year.'
                end
            },
            {
                'sentence_number': 6,
                'sentence': case
                    when is_stocks_added_up
                        then 'Added up over years, a stock counts a person once for each year of waiting.'
                end
            },
            {
                'sentence_number': 7,
                'sentence': case
                    when claim.kind = 'sum' or is_stock_read_as_flow
                        then
                            'New applications (persons) of ' || claim.from_year
                            || if(claim.to_year > claim.from_year, ' to ' || claim.to_year, '') || ': '
                            || coalesce(
                                {{ figure_text('at_publication.new_applications') }}
                                || {{ known_years_text('at_publication.new_application_years', 'claim') }}
                                || ' on the day, ',
                                ''
                            )
                            || {{ figure_text('newest.new_applications') }}
                            || {{ known_years_text('newest.new_application_years', 'claim') }} || ' now.'
                end
            },
            {
                'sentence_number': 8,
                'sentence': case
                    when rests_on_carried_forward
                        then
                            'Of the figures of that day '
                            || {{ figure_text('inputs.carried_forward_stock') }}
                            || ' repeat an earlier reference date unchanged, most in '
                            || inputs.carried_forward_mostly_in || '.'
                end
            },
            {
                'sentence_number': 9,
                'sentence': case
                    when is_provisional_at_publication
                        then 'The release of that day was a mid-year one, its latest year provisional.'
                end
            },
            {
                'sentence_number': 10,
                'sentence': case
                    when claim.kind in ('level', 'sum') and verdict <> 'not_checkable'
                        then inputs.unknown_origin_text
                end
            }
        ], recursive := true)
    from worded
),

final as (
    select * from sentences
    where sentence is not null
)

select * from final
