-- Who is in one of the two figures that a claim compares, and not in the other: a group had other members,
-- or a country's figures covered another one. They bear on a change as breaks do: many of all people, or as
-- many as the change.
with claims as (
    select * from {{ ref('int_claims_combined') }}
    where {{ compares_two_times() }}
),

inputs as (
    select
        document_id,
        claim_id,
        input_role = 'base' as is_base,
        newest.figure,
        unnest([
            { 'side': 'origin', 'code': origin, 'iso3': origin_iso3 },
            { 'side': 'asylum', 'code': asylum, 'iso3': asylum_iso3 }
        ], recursive := true)
    from {{ ref('int_claim_inputs_found') }}
    where input_role in ('figure', 'base') and not is_among_peers
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

territories as (
    select * from {{ ref('inhabitants_added').identifier }}
),

members as (
    select
        document_id,
        claim_id,
        side,
        code,
        any_value(iso3) as iso3,
        bool_or(is_base) as is_in_base,
        bool_or(not is_base) as is_in_figure,
        {{ total('figure', 'is_base') }} as base,
        {{ total('figure', 'not is_base') }} as figure
    from inputs
    group by document_id, claim_id, side, code
),

-- South Sudan is in Sudan's figures until it has its own.
covering as (
    select
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
            and claims.base_from_year <= territories.to_year
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
        document_id,
        claim_id,
        side,
        greatest(sum(figure), sum(base)) as larger,
        abs(sum(figure) - sum(base)) as moved,
        sum(if(is_in_base, 0, figure)) as joined,
        sum(if(is_in_figure, 0, base)) as gone
    from of_their_own
    group by document_id, claim_id, side
),

changed as (
    select
        members.document_id,
        members.claim_id,
        'the group had other members: ' || string_agg(
            countries.country_name_within || ' is counted in ' || if(
                members.is_in_base,
                concat_ws(' to ', claims.base_from_year, nullif(claims.base_to_year, claims.base_from_year)),
                concat_ws(' to ', claims.from_year, nullif(claims.to_year, claims.from_year))
            ) || ' alone',
            ', ' order by coalesce(members.base, members.figure) desc, countries.country_name
        ) as members_text
    from of_their_own as members
    inner join claims on members.document_id = claims.document_id and members.claim_id = claims.claim_id
    inner join totals
        on
            members.document_id = totals.document_id
            and members.claim_id = totals.claim_id
            and members.side = totals.side
    inner join countries on members.code = countries.unhcr_code
    where
        members.is_in_base <> members.is_in_figure
        and totals.joined + totals.gone > 0
        and (
            totals.joined + totals.gone > {{ var('incomplete_from_share') }} * totals.larger
            or totals.joined + totals.gone >= totals.moved
        )
    group by members.document_id, members.claim_id
),

final as (
    select
        claims.document_id,
        claims.claim_id,
        coalesce(changed.members_text, covered.members_text) as members_text
    from claims
    left join changed on claims.document_id = changed.document_id and claims.claim_id = changed.claim_id
    left join covered on claims.document_id = covered.document_id and claims.claim_id = covered.claim_id
    where coalesce(changed.members_text, covered.members_text) is not null
)

select * from final
