-- Which places a country may hold on each of the two days, with those who may be missing in its figure and in
-- those of the countries that it is among; and whether that leaves open what a claim says of it.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

asked as (
    select * from {{ ref('int_claim_places_asked') }}
),

missing as (
    select * from {{ ref('int_claim_places_missing') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

own as (
    select
        document_id,
        claim_id,
        variant,
        any_value(country) as country,
        any_value(is_of_origins) as is_of_origins,
        bool_and(asylum = '-') as is_everywhere,
        sum(figure) as figure,
        sum(unknown_beside) as unknown_beside
    from asked
    where not is_peer
    group by document_id, claim_id, variant
),

rows_gathered as (
    select * from asked
    where is_peer
    union all by name
    select * from missing
),

by_country as (
    select
        document_id,
        claim_id,
        variant,
        country,
        coalesce(sum(figure), 0) as figure,
        coalesce(sum(not_reported), 0) + coalesce(sum(of_other_type), 0) as not_reported,
        sum(withheld) as withheld,
        sum(estimated) as estimated,
        sum(unknown_there) as unknown_there
    from rows_gathered
    group by document_id, claim_id, variant, country
),

by_claim_too as (
    select
        *,
        bool_or(withheld is not null) over (partition by document_id, claim_id, variant) as is_withheld,
        bool_or(estimated is not null) over (partition by document_id, claim_id, variant) as is_estimated
    from by_country
),

-- The estimate of all countries of asylum together, else that of the year in which they began to give no
-- origins, else all people of unknown origin.
bounded as (
    select
        by_country.document_id,
        by_country.claim_id,
        by_country.variant,
        by_country.country = own.country as is_own,
        own.figure as own_figure,
        by_country.figure,
        by_country.not_reported + coalesce(
            case
                when by_country.is_estimated then coalesce(by_country.estimated, by_country.withheld)
                when not own.is_of_origins
                    then coalesce(by_country.withheld, by_country.unknown_there)
                when own.is_everywhere then greatest(own.unknown_beside, by_country.withheld)
                else if(by_country.is_withheld, by_country.withheld, own.unknown_beside)
            end,
            0
        ) as missing
    from by_claim_too as by_country
    inner join own
        on
            by_country.document_id = own.document_id
            and by_country.claim_id = own.claim_id
            and by_country.variant = own.variant
    inner join countries on by_country.country = countries.unhcr_code
    where coalesce(countries.special_kind, 'tibetan') = 'tibetan' and own.figure > 0
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
        variant,
        1 + count(*) filter (where not is_own and figure > own_figure + own_missing) as best,
        1 + count(*) filter (where not is_own and figure + missing > own_figure) as worst
    from with_own
    group by document_id, claim_id, variant
),

by_claim as (
    select
        document_id,
        claim_id,
        {%- for variant in ['at_publication', 'newest'] %}
        any_value({ 'best': best, 'worst': worst }) filter (where variant = '{{ variant }}')
            as {{ variant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from places
    group by document_id, claim_id
),

final as (
    select
        by_claim.document_id,
        by_claim.claim_id,
        by_claim.at_publication.best || ' to ' || by_claim.at_publication.worst as places_text,
        coalesce(
            by_claim.at_publication.best < by_claim.at_publication.worst
            and claims.stated_value between by_claim.at_publication.best and by_claim.at_publication.worst,
            false
        ) as is_place_open,
        coalesce(by_claim.newest.best < by_claim.newest.worst, false) as is_place_open_now
    from by_claim
    inner join claims on by_claim.document_id = claims.document_id and by_claim.claim_id = claims.claim_id
)

select * from final
