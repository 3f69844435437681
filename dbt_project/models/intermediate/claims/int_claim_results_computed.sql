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

-- A place is certain where what no country is known for could not hold a higher one.
computed as (
    select
        *,
        case kind
            when 'level' then figure
            when 'sum' then figure
            when 'change' then 100 * (figure - base) / nullif(base, 0)
            when 'ratio' then figure / nullif(base, 0)
            when 'comparison' then figure / nullif(base, 0)
            when 'share' then 100 * figure / nullif(whole, 0)
            when 'range' then if(are_years_known, highest, null)
            when 'record' then if(are_years_known, highest_year, null)
            when 'threshold_year' then if(are_years_known, year_passed, null)
            when 'rank'
                then
                    if(
                        are_peers_complete or whole - peers < figure,
                        1 + len(list_filter(peer_figures, lambda peer: peer > figure)),
                        null
                    )
            when 'count'
                then
                    case
                        when count_of = 'years' and are_years_known then year_count
                        when count_of = 'countries' and are_peers_complete then peer_count
                        -- The countries known are enough, whatever the others are.
                        when
                            count_of = 'countries'
                            and peer_count >= stated_low
                            and coalesce(stated_high, stated_value) is null
                            then peer_count
                    end
        end as result,
        if(are_years_known, lowest, null) as result_low,
        kind = 'threshold_year' and are_years_known and year_passed is null as is_never_passed
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
            'text': if(
                is_never_passed,
                {{ figure_text('threshold_low') }} || ' not passed',
                {{ claim_text('result', 'result_low') }}
            ),
            'agrees': case
                when is_never_passed then false
                when result is null then null
                when kind = 'range'
                    then
                        abs(result_low - stated_low) <= tolerance
                        and abs(result - stated_high) <= tolerance
                when kind = 'record' then result = to_year
                when kind = 'comparison' and relation = 'below'
                    then result < 1 and result >= coalesce(stated_low, 0)
                when kind = 'comparison' and relation = 'above'
                    then
                        result > 1
                        and result >= coalesce(stated_low, 0)
                        and result <= coalesce(stated_high, result)
                when kind = 'comparison' then abs(result - 1) <= tolerance
                else
                    result >= coalesce(stated_low, stated_value, result + tolerance) - tolerance
                    and result <= coalesce(stated_high, stated_value, result) + tolerance
            end,
            -- A ratio told as an increase, or the reverse.
            'is_ratio_and_change_confused': case kind
                when 'change' then abs(100 * figure / nullif(base, 0) - stated_value) <= tolerance
                when 'ratio' then abs(figure / nullif(base, 0) - 1 - stated_value) <= tolerance
                else false
            end,
            'figure': figure,
            'base': base,
            'stock': stock,
            'known_year_count': known_year_count
        } as result
    from computed
)

select * from final
