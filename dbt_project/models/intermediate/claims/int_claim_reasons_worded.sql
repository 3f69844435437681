-- Why it cannot be said whether a claim is right, in a sentence, and what the newest figures and its own say
-- instead.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

shortfalls as (
    select * from {{ ref('int_claim_shortfalls_worded') }}
),

-- The release that first had figures of a year.
firsts as (
    select
        reference_year,
        min_by(release_id, published_on) as first_release_id,
        min(published_on) as first_published_on
    from {{ ref('dim_release').identifier }}
    group by reference_year
),

unchecked as (
    select
        worded.*,
        firsts.first_release_id,
        firsts.first_published_on,
        shortfalls.sentence as shortfall_sentence,
        '`asylum backfill --release ' || worded.inputs.release_id_on_the_day || '` brings '
            as backfill_clause
    from worded
    left join firsts on worded.claim.to_year = firsts.reference_year
    left join shortfalls
        on worded.document_id = shortfalls.document_id and worded.claim_id = shortfalls.claim_id
    where worded.verdict = 'not_checkable'
),

reasons as (
    select
        document_id,
        claim_id,
        1 as sentence_number,
        case
            when claim.kind = 'not_expressible'
                then coalesce(claim.reading, 'The register has no kind for it') || '.'
            when inputs.release_id_on_the_day is null
                then
                    'No release of UNHCR''s database is known that was out on '
                    || claim.document_published_on || '.'
            when not is_release_held
                then
                    'Release ' || inputs.release_id_on_the_day || ', in force on '
                    || claim.document_published_on || ', is not in the warehouse: '
                    || backfill_clause || 'it.'
            when overlap_note is not null
                then
                    overlap_note || ' The sum of its parts was '
                    || coalesce(at_publication.text, 'not known') || ' on ' || claim.document_published_on
                    || ' (release ' || inputs.release_id_on_the_day || ')'
                    || replace(newest_clause, 'it still does', 'it still is') || '.'
            when inputs.is_after_release
                then
                    'Release ' || inputs.release_id_on_the_day || ', in force on '
                    || claim.document_published_on || ', has no year ' || claim.to_year
                    || coalesce(
                        ': the first that has is ' || first_release_id || ', published on '
                        || first_published_on || '.',
                        ', and no later one is known that has.'
                    )
            when is_too_small_to_tell
                then
                    'Stated: ' || stated_text || '. UNHCR publishes no figure of 1 to 4 people: the '
                    || coalesce(at_publication.text, '0') || ' of release ' || inputs.release_id_on_the_day
                    || ' may be any of them.'
            when shortfall_sentence is not null then shortfall_sentence
            when is_of_half_year
                then
                    'Stated: ' || stated_text || '. On ' || claim.document_published_on
                    || ' UNHCR''s database (release ' || inputs.release_id_on_the_day
                    || ') had of its last year the first half alone, and gave ' || at_publication.text
                    || ': that says nothing against the whole year.'
            when nothing_comes_because is not null
                then nothing_comes_because
            when at_publication.base = 0 or at_publication.whole = 0
                then
                    'In release ' || inputs.release_id_on_the_day
                    || ' what it is compared with is 0: nothing can be worked out.'
            when held_back_because is not null and inputs.years_without_figure is null
                then
                    'Of release ' || inputs.release_id_on_the_day
                    || ' the figures of this kind are held back: ' || held_back_because || '.'
            when inputs.years_not_covered is not null
                then
                    'The warehouse does not hold what release ' || inputs.release_id_on_the_day
                    || ' says of ' || inputs.years_not_covered || ' here: '
                    || backfill_clause || 'all countries and years of it.'
            when inputs.years_without_figure is not null
                then
                    'Release ' || inputs.release_id_on_the_day || ' has no figure for '
                    || coalesce(cast(claim.reference_date as varchar), inputs.years_without_figure)
                    || coalesce(': the series begins in ' || inputs.series_begins, '') || '.'
            else
                'The warehouse holds only some countries of asylum of release '
                || inputs.release_id_on_the_day || ': ' || backfill_clause || 'all.'
        end as sentence
    from unchecked
),

-- Where nothing is known of the day, the newest figures and the document's own are held against the claim.
instead as (
    select
        document_id,
        claim_id,
        unnest([
            {
                'sentence_number': 2,
                'sentence': 'The newest figures, of release ' || inputs.release_id || ', give ' || newest.text
                || case
                    when newest.agrees then ', which agrees with what is stated.'
                    when not newest.agrees then ', which does not agree with what is stated.'
                    else '.'
                end
            },
            {
                'sentence_number': 3,
                'sentence': case
                    when inputs.are_all_stated and claim.kind <> 'level'
                        then
                            'From the document''s own figures it is ' || own.text
                            || if(own.agrees, ', as stated.', ', which is not what is stated.')
                end
            }
        ], recursive := true)
    from unchecked
    where overlap_note is null and (at_publication.value is null or is_of_half_year)
),

final as (
    select * from reasons
    union all by name
    select * from instead
    where sentence is not null
)

select * from final
