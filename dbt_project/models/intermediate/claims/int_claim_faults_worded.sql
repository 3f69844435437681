-- What is wrong with a claim that the database does not bear out, a row a sentence, in the order in which
-- they are read.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

faults as (
    select
        document_id,
        claim_id,
        2 as sentence_number,
        case
            when verdict = 'misstated' and is_the_stock
                then
                    'The figure is the stock of people waiting, ' || {{ figure_text('stock_on_the_day') }}
                    || '; of new applications it had ' || on_the_day_text || '.'
            when
                verdict in ('misstated', 'input_error')
                and coalesce(are_all_stated, false)
                and not coalesce(agrees_with_own_figures, true)
                then
                    'From the document''s own figures it is ' || text_of_own_figures
                    || ' (' || {{ figure_text('own_figure') }}
                    || coalesce(' against ' || {{ figure_text('own_base') }}, '') || ')'
                    || case
                        when is_confused_from_own_figures and kind = 'change'
                            then
                                ': the ratio, ' || format('{:.3f}', own_figure / own_base)
                                || ', was told as an increase'
                        when is_confused_from_own_figures then ': the increase was told as a ratio'
                        else ''
                    end
                    || '.'
            when verdict = 'misstated' and is_ratio_and_change_confused
                then
                    'A ratio and an increase were confused: the ratio is '
                    || format('{:.3f}', figure_on_the_day / base_on_the_day) || '.'
        end as sentence
    from worded
),

differing_inputs as (
    select
        document_id,
        claim_id,
        3 as sentence_number,
        'The document''s own figures differ from the database of that day: '
        || stated_differences_text || '.' as sentence
    from worded
    where kind <> 'level' and verdict in ('misstated', 'input_error', 'not_reproduced')
),

differences_of_sums as (
    select
        document_id,
        claim_id,
        4 as sentence_number,
        'Together ' || {{ signed_text('stated_difference') }}
        || if(
            abs(stated_value - value_on_the_day - stated_difference) <= tolerance,
            ', which is the whole difference from the database''s sum of ' || on_the_day_text || '.',
            ' of the ' || {{ signed_text('(stated_value - value_on_the_day)') }}
            || ' by which the sum differs.'
        ) as sentence
    from worded
    where
        kind = 'sum'
        and stated_value is not null
        and stated_difference <> 0
        and verdict not in ('not_checkable', 'confirmed')
),

sentences as (
    select * from faults
    union all
    select * from differing_inputs
    union all
    select * from differences_of_sums
),

final as (
    select * from sentences
    where sentence is not null
)

select * from final
