-- Which places a country may hold on each of the two days, with those who may be missing in its figure and in
-- those of the countries that it is among; and whether that leaves open what a claim says of it.
with gathered as (
    select * from {{ ref('int_claim_places_asked') }}
    union all by name
    select * from {{ ref('int_claim_places_missing') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

-- The claim's own country is a peer too.
by_country as (
    select
        document_id,
        claim_id,
        variant,
        country,
        any_value(stated_value) as stated_value,
        bool_or(not is_peer) as is_own,
        any_value(is_of_origins) filter (where not is_peer) as is_of_origins,
        any_value(asylum = '-') filter (where not is_peer) as is_everywhere,
        sum(unknown_beside) filter (where not is_peer) as unknown_beside,
        coalesce(sum(figure) filter (where is_peer), 0) as figure,
        coalesce(sum(not_reported), 0) + coalesce(sum(of_other_type), 0) as not_reported,
        sum(withheld) as withheld,
        sum(withheld_before) as withheld_before,
        sum(estimated) as estimated,
        sum(unknown_there) as unknown_there
    from gathered
    group by document_id, claim_id, variant, country
),

beside_own as (
    select
        *,
        max(figure) filter (where is_own) over claimed as own_figure,
        max(stated_value) over claimed as place_stated,
        bool_or(withheld is not null) over claimed as is_withheld,
        bool_or(estimated is not null) over claimed as is_estimated,
        bool_or(is_of_origins) over claimed as is_among_origins,
        bool_or(is_everywhere) over claimed as is_among_all,
        max(unknown_beside) over claimed as unknown_of_all
    from by_country
    window claimed as (partition by document_id, claim_id, variant)
),

-- The estimate of all countries of asylum together, else that of the year, for five years, in which they
-- began to give no origins, else all people of unknown origin.
bounded as (
    select
        found.*,
        found.not_reported + coalesce(
            case
                when found.is_estimated then coalesce(found.estimated, found.withheld)
                when not found.is_among_origins
                    then coalesce(
                        found.withheld,
                        if(found.unknown_there is null, null, found.withheld_before),
                        found.unknown_there
                    )
                when found.is_among_all then greatest(found.unknown_of_all, found.withheld)
                else if(found.is_withheld, found.withheld, found.unknown_of_all)
            end,
            0
        ) as missing
    from beside_own as found
    inner join countries on found.country = countries.unhcr_code
    where coalesce(countries.special_kind, 'tibetan') = 'tibetan' and found.own_figure > 0
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
        {%- for variant in ['at_publication', 'newest'] %}
        1 + count(*) filter (
            where variant = '{{ variant }}' and is_own is not true and figure > own_figure + own_missing
        ) as best_{{ variant }},
        1 + count(*) filter (
            where variant = '{{ variant }}' and is_own is not true and figure + missing > own_figure
        ) as worst_{{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from with_own
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
        best_newest < worst_newest as is_place_open_now
    from places
)

select * from final
