-- What comes of each claim by its kind, from each variant of its figures, in its unit and in words, and
-- whether that agrees with what is stated (NULL: not known).
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

variants as (
    select * from {{ ref('int_claim_variants_gathered') }}
),

joined as (
    select
        variants.*,
        claims.* exclude (document_id, claim_id)
    from variants
    inner join claims
        on variants.document_id = claims.document_id and variants.claim_id = claims.claim_id
),

-- Without a figure there is no place. One is certain where what no country is known for could not hold a
-- higher one. Of increases and of the largest ever no whole is known: there the world is.
computed as (
    select
        *,
        case
            when has_no_place then null
            when kind in ('level', 'sum') then figure
            when kind = 'difference' then figure - base
            when kind = 'change' then 100 * (figure - base) / nullif(base, 0)
            when kind in ('ratio', 'comparison') then figure / nullif(base, 0)
            when kind in ('share', 'share_of') then 100 * figure / nullif(whole, 0)
            when kind = 'rate' then 100 * figure / nullif(base, 0)
            when kind = 'per_head' then figure * per / nullif(inhabitants, 0)
            when kind = 'range' then if(are_years_known, highest, null)
            -- One higher year, or one that was no rise, refutes what is said of all of them.
            when kind = 'record'
                then if(are_years_known or is_last_year_known and highest_year < to_year, highest_year, null)
            when kind = 'rising' then if(are_years_known or fall_count > 0, rise_count, null)
            when kind = 'threshold_year' then if(are_years_known, year_passed, null)
            when
                kind = 'extreme' and are_peers_complete
                and figure - if(base_from_year is null, 0, base) is not null
                then
                    1 + len(list_filter(
                        peer_figures, lambda peer: peer > figure - if(base_from_year is null, 0, base)
                    ))
            when
                kind in ('rank', 'place')
                and figure is not null
                and (
                    are_peers_complete
                    or whole - peers < figure
                )
                then 1 + len(list_filter(peer_figures, lambda peer: peer > figure))
            when kind = 'count' and count_of = 'years' then if(are_years_known, year_count, null)
            when
                kind = 'count'
                and (
                    are_peers_complete
                    -- The countries known are enough, whatever the others are.
                    or (peer_count >= stated_low and coalesce(stated_high, stated_value) is null)
                )
                then peer_count
        end as result,
        if(are_years_known, lowest, null) as result_low,
        kind = 'threshold_year' and are_years_known and year_passed is null as is_never_passed,
        kind = 'comparison' and base = 0 and figure > 0 as is_against_nobody,
        coalesce(kind = 'extreme' and base_from_year is not null and figure <= base, false) as is_no_increase
    from joined
),

-- Three columns are made of it: worked out once.
final as materialized (
    select
        document_id,
        claim_id,
        variant,
        {
            'value': result,
            'low': result_low,
            'text': case
                when is_no_increase then 'no increase: ' || {{ signed_text('(figure - base)') }}
                when is_never_passed then {{ figure_text('threshold_low') }} || ' not passed'
                when is_against_nobody then {{ figure_text('figure') }} || ' against 0'
                when kind in ('record', 'rising')
                    then
                        {{ claim_text('result', 'result_low') }}
                        || if(are_years_known, '', {{ known_years_text('known_year_count', 'computed') }})
                else {{ claim_text('result', 'result_low') }}
            end,
            'agrees': case
                when is_never_passed or is_no_increase then false
                when is_against_nobody and stated_high is null then relation = 'above'
                when result is null then null
                when kind = 'range'
                    then
                        abs(result_low - stated_low) <= low_tolerance
                        and abs(result - stated_high) <= high_tolerance
                when kind = 'record' then result = to_year
                when kind = 'rising' then result = to_year - from_year
                when kind = 'extreme' then result = 1
                when
                    kind = 'comparison'
                    and (result < coalesce(stated_low, result) or result > coalesce(stated_high, result))
                    then false
                when kind = 'comparison' and wording in ('slightly_below', 'slightly_above')
                    then abs(result - 1) <= 0.05 and (result < 1) = (wording = 'slightly_below')
                when kind = 'comparison' and relation = 'below' then result < 1
                when kind = 'comparison' and relation = 'above' then result > 1
                when kind = 'comparison'
                    then abs(result - 1) <= tolerance
                when stated_value is not null
                    then result >= accepted_low - 1e-9 and result <= accepted_high + 1e-9
                when coalesce(stated_low, stated_high) is not null
                    then
                        result >= coalesce(stated_low, result) - low_tolerance
                        and result <= coalesce(stated_high, result) + high_tolerance
            end,
            -- A ratio told as an increase, or the reverse; "more than doubled" is true of a threefold one.
            'is_ratio_and_change_confused': case
                when {{ holds_as_bound('result') }} then false
                when kind = 'change'
                    then 100 * figure / nullif(base, 0) between accepted_low and accepted_high
                when kind = 'ratio' then figure / nullif(base, 0) - 1 between accepted_low and accepted_high
                else false
            end,
            -- A difference of two percentages is one in points.
            'is_points_read_as_percent':
                kind = 'change' and is_rate and figure - base between accepted_low and accepted_high
                and not {{ holds_as_bound('result') }},
            'figure': figure,
            'base': base,
            'whole': whole,
            'known_year_count': known_year_count
        } as result
    from computed
)

select * from final
