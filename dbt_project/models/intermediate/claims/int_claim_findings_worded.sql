-- What the database said of each claim, in a sentence: the figures, or why there are none.
with worded as (
    select * from {{ ref('int_claims_worded') }}
),

-- The newest figures, told after those at publication.
told as (
    select
        *,
        case
            when value_newest is null then '; now it has no figure'
            when
                value_newest = value_on_the_day
                and low_newest is not distinct from low_on_the_day
                then '; it still does (release ' || release_id || ')'
            else
                '; now ' || newest_text || ' (release ' || release_id
                || coalesce(', ' || replace(format('{:+.1f}', 100 * change_rate), '-', '−') || ' %', '')
                || ')'
        end as newest_clause,
        '`asylum backfill --release ' || release_id_on_the_day || '` brings ' as backfill_clause
    from worded
),

final as (
    select
        document_id,
        claim_id,
        1 as sentence_number,
        case
            when release_id_on_the_day is null
                then
                    'No release of UNHCR''s database is known that was out on '
                    || document_published_on || '.'
            when verdict = 'not_checkable' and not is_release_held
                then
                    'Release ' || release_id_on_the_day || ', in force on '
                    || document_published_on || ', is not in the warehouse: '
                    || backfill_clause || 'it.'
            when verdict = 'not_checkable' and years_not_covered is not null
                then
                    'The warehouse does not hold what release ' || release_id_on_the_day
                    || ' says of ' || years_not_covered || ' here: '
                    || backfill_clause || 'all countries and years of it.'
            when verdict = 'not_checkable' and years_without_figure is not null
                then
                    'Release ' || release_id_on_the_day || ' has no figure for '
                    || years_without_figure || '.'
            when verdict = 'not_checkable'
                then
                    'The warehouse holds only some countries of asylum of release '
                    || release_id_on_the_day || ': ' || backfill_clause || 'all.'
            when value_on_the_day is null
                then
                    'On ' || document_published_on || ' UNHCR''s database (release '
                    || release_id_on_the_day || ') had no figure.'
            else
                'Stated: ' || stated_text || '. On ' || document_published_on
                || ' UNHCR''s database (release ' || release_id_on_the_day || ') gave '
                || on_the_day_text || newest_clause || '.'
        end as sentence
    from told
)

select * from final
