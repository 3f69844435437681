-- What the database said of each claim, in a sentence, after the verdict.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

verdicts as (
    select * from {{ ref('claim_verdicts').identifier }}
),

findings as (
    select
        document_id,
        claim_id,
        1 as sentence_number,
        case
            when at_publication.text is null and inputs.are_nobody
                then
                    'On ' || claim.document_published_on || ' UNHCR''s database (release '
                    || inputs.release_id_on_the_day
                    || ') had nobody of this origin there, and people of others.'
            when at_publication.text is null
                then
                    'Stated: ' || stated_text || '. On ' || claim.document_published_on
                    || ' UNHCR''s database (release ' || inputs.release_id_on_the_day
                    || ') had no figure of it for ' || claim.to_year || newest_clause || '.'
            else
                'Stated: ' || stated_text || if(
                    claim.day_at_publication < claim.document_published_on,
                    '. The last release of ' || claim.reference_date || ', '
                    || inputs.release_id_on_the_day || ',',
                    '. On ' || claim.document_published_on || ' UNHCR''s database (release '
                    || inputs.release_id_on_the_day || ')'
                )
                || if(claim.kind = 'per_head', ', by the inhabitants that are known today,', '') || ' gave '
                || at_publication.text || newest_clause || '.'
        end as sentence
    from worded
    where verdict <> 'not_checkable'
),

-- The verdict first, for who reads no further.
leads as (
    select
        worded.document_id,
        worded.claim_id,
        0 as sentence_number,
        case
            when worded.verdict = 'not_reproduced' and worded.is_held_as_bound
                then
                    'What is stated holds as a bound, and the figure lies further from it than "'
                    || worded.claim.wording || '" is read to mean.'
            -- How many inhabitants were known on that day is not kept.
            when worded.claim.kind = 'per_head' and worded.verdict = 'not_reproduced'
                then
                    'The number does not follow from the database of its day and the inhabitants known '
                    || 'today.'
            -- A mid-year is not revised by its year's end.
            when
                worded.claim.kind in ('level', 'sum') and worded.verdict = 'confirmed_since_revised'
                and worded.is_provisional_at_publication and not worded.inputs.is_provisional
                then
                    if(
                        worded.stock_or_flow = 'stock',
                        'The number was right on its day, when the figure was of mid-year; that of the '
                        || 'year''s end is another.',
                        'The number was right on its day, when the figure was of half a year; that of the '
                        || 'whole year is another.'
                    )
            when
                worded.claim.kind in ('level', 'sum') and worded.verdict = 'not_reproduced'
                and worded.stock_or_flow = 'stock' and worded.is_provisional_at_publication
                and not worded.inputs.is_provisional and worded.newest.agrees
                then
                    'The number is not that of the database of its day, which was of mid-year; that of the '
                    || 'year''s end agrees with it.'
            else verdicts.sentence
        end as sentence
    from worded
    inner join verdicts on worded.verdict = verdicts.verdict
),

final as (
    select * from findings
    union all by name
    select * from leads
)

select * from final
