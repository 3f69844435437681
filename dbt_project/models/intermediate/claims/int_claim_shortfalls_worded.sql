-- What those who may be missing make of a claim that the figures leave open because of them, in a sentence.
with ages as (
    select distinct
        document_id,
        claim_id
    from {{ ref('int_claim_ages_missing') }}
    where not_reported > 0
),

claims as (
    select * from {{ ref('int_claims_worded') }}
    where is_within_missing or is_place_open or is_left_open
),

worded as (
    select
        claims.*,
        ages.claim_id is not null as is_of_unknown_age
    from claims
    left join ages on claims.document_id = ages.document_id and claims.claim_id = ages.claim_id
),

said as (
    select
        *,
        'Stated: ' || stated_text || '. On ' || claim.document_published_on || ' UNHCR''s database (release '
        || inputs.release_id_on_the_day || ') gave ' || coalesce(at_publication.text, 'nobody')
            as gave,
        case
            when claim.kind = 'record' then missing_of_last_year
            when lowest_possible is null and not is_left_open then missing
            else greatest(missing, missing_of_whole)
        end as most_missing,
        {{ whom_counted('claim.') }} as whom
    from worded
),

final as (
    select
        document_id,
        claim_id,
        case
            when is_place_open
                then
                    gave || ', and more ' || whom || ' may be missing in its figure or in those of the '
                    || 'countries that it is among, which would make it any place from ' || places_text || '.'
            when claim.kind = 'record' and at_publication.agrees
                then
                    gave || ', and more ' || whom || ' may be missing in an earlier year, which would make '
                    || 'that one the highest.'
            when claim.kind = 'rising'
                then
                    gave || ', and more ' || whom || ' may be missing in its years, which would make '
                    || if(at_publication.agrees, 'one of them no rise.', 'each of them a rise.')
            when most_countries is not null
                then
                    gave || ', and more ' || whom || ' may be missing in the figures of countries, which '
                    || 'would make it any number from ' || {{ figure_text('fewest_countries') }} || ' to '
                    || {{ figure_text('most_countries') }} || '.'
            else
                gave || ', and up to ' || {{ figure_text('most_missing') }} || ' more ' || whom
                || ' may be missing'
                || case
                    when claim.kind = 'record'
                        then ' in ' || claim.to_year || ', which would make it the highest.'
                    when claim.kind = 'per_head'
                        then
                            ', which would make it ' || {{ claim_text(
                                '((at_publication.figure + missing) * claim.per / claim.inhabitants)', 'null', 'claim.'
                            ) }} || '.'
                    when claim.kind in ('level', 'sum') and not claim.is_rate
                        then
                            ', which would make it '
                            || {{ figure_text('(coalesce(at_publication.value, 0) + missing)') }} || '.'
                    when lowest_possible is not null
                        then
                            ' in its figures, which would make it anything from '
                            || {{ figure_text('lowest_possible') }} || ' to '
                            || {{ figure_text('highest_possible') }} || ' %.'
                    else ' in its figures.'
                end
        end
        || case
            when is_of_unknown_age then ' Their age or sex was not reported.'
            when is_in_other_unit
                then ' They were counted in the other unit, or their origin, or their number, was not '
                    || 'reported.'
            else ' Their origin, or their number, was not reported.'
        end as sentence
    from said
)

select * from final
