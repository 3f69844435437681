-- Who is in one of two figures that a claim holds against each other, and not in the other: a group had other
-- members, or a country's figures covered another one. They bear on a change as breaks do: many of all
-- people, or as many as the change.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

members as (
    select * from {{ ref('int_claim_members_compared') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

territories as (
    select * from {{ ref('inhabitants_added').identifier }}
),

-- South Sudan is in Sudan's figures until it has its own.
covering as (
    select distinct
        members.document_id,
        members.claim_id,
        members.side,
        territories.added_iso3,
        territories.note
    from members
    inner join claims on members.document_id = claims.document_id and members.claim_id = claims.claim_id
    inner join territories
        on
            members.iso3 = territories.country_iso3
            and coalesce(claims.base_from_year, claims.from_year) <= territories.to_year
            and claims.to_year > territories.to_year
),

covered as (
    select
        covering.document_id,
        covering.claim_id,
        min(covering.note) as members_text
    from covering
    left join members
        on
            covering.document_id = members.document_id
            and covering.claim_id = members.claim_id
            and covering.side = members.side
            and covering.added_iso3 = members.iso3
    where members.claim_id is null
    group by covering.document_id, covering.claim_id
),

of_their_own as (
    select members.*
    from members
    left join covering
        on
            members.document_id = covering.document_id
            and members.claim_id = covering.claim_id
            and members.side = covering.side
            and members.iso3 = covering.added_iso3
    where covering.claim_id is null
),

totals as (
    select
        *,
        sum(figure) over compared as figure_of_all,
        sum(base) over compared as base_of_all,
        coalesce(sum(if(is_in_base, 0, figure)) over compared, 0)
        + coalesce(sum(if(is_in_figure, 0, base)) over compared, 0) as in_one_alone
    from of_their_own
    window compared as (partition by document_id, claim_id, comparison, side)
),

changed as (
    select distinct
        document_id,
        claim_id,
        code,
        first_year,
        last_year,
        max(coalesce(base, figure)) over (partition by document_id, claim_id, code) as persons
    from totals
    where
        is_in_base <> is_in_figure
        and in_one_alone > 0
        and (
            in_one_alone > {{ var('incomplete_from_share') }} * greatest(figure_of_all, base_of_all)
            or in_one_alone >= abs(figure_of_all - base_of_all)
        )
),

changed_worded as (
    select
        changed.document_id,
        changed.claim_id,
        'the group had other members: ' || {{ counted_alone_text('changed') }} as members_text
    from changed
    inner join countries on changed.code = countries.unhcr_code
    group by changed.document_id, changed.claim_id
),

final as (
    select
        claims.document_id,
        claims.claim_id,
        coalesce(changed.members_text, covered.members_text) as members_text
    from claims
    left join changed_worded as changed
        on claims.document_id = changed.document_id and claims.claim_id = changed.claim_id
    left join covered on claims.document_id = covered.document_id and claims.claim_id = covered.claim_id
    where coalesce(changed.members_text, covered.members_text) is not null
)

select * from final
