-- Whether those who may be missing leave open what a claim says, also where it agrees with the figures as
-- they are: a lower bound proves no upper one, nor an order or ratio of two figures, a threshold's year or a
-- number. Of the same people at two times the estimate decides, not all of unknown origin: a flag says so.
with bounded as (
    select * from {{ ref('int_claims_bounded') }}
),

shortfalls as (
    select * from {{ ref('int_claim_shortfalls_found') }}
),

places as (
    select * from {{ ref('int_claim_places_bounded') }}
),

claims as (
    select
        bounded.*,
        {{ compares_two_times('bounded.claim.') }} as is_of_two_times,
        coalesce(if(is_of_two_times, shortfalls.missing_by_estimate, bounded.missing), 0) as more,
        coalesce(if(is_of_two_times, shortfalls.missing_of_base_by_estimate, bounded.missing_of_whole), 0)
            as more_of_base,
        shortfalls.may_earlier_year_be_highest,
        shortfalls.may_a_year_have_fallen,
        shortfalls.may_each_year_have_risen,
        places.fewest_countries,
        places.most_countries,
        coalesce(places.most_countries >= 0 and places.is_open_now, false)
        and bounded.claim.threshold_high is null as is_number_lower_bound,
        shortfalls.year_passed_at_the_earliest,
        shortfalls.lowest_with_missing,
        shortfalls.highest_with_missing,
        -- A bound to one side.
        case
            when bounded.claim.stated_value is null and bounded.claim.stated_low is null
                then bounded.claim.stated_high
            when bounded.claim.wording = if(bounded.claim.stated_value > 0, 'under', 'over')
                then bounded.claim.stated_value
        end as at_most,
        case
            when bounded.claim.stated_value is null and bounded.claim.stated_high is null
                then bounded.claim.stated_low
            when bounded.claim.wording = if(bounded.claim.stated_value > 0, 'over', 'under')
                then bounded.claim.stated_value
        end as at_least,
        -- Which results agree, where two figures are held against each other.
        case
            when bounded.claim.relation = 'equal' then bounded.claim.tolerance
            when starts_with(bounded.claim.wording, 'slightly') then 0.05
            else cast('infinity' as double)
        end as nearness,
        greatest(bounded.lowest, 1 - nearness) as agrees_from,
        least(bounded.highest, 1 + nearness) as agrees_up_to,
        coalesce(bounded.lowest, 0) as count_at_least,
        coalesce(bounded.highest, 9999) as count_at_most,
        if(bounded.claim.count_of = 'years', shortfalls.years_surely_within, places.fewest_countries)
            as count_surely,
        if(bounded.claim.count_of = 'years', shortfalls.years_perhaps_within, places.most_countries)
            as count_perhaps,
        bounded.at_publication.figure + more as figure_at_most,
        bounded.at_publication.base + more_of_base as base_at_most
    from bounded
    left join shortfalls using (document_id, claim_id)
    left join places using (document_id, claim_id)
),

-- What may come of it, with all of them and with none.
ranged as (
    select
        *,
        case
            when claim.kind = 'change'
                then 100 * (at_publication.figure - base_at_most) / nullif(base_at_most, 0)
            when claim.kind = 'difference' then at_publication.figure - base_at_most
            when claim.kind in ('ratio', 'comparison')
                then at_publication.figure / nullif(base_at_most, 0)
            else lowest_possible
        end as result_at_least,
        case
            when claim.kind in ('level', 'sum') and not claim.is_rate then at_publication.value + missing
            when claim.kind = 'per_head' then figure_at_most * claim.per / nullif(claim.inhabitants, 0)
            when claim.kind = 'change'
                then 100 * (figure_at_most - at_publication.base) / nullif(at_publication.base, 0)
            when claim.kind = 'difference' then figure_at_most - at_publication.base
            when claim.kind in ('ratio', 'comparison')
                then figure_at_most / nullif(at_publication.base, 0)
            else highest_possible
        end as result_at_most
    from claims
),

final as (
    select
        *,
        coalesce(
            case
                when claim.is_rate and claim.kind <> 'level' then false
                when claim.kind = 'threshold_year'
                    then
                        at_publication.text is not null
                        and year_passed_at_the_earliest < coalesce(at_publication.value, claim.to_year + 1)
                        and claim.stated_value >= year_passed_at_the_earliest
                        and claim.stated_value <= coalesce(at_publication.value, claim.to_year)
                when claim.kind = 'count'
                    then
                        count_at_least <= count_perhaps and count_at_most >= count_surely
                        and (count_at_least > count_surely or count_at_most < count_perhaps)
                when claim.kind = 'record' then at_publication.agrees and may_earlier_year_be_highest
                when claim.kind = 'rising'
                    then if(at_publication.agrees, may_a_year_have_fallen, may_each_year_have_risen)
                -- Who states both ends quotes them.
                when claim.kind = 'range'
                    then
                        not at_publication.agrees
                        and (
                            lowest_with_missing > at_publication.low
                            or highest_with_missing > at_publication.value
                        )
                        and claim.stated_low >= at_publication.low - claim.low_tolerance
                        and claim.stated_low <= lowest_with_missing + claim.low_tolerance
                        and claim.stated_high >= at_publication.value - claim.high_tolerance
                        and claim.stated_high <= highest_with_missing + claim.high_tolerance
                when more + more_of_base = 0 then false
                when not at_publication.agrees and claim.is_compared_with_base
                    then
                        result_at_least <= agrees_up_to and result_at_most >= agrees_from
                        and (claim.relation is distinct from 'above' or result_at_most > 1)
                        and (claim.relation is distinct from 'below' or result_at_least < 1)
                when not at_publication.agrees then false
                when claim.kind in ('share', 'share_of') and is_in_other_unit
                    then lowest_possible < lowest or highest_possible > highest
                when
                    claim.kind = 'comparison'
                    or (
                        claim.kind in ('change', 'ratio', 'difference') and not is_of_two_times
                        and coalesce(at_most, at_least) is null
                    )
                    then
                        result_at_least < agrees_from - 1e-9 or result_at_most > agrees_up_to + 1e-9
                        or (claim.relation = 'above' and result_at_least <= 1)
                        or (claim.relation = 'below' and result_at_most >= 1)
                else result_at_most > at_most + 1e-9 or result_at_least < at_least - 1e-9
            end,
            false
        ) as is_left_open
    from ranged
)

select * from final
