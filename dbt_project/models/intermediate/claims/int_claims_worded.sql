-- What is stated, in words, how far the newest result is from that at publication, and what is told of it
-- after that.
with judged as (
    select * from {{ ref('int_claims_judged') }}
),

bases as (
    select * from {{ ref('int_claim_bases_named') }}
),

with_bases as (
    select
        judged.*,
        concat_ws(
            ' in ',
            nullif(concat_ws(' from ', bases.measure_named, bases.origin_named), ''),
            bases.asylum_named
        ) as base_named
    from judged
    left join bases on judged.document_id = bases.document_id and judged.claim_id = bases.claim_id
),

shown as (
    select
        *,
        case claim.wording
            when 'plain' then ''
            when 'slightly_below' then 'slightly below '
            when 'slightly_above' then 'slightly above '
            else claim.wording || ' '
        end || {{ claim_text(
            'coalesce(claim.stated_value, claim.stated_high, claim.stated_low)', 'claim.stated_low', 'claim.'
        ) }} as shown_text
    from with_bases
),

-- Five steps read it: worked out once.
final as materialized (
    select
        * exclude (shown_text, base_named),
        case
            when claim.kind = 'comparison'
                then
                    concat_ws(
                        ' ',
                        case when claim.wording in ('slightly_below', 'slightly_above') then 'slightly' end,
                        if(claim.relation = 'equal', 'as much as', claim.relation),
                        nullif(base_named, '') || ',',
                        claim.base_from_year,
                        if(claim.base_to_year > claim.base_from_year, 'to ' || claim.base_to_year, null)
                    )
                    || coalesce(', at least ' || {{ figure_text('claim.stated_low') }} || ' times', '')
                    || coalesce(', at most ' || {{ figure_text('claim.stated_high') }} || ' times', '')
            when claim.kind = 'record'
                then
                    'highest in ' || claim.to_year || ', of ' || claim.from_year || ' to ' || claim.to_year
            when claim.kind = 'rising'
                then 'higher every year, ' || claim.from_year || ' to ' || claim.to_year
            when claim.kind = 'extreme' then 'the largest ever of any country'
            when claim.stated_value is not null or claim.kind = 'range' then shown_text
            when claim.stated_high is null then 'at least ' || shown_text
            when claim.stated_low is null then 'at most ' || shown_text
            else 'between ' || {{ figure_text('claim.stated_low') }} || ' and ' || shown_text
        end as stated_text,
        -- Of places, years and bounds no difference in percent says anything.
        case
            when claim.kind in ('level', 'sum', 'difference')
                then {{ fraction('newest.value - at_publication.value', 'at_publication.value') }}
        end as change_rate,
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
                || if(newest.agrees and not at_publication.agrees, ', which agrees with what is stated', '')
        end as newest_clause,
        case
            when claim.has_no_place
                then
                    'People of unknown origin and the stateless hold no place among countries; how many are '
                    || 'of unknown origin says how countries of asylum report.'
            when
                claim.top_count is not null and claim.is_compared_with_base
                and claim.base_from_year <> claim.from_year
                then
                    'Which countries are the largest is looked for in one year alone, and not again in '
                    || 'those that it is compared with: name the countries.'
            when claim.kind = 'per_head' and claim.inhabitants is null
                then
                    'The warehouse has no number of inhabitants for it: the World Bank gives none, or its '
                    || 'numbers are not loaded.'
            when claim.kind in ('rank', 'place') and at_publication.figure = 0
                then
                    'In release ' || inputs.release_id_on_the_day || ' nobody is there, and nobody holds a '
                    || 'place.'
        end as nothing_comes_because
    from shown
)

select * from final
