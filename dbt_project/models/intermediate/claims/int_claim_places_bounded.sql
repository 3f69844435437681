-- Which places a country may hold on each of the two days, with those who may be missing in its figure and in
-- those of the countries that it is among, and how many countries a claim may count with them; and whether
-- that leaves open what it says.
with bounded as (
    select * from {{ ref('int_claim_countries_bounded') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

with_own as (
    select
        *,
        max(missing) filter (where is_own) over (partition by document_id, claim_id, variant) as own_missing
    from bounded
),

places as (
    select
        document_id,
        claim_id,
        max(place_stated) as stated_value,
        bool_or(of_other_unit > 0) as is_in_other_unit,
        {%- for variant in ['at_publication', 'newest'] %}
        1 + count(*) filter (
            where variant = '{{ variant }}' and is_own is not true and figure > own_figure + own_missing
        ) as best_{{ variant }},
        1 + count(*) filter (
            where variant = '{{ variant }}' and is_own is not true and figure + missing > own_figure
        ) as worst_{{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from with_own
    where lowest is null
    group by document_id, claim_id
    union all by name
    select * from {{ ref('int_claim_extremes_bounded') }}
),

-- How many people a country lacks to be counted, or to be no longer. Where each may have any of those of
-- unknown origin, they are given to those that lack fewest.
lacking as (
    select
        *,
        figure >= lowest as is_counted,
        greatest(if(is_counted, highest + 1, lowest) - figure - not_reported, 0) as lacks,
        if(is_own, null, lacks) <= missing - not_reported
        and (
            not may_have_any_origin
            or unknown_of_all >= sum(lacks) over (
                partition by document_id, claim_id, variant, is_counted, is_own
                order by lacks, country
            )
        ) as may_change
    from bounded
    where figure <= highest
),

counts as (
    select
        document_id,
        claim_id,
        {%- for variant in ['at_publication', 'newest'] %}
        {%- set is_here = "is_own is not true and variant = '" ~ variant ~ "'" %}
        count(*) filter (where {{ is_here }} and is_counted and not may_change) as fewest_{{ variant }},
        count(*) filter (where {{ is_here }} and (is_counted or may_change))
        -- Those of whom nobody is known there lack most.
        + if(
            bool_or(may_have_any_origin),
            least(
                max((select count(*) from countries) - country_count),
                floor(
                    (
                        max(unknown_of_all) filter (where variant = '{{ variant }}')
                        - coalesce(
                            sum(lacks) filter (where {{ is_here }} and not is_counted and may_change), 0
                        )
                    ) / max(lowest)
                )
            ),
            0
        ) as most_{{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from lacking
    where lowest is not null
    group by document_id, claim_id
),

final as (
    select
        document_id,
        claim_id,
        best_at_publication || ' to ' || worst_at_publication as places_text,
        coalesce(
            best_at_publication < worst_at_publication
            and stated_value between best_at_publication and worst_at_publication,
            false
        ) as is_place_open,
        best_newest < worst_newest as is_open_now,
        is_in_other_unit,
        null as fewest_countries,
        null as most_countries
    from places
    union all by name
    select
        document_id,
        claim_id,
        false as is_place_open,
        fewest_newest < most_newest as is_open_now,
        fewest_at_publication as fewest_countries,
        most_at_publication as most_countries
    from counts
)

select * from final
