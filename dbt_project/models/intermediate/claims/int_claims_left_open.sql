-- Whether those who may be missing leave open what a claim says, also where it agrees with the figures as
-- they are: a lower bound proves no upper one, nor an order of two figures, nor the year of a threshold. Of
-- the same people at two times, where a flag says so, the estimate decides and not all of unknown origin.
with bounded as (
    select * from {{ ref('int_claims_bounded') }}
),

shortfalls as (
    select * from {{ ref('int_claim_shortfalls_found') }}
),

claims as (
    select
        bounded.*,
        if({{ compares_two_times('bounded.claim.') }}, shortfalls.missing_by_estimate, bounded.missing)
            as more,
        if(
            {{ compares_two_times('bounded.claim.') }},
            shortfalls.missing_of_base_by_estimate,
            bounded.missing_of_whole
        ) as more_of_base,
        shortfalls.year_passed_at_the_earliest,
        shortfalls.years_surely_within,
        shortfalls.years_perhaps_within,
        shortfalls.lowest_with_missing,
        shortfalls.highest_with_missing,
        -- A bound to one side.
        case
            when bounded.claim.stated_value is null and bounded.claim.stated_low is null
                then bounded.claim.stated_high
            when bounded.claim.wording = 'under' and bounded.claim.stated_value > 0
                then bounded.claim.stated_value
        end as at_most,
        case
            when bounded.claim.stated_value is null and bounded.claim.stated_high is null
                then bounded.claim.stated_low
            when bounded.claim.wording = 'over' and bounded.claim.stated_value > 0
                then bounded.claim.stated_value
        end as at_least,
        coalesce(bounded.claim.stated_value, bounded.claim.stated_low, 0) as years_at_least,
        coalesce(bounded.claim.stated_value, bounded.claim.stated_high, 9999) as years_at_most,
        bounded.at_publication.figure + coalesce(more, 0) as figure_at_most,
        bounded.at_publication.base + coalesce(more_of_base, 0) as base_at_most
    from bounded
    left join shortfalls
        on bounded.document_id = shortfalls.document_id and bounded.claim_id = shortfalls.claim_id
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
        * exclude (
            more, more_of_base, at_most, at_least, years_at_least, years_at_most, figure_at_most,
            base_at_most, result_at_least, result_at_most, year_passed_at_the_earliest, years_surely_within,
            years_perhaps_within, lowest_with_missing, highest_with_missing
        ),
        coalesce(
            case
                when claim.is_rate and claim.kind <> 'level' then false
                when claim.kind = 'threshold_year'
                    then
                        at_publication.text is not null
                        and year_passed_at_the_earliest < coalesce(at_publication.value, claim.to_year + 1)
                        and claim.stated_value >= year_passed_at_the_earliest
                        and claim.stated_value <= coalesce(at_publication.value, claim.to_year)
                when claim.kind = 'count' and claim.count_of = 'years'
                    then
                        years_at_least <= years_perhaps_within and years_at_most >= years_surely_within
                        and (years_at_least > years_surely_within or years_at_most < years_perhaps_within)
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
                when not at_publication.agrees then false
                when claim.kind = 'comparison' and more + more_of_base > 0
                    then
                        result_at_least < claim.stated_low
                        or result_at_most > claim.stated_high
                        or (
                            claim.wording in ('slightly_below', 'slightly_above')
                            and (abs(result_at_least - 1) > 0.05 or abs(result_at_most - 1) > 0.05)
                        )
                        or case claim.relation
                            when 'above' then result_at_least <= 1
                            when 'below' then result_at_most >= 1
                            else result_at_least < 1 - claim.tolerance or result_at_most > 1 + claim.tolerance
                        end
                else result_at_most > at_most + 1e-9 or result_at_least < at_least - 1e-9
            end,
            false
        ) as is_left_open
    from ranged
)

select * from final
