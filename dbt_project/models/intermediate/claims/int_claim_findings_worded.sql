-- What the database said of each claim, in a sentence: the figures, or why there are none.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

verdicts as (
    select * from {{ ref('claim_verdicts').identifier }}
),

releases as (
    select * from {{ ref('dim_release').identifier }}
),

-- The release that first had figures of a year.
firsts as (
    select
        reference_year,
        min_by(release_id, published_on) as first_release_id,
        min(published_on) as first_published_on
    from releases
    group by reference_year
),

-- The newest figures, told after those at publication.
told as (
    select
        *,
        case
            when newest.text is null then '; now it has no figure'
            when claim.reference_date is not null and inputs.release_id = inputs.release_id_on_the_day
                then '; no later release says what it was on that day'
            when newest.text = at_publication.text
                then '; it still does (release ' || inputs.release_id || ')'
            else
                '; now ' || newest.text || ' (release ' || inputs.release_id
                || coalesce(', ' || replace(format('{:+.1f}', 100 * change_rate), '-', '−') || ' %', '')
                || ')'
        end as newest_clause,
        '`asylum backfill --release ' || inputs.release_id_on_the_day || '` brings ' as backfill_clause
    from worded
),

with_first as (
    select
        told.*,
        firsts.first_release_id,
        firsts.first_published_on
    from told
    left join firsts on told.claim.to_year = firsts.reference_year
),

findings as (
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
            when verdict = 'not_checkable' and not is_release_held
                then
                    'Release ' || inputs.release_id_on_the_day || ', in force on '
                    || claim.document_published_on || ', is not in the warehouse: '
                    || backfill_clause || 'it.'
            when verdict = 'not_checkable' and overlap_note is not null
                then
                    overlap_note || ' The sum of its parts was '
                    || coalesce(at_publication.text, 'not known') || ' on ' || claim.document_published_on
                    || ' (release ' || inputs.release_id_on_the_day || ')' || newest_clause || '.'
            when verdict = 'not_checkable' and inputs.is_after_release
                then
                    'Release ' || inputs.release_id_on_the_day || ', in force on '
                    || claim.document_published_on || ', has no year ' || claim.to_year
                    || coalesce(
                        ': the first that has is ' || first_release_id || ', published on '
                        || first_published_on || '.',
                        ', and no later one is known that has.'
                    )
            when verdict = 'not_checkable' and is_too_small_to_tell
                then
                    'Stated: ' || stated_text || '. UNHCR publishes no figure of 1 to 4 people: the '
                    || coalesce(at_publication.text, '0') || ' of release ' || inputs.release_id_on_the_day
                    || ' may be any of them.'
            when verdict = 'not_checkable' and is_within_missing
                then
                    'Stated: ' || stated_text || '. On ' || claim.document_published_on
                    || ' UNHCR''s database (release ' || inputs.release_id_on_the_day || ') gave '
                    || coalesce(at_publication.text, 'nobody') || ', and up to '
                    || {{ figure_text("if(claim.kind = 'record', missing_of_last_year, missing)") }}
                    || ' more people may be missing'
                    || if(
                        claim.kind = 'record',
                        ' in ' || claim.to_year || ', which would make it the highest.',
                        ', which would make it '
                        || {{ figure_text('(coalesce(at_publication.value, 0) + missing)') }} || '.'
                    )
                    || ' Their origin, or their number, was not reported.'
            when
                verdict = 'not_checkable' and held_back_because is not null
                and inputs.years_without_figure is null
                then
                    'Of release ' || inputs.release_id_on_the_day
                    || ' the figures of this kind are held back: ' || held_back_because || '.'
            when verdict = 'not_checkable' and inputs.years_not_covered is not null
                then
                    'The warehouse does not hold what release ' || inputs.release_id_on_the_day
                    || ' says of ' || inputs.years_not_covered || ' here: '
                    || backfill_clause || 'all countries and years of it.'
            when verdict = 'not_checkable' and inputs.years_without_figure is not null
                then
                    'Release ' || inputs.release_id_on_the_day || ' has no figure for '
                    || inputs.years_without_figure
                    || coalesce(': the series begins in ' || inputs.series_begins, '') || '.'
            when verdict = 'not_checkable'
                then
                    'The warehouse holds only some countries of asylum of release '
                    || inputs.release_id_on_the_day || ': ' || backfill_clause || 'all.'
            when at_publication.text is null
                then
                    'On ' || claim.document_published_on || ' UNHCR''s database (release '
                    || inputs.release_id_on_the_day
                    || ') had nobody of this origin there, and people of others.'
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
    from with_first
),

-- The verdict first, for who reads no further.
leads as (
    select
        told.document_id,
        told.claim_id,
        0 as sentence_number,
        -- How many inhabitants were known on that day is not kept.
        if(
            told.claim.kind = 'per_head' and told.verdict = 'not_reproduced',
            'The number does not come of the database of its day and the inhabitants that are known today.',
            verdicts.sentence
        ) as sentence
    from told
    inner join verdicts on told.verdict = verdicts.verdict
),

-- Where nothing is known of the day, the newest figures and the document's own are held against the claim.
instead as (
    select
        document_id,
        claim_id,
        unnest([
            {
                'sentence_number': 2,
                'sentence': 'The newest release, ' || inputs.release_id || ', gives ' || newest.text
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
    from told
    where verdict = 'not_checkable' and overlap_note is null and at_publication.value is null
),

final as (
    select * from findings
    union all by name
    select * from leads
    union all by name
    select * from instead
    where sentence is not null
)

select * from final
