-- What the database said of each claim, in a sentence: the figures, or why there are none.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

-- The newest figures, told after those at publication.
told as (
    select
        *,
        case
            when newest.value is null then '; now it has no figure'
            when
                newest.value = at_publication.value
                and coalesce(
                    newest.low = at_publication.low,
                    newest.low is null and at_publication.low is null
                )
                then '; it still does (release ' || inputs.release_id || ')'
            else
                '; now ' || newest.text || ' (release ' || inputs.release_id
                || coalesce(', ' || replace(format('{:+.1f}', 100 * change_rate), '-', '−') || ' %', '')
                || ')'
        end as newest_clause,
        '`asylum backfill --release ' || inputs.release_id_on_the_day || '` brings ' as backfill_clause
    from worded
),

final as (
    select
        document_id,
        claim_id,
        1 as sentence_number,
        case
            when inputs.release_id_on_the_day is null
                then
                    'No release of UNHCR''s database is known that was out on '
                    || claim.document_published_on || '.'
            when verdict = 'not_checkable' and not is_release_held
                then
                    'Release ' || inputs.release_id_on_the_day || ', in force on '
                    || claim.document_published_on || ', is not in the warehouse: '
                    || backfill_clause || 'it.'
            when verdict = 'not_checkable' and inputs.years_not_covered is not null
                then
                    'The warehouse does not hold what release ' || inputs.release_id_on_the_day
                    || ' says of ' || inputs.years_not_covered || ' here: '
                    || backfill_clause || 'all countries and years of it.'
            when verdict = 'not_checkable' and inputs.years_without_figure is not null
                then
                    'Release ' || inputs.release_id_on_the_day || ' has no figure for '
                    || inputs.years_without_figure || '.'
            when verdict = 'not_checkable'
                then
                    'The warehouse holds only some countries of asylum of release '
                    || inputs.release_id_on_the_day || ': ' || backfill_clause || 'all.'
            when at_publication.value is null
                then
                    'On ' || claim.document_published_on || ' UNHCR''s database (release '
                    || inputs.release_id_on_the_day || ') had no figure.'
            else
                'Stated: ' || stated_text || '. On ' || claim.document_published_on
                || ' UNHCR''s database (release ' || inputs.release_id_on_the_day || ') gave '
                || at_publication.text || newest_clause || '.'
        end as sentence
    from told
)

select * from final
