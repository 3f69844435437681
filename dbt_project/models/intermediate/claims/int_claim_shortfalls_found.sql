-- How many people at most may be missing in the figures behind a claim: in those that it is about, in what
-- these are a part of, and in both at once; and whether people are missing in the newest figures.
with missing as (
    select
        *,
        not_reported_of_part + without_origin as missing,
        not_reported + without_origin as missing_of_all,
        input_role = 'figure' as is_own
    from {{ ref('int_claim_people_missing') }}
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
        -- Over all origins, people without one are there.
        bool_and(origin <> '-') filter (where not is_own) as is_whole_by_origin,
        bool_or(is_incomplete_now) as is_incomplete_now
    from missing
    group by document_id, claim_id, reference_year
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
        bool_and(is_whole_by_origin) as is_whole_by_origin,
        max_by(missing, reference_year) as missing_of_last_year,
        max_by(figure + missing, reference_year) > max(figure) as may_last_year_be_highest,
        bool_or(is_incomplete_now) as is_incomplete_now
    from by_year
    group by document_id, claim_id
),

final as (
    select
        document_id,
        claim_id,
        missing,
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
        end as missing_in_both,
        missing_of_last_year,
        may_last_year_be_highest,
        is_incomplete_now
    from by_claim
)

select * from final
