-- What is wrong with a claim that the database does not bear out, a row a sentence, in the order in which
-- they are read.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

sentences as (
    select
        document_id,
        claim_id,
        unnest([
            {
                'sentence_number': 2,
                'sentence': case
                    when verdict = 'not_reproduced' and is_held_as_bound
                        then
                            'Read so, "' || stated_text || '" agrees with '
                            || {{ claim_text('claim.accepted_low', 'claim.stated_low', 'claim.') }} || ' to '
                            || {{ claim_text('claim.accepted_high', 'claim.stated_low', 'claim.') }}
                            || '. A bound alone is asked for as '
                            || if(
                                (claim.wording = 'over') = (claim.stated_value > 0),
                                'stated_low (`asylum check --at-least`).',
                                'stated_high (`asylum check --at-most`).'
                            )
                    when claim.kind = 'level' and is_the_stock and is_stock_read_as_flow
                        then
                            'The figure is the stock of people waiting, ' || as_stock_at_publication.text
                            || coalesce('; of new applications it had ' || at_publication.text, '') || '.'
                    when verdict = 'not_reproduced' and is_persons_and_cases
                        then
                            'It is persons and cases of new applications added up: '
                            || as_cases_at_publication.text || '. Cases are no persons.'
                    when verdict = 'not_reproduced' and is_the_stock
                        then
                            'It holds for the people waiting, which is another measure: '
                            || as_stock_at_publication.text || '.'
                    when verdict = 'not_reproduced' and as_stock_at_publication.value is not null
                        then
                            'Tried on the people waiting, it is ' || as_stock_at_publication.text
                            || coalesce(
                                '; on persons and cases together, '
                                || nullif(as_cases_at_publication.text, at_publication.text),
                                ''
                            )
                            || '.'
                    when
                        verdict in ('misstated', 'input_error')
                        and coalesce(inputs.are_all_stated, false)
                        and not coalesce(own.agrees, true)
                        then
                            'From the document''s own figures it is ' || own.text || ' ('
                            || {{ figure_text('own.figure') }}
                            || coalesce(' against ' || {{ figure_text('own.base') }}, '') || ')'
                            || case
                                when own.is_ratio_and_change_confused and claim.kind = 'change'
                                    then
                                        ': the ratio, ' || format('{:.3f}', own.figure / own.base)
                                        || ', was told as an increase'
                                when own.is_ratio_and_change_confused
                                    then ': the increase was told as a ratio'
                                else ''
                            end
                            || '.'
                    when verdict = 'misstated' and inputs.are_all_stated and own.agrees
                        then
                            'It comes of the document''s own figures, which are rounded: of the database''s '
                            || 'it is ' || at_publication.text || '.'
                    when verdict = 'misstated' and at_publication.is_ratio_and_change_confused
                        then
                            'A ratio and an increase were confused: the ratio is '
                            || format('{:.3f}', at_publication.figure / at_publication.base) || '.'
                    when verdict = 'misstated' and at_publication.is_points_read_as_percent
                        then
                            'It is ' || {{ signed_text('(at_publication.figure - at_publication.base)') }}
                            || ' percentage points, told as percent.'
                end
            },
            {
                'sentence_number': 3,
                'sentence': case
                    when
                        claim.kind <> 'level'
                        and verdict in ('misstated', 'input_error', 'not_reproduced')
                        then
                            'The document''s own figures differ from the database of that day: '
                            || inputs.stated_differences_text || '.'
                end
            },
            {
                'sentence_number': 4,
                'sentence': case
                    when
                        claim.kind = 'sum'
                        and claim.stated_value is not null
                        and inputs.stated_difference <> 0
                        and inputs.stated_differences_text is not null
                        and verdict in ('misstated', 'input_error', 'not_reproduced')
                        then
                            'Together ' || {{ signed_text('inputs.stated_difference') }}
                            || if(
                                abs(
                                    claim.stated_value - at_publication.value - inputs.stated_difference
                                ) <= claim.tolerance,
                                ', which is the whole difference from the database''s sum of '
                                || at_publication.text || '.',
                                ' of the '
                                || {{ signed_text('(claim.stated_value - at_publication.value)') }}
                                || ' by which the sum differs.'
                            )
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
