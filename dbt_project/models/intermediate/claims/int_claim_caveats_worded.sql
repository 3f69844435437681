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
                            'The document says "' || claim.document_word || '"; the figure is a stock, the '
                            || if(has_flow, 'people waiting', 'people there')
                            || ' at a date, and no count of the year.'
                end
            },
            {
                'sentence_number': 13,
                'sentence': 'Inhabitants: ' || {{ figure_text('claim.inhabitants') }} || ' in '
                || claim.inhabitants_year || ', by the World Bank as it is now.'
            },
            {
                'sentence_number': 12,
                'sentence': case
                    when inputs.measures_without_figure is not null and at_publication.value is not null
                        then 'The sum is of what is known; the database has no figure of: '
                            || inputs.measures_without_figure || '.'
                end
            },
            {
                'sentence_number': 6,
                'sentence': case
                    when is_stocks_added_up
                        then
                            'Added up over years, a stock counts a person once for each year'
                            || if(has_flow, ' of waiting.', '.')
                end
            },
            {
                'sentence_number': 7,
                'sentence': case
                    when as_flow_newest is not null
                        then
                            'Worked out on people who claimed asylum within the year (new asylum claims): '
                            || coalesce(as_flow_at_publication.text, 'not known') || ' at publication'
                            || ', ' || coalesce(as_flow_newest.text, 'not known') || ' now'
                            || {{ known_years_text('as_flow_newest.known_year_count', 'claim') }} || '.'
                            || coalesce(
                                if(
                                    as_flow_newest.value is null,
                                    ' Not reported: ',
                                    ' In these people are missing who were not reported: '
                                )
                                || flow_gaps_text || '.',
                                ''
                            )
                end
            },
            {
                'sentence_number': 11,
                'sentence': case
                    when gaps_text is null and is_incomplete_now and is_lower_bound
                        then
                            'The figure of today is a lower bound: where these people are, the origin of '
                            || 'many is not known.'
                    when gaps_text is null and is_incomplete_now and places_text is not null
                        then 'In the figures of today, its own or those that it is among, people are missing.'
                    when gaps_text is null and is_incomplete_now and rests_on_incomplete
                        then 'In the figures of today people are missing: the origin of many is not known.'
                    when gaps_text is not null
                        then
                            case
                                when newest.value is null then 'Not reported: '
                                when is_lower_bound
                                    then 'The figure of today is a lower bound, for what was not reported: '
                                else 'In the figures of today people are missing who were not reported: '
                            end
                            || gaps_text || '.'
                end
            },
            {
                'sentence_number': 15,
                'sentence': case
                    when is_not_comparable and broken_text is not null
                        then
                            'The figures of the '
                            || if({{ compares_years('claim.') }}, 'years', 'two times')
                            || ' do not compare, since ' || broken_text || '.'
                end
            },
            {
                'sentence_number': 14,
                'sentence': case
                    when is_break_since
                        then
                            'What is newest is no revision alone, but '
                            || if(
                                contains(coalesce(gaps_text, ''), split_part(break_text, '. ', 2)),
                                'that break of reporting.',
                                'a break of reporting: ' || break_text || '.'
                            )
                end
            },
            {
                'sentence_number': 8,
                'sentence': case
                    when rests_on_carried_forward
                        then
                            'Of the figures at publication ' || inputs.carried_forward_text
                            || ' were carried forward from an earlier reference date, most in '
                            || {{ name_within('inputs.carried_forward_mostly_in') }} || '.'
                end
            },
            {
                'sentence_number': 9,
                'sentence': case
                    when is_half_against_whole
                        then
                            'At publication one of its figures was of the first half of a year, and others '
                            || 'were of whole years: they do not compare.'
                    when meaning_verdict = 'half_year_read_as_year'
                        then
                            'At publication the figure was of the first half of the year, and the document '
                            || 'tells it as the year''s.'
                    when is_provisional_at_publication and not (is_of_half_year and verdict = 'not_checkable')
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
