-- How many people at most may be missing in the figures behind a claim: in those that it is about, in what
-- these are a part of, and in both at once; and whether people are missing in the newest figures. Those who
-- are counted in the other unit are missing too.
with people as (
    select * from {{ ref('int_claim_people_missing') }}
    union all by name
    select * from {{ ref('int_claim_ages_missing') }}
    union all by name
    select
        * exclude (missing),
        missing as in_other_unit,
        missing as not_reported,
        missing as not_reported_of_part,
        0 as figure,
        0 as without_origin,
        0 as without_origin_by_estimate,
        0 as without_origin_in_proportion
    from {{ ref('int_claim_units_beside') }}
    where not is_of_rate
),

missing as (
    select
        *,
        not_reported_of_part + without_origin as missing,
        not_reported_of_part + without_origin_by_estimate as missing_by_estimate,
        not_reported_of_part + without_origin_in_proportion as missing_in_proportion,
        not_reported + without_origin as missing_of_all,
        input_role = 'figure' as is_own
    from people
),

claims as (
    select * from {{ ref('int_claims_combined') }}
),

by_year as (
    select
        document_id,
        claim_id,
        reference_year,
        bool_or(is_rate) as is_rate,
        bool_or(is_of_its_whole) as is_of_its_whole,
        bool_and(starts_with(measure, 'decisions_')) as is_of_decisions,
        sum(figure) filter (where is_own) as figure,
        sum(missing) filter (where is_own) as missing,
        sum(not_reported) filter (where is_own) as not_reported,
        sum(missing_of_all) filter (where is_own) as missing_of_all,
        sum(missing_of_all) filter (where not is_own) as missing_of_whole,
        sum(missing_by_estimate) filter (where is_own) as missing_by_estimate,
        sum(missing_by_estimate) filter (where not is_own) as missing_of_base_by_estimate,
        sum(figure + missing_in_proportion) filter (where is_own) as figure_in_proportion,
        -- Over all origins, people without one are there.
        bool_and(origin <> '-') filter (where not is_own) as is_whole_by_origin,
        bool_or(is_incomplete_now) as is_incomplete_now,
        coalesce(max(in_other_unit), 0) as in_other_unit,
        bool_or(is_in_other_unit_now) as is_in_other_unit_now,
        string_agg(distinct ages_text, '; ' order by ages_text) as ages_text
    from missing
    group by document_id, claim_id, reference_year
),

-- Without and with those who may be missing.
ranged as (
    select
        by_year.*,
        claims.threshold_low,
        by_year.reference_year < claims.to_year as is_earlier,
        max(by_year.figure) over years_before as highest_before,
        by_year.figure <= lag(by_year.figure_in_proportion) over years_so_far as may_have_fallen,
        sum(by_year.figure + by_year.missing) over years_so_far as most_to_date,
        by_year.figure >= claims.threshold_low
        and by_year.figure + by_year.missing <= coalesce(claims.threshold_high, cast('infinity' as double))
            as is_surely_within,
        by_year.figure + by_year.missing >= claims.threshold_low
        and by_year.figure <= coalesce(claims.threshold_high, cast('infinity' as double))
            as is_perhaps_within
    from by_year
    inner join claims
        on by_year.document_id = claims.document_id and by_year.claim_id = claims.claim_id
    window
        years_so_far as (
            partition by by_year.document_id, by_year.claim_id
            order by by_year.reference_year
        ),
        years_before as (
            partition by by_year.document_id, by_year.claim_id
            order by by_year.reference_year
            rows between unbounded preceding and 1 preceding
        )
),

by_claim as (
    select
        document_id,
        claim_id,
        bool_or(is_rate) as is_rate,
        bool_or(is_of_its_whole) as is_of_its_whole,
        bool_and(is_of_decisions) as is_of_decisions,
        sum(figure) as figure,
        sum(missing) as missing,
        sum(not_reported) as not_reported,
        sum(missing_of_all) as missing_of_all,
        sum(missing_of_whole) as missing_of_whole,
        coalesce(sum(missing_by_estimate), 0) as missing_by_estimate,
        coalesce(sum(missing_of_base_by_estimate), 0) as missing_of_base_by_estimate,
        bool_and(is_whole_by_origin) as is_whole_by_origin,
        max_by(missing, reference_year) as missing_of_last_year,
        max_by(figure + missing, reference_year) > max(figure) as may_last_year_be_highest,
        max(figure_in_proportion) filter (where is_earlier) > max_by(figure, reference_year)
            as may_earlier_year_be_highest,
        bool_or(may_have_fallen) as may_a_year_have_fallen,
        bool_and(figure + missing > highest_before) as may_each_year_have_risen,
        min(reference_year) filter (where most_to_date > threshold_low) as year_passed_at_the_earliest,
        count(*) filter (where is_surely_within) as years_surely_within,
        count(*) filter (where is_perhaps_within) as years_perhaps_within,
        min(figure + missing) as lowest_with_missing,
        max(figure + missing) as highest_with_missing,
        bool_or(is_incomplete_now) as is_incomplete_now,
        bool_or(in_other_unit > 0) as is_in_other_unit,
        coalesce(bool_or(is_in_other_unit_now), false) as is_in_other_unit_now,
        string_agg(ages_text, '; ' order by reference_year) as ages_text
    from ranged
    group by document_id, claim_id
),

final as (
    select
        * exclude (
            is_rate, is_of_its_whole, is_of_decisions, figure, not_reported, missing_of_all, missing_of_whole,
            is_whole_by_origin
        ),
        -- The decisions of a rate are its whole.
        if(is_rate, figure, null) as decisions,
        -- Who is missing in the part is so in the whole, and makes the share no smaller.
        if(is_rate, missing_of_all, greatest(missing_of_whole - if(is_of_its_whole, not_reported, 0), 0))
            as missing_of_whole,
        -- Whoever is in a part is in its whole; of another measure nobody knows.
        case
            when is_of_decisions then missing
            when is_of_its_whole then if(is_whole_by_origin, missing, not_reported)
            else 0
        end as missing_in_both
    from by_claim
)

select * from final
