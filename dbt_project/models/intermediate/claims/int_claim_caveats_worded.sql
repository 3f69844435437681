-- What a reader must know of the figures behind a claim, right or wrong, a row a sentence, in the order in
-- which they are read.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

stocks_read_as_flows as (
    select
        document_id,
        claim_id,
        5 as sentence_number,
        'The document says "' || document_word || '"; the figure is a stock, the people waiting at a date, '
        || 'and no count of the year.' as sentence
    from worded
    where is_stock_read_as_flow and verdict <> 'misstated'
),

added_up as (
    select
        document_id,
        claim_id,
        6 as sentence_number,
        'Added up over years, a stock counts a person once for each year of waiting.' as sentence
    from worded
    where is_stocks_added_up
),

new_applications as (
    select
        document_id,
        claim_id,
        7 as sentence_number,
        'New applications (persons) of ' || from_year || if(to_year > from_year, ' to ' || to_year, '')
        || ': '
        || coalesce(
            {{ figure_text('new_applications_on_the_day') }}
            || {{ known_years_text('new_application_years_on_the_day', '(to_year - from_year + 1)') }}
            || ' on the day, ',
            ''
        )
        || {{ figure_text('new_applications_newest') }}
        || {{ known_years_text('new_application_years', '(to_year - from_year + 1)') }}
        || ' now.' as sentence
    from worded
    where new_applications_newest is not null and (kind = 'sum' or is_stock_read_as_flow)
),

about_the_release as (
    select
        document_id,
        claim_id,
        unnest([
            {
                'sentence_number': 8,
                'sentence': if(
                    rests_on_carried_forward,
                    'Of the figures of that day ' || {{ figure_text('carried_forward_stock') }}
                    || ' repeat an earlier reference date unchanged, most in '
                    || carried_forward_mostly_in || '.',
                    null
                )
            },
            {
                'sentence_number': 9,
                'sentence': if(
                    is_provisional_at_publication,
                    'The release of that day was a mid-year one, its latest year provisional.',
                    null
                )
            },
            {
                'sentence_number': 10,
                'sentence': if(
                    kind in ('level', 'sum') and verdict <> 'not_checkable', unknown_origin_text, null
                )
            }
        ], recursive := true)
    from worded
),

sentences as (
    select * from stocks_read_as_flows
    union all
    select * from added_up
    union all
    select * from new_applications
    union all
    select * from about_the_release
),

final as (
    select * from sentences
    where sentence is not null
)

select * from final
