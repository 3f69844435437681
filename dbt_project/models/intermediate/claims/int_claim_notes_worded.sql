-- What must be said beside a figure wherever it is printed, a row a sentence: of how many people the age or
-- sex is known, whose figures a country's were before it was divided, and who is in some years of a sum only.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

ages as (
    select * from {{ ref('int_claim_ages_missing') }}
),

sides as (
    select
        document_id,
        claim_id,
        endpoint,
        input_role,
        reference_year,
        newest.figure,
        unnest([
            { 'side': 'origin', 'code': origin, 'iso3': origin_iso3 },
            { 'side': 'asylum', 'code': asylum, 'iso3': asylum_iso3 }
        ], recursive := true)
    from {{ ref('int_claim_inputs_found') }}
    where input_role in ('figure', 'base') and not is_among_peers
),

territories as (
    select * from {{ ref('inhabitants_added').identifier }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

members_changed as (
    select * from {{ ref('int_claim_members_changed') }}
),

-- The figures of IDMC and UNRWA are their own.
covering as (
    select
        sides.document_id,
        sides.claim_id,
        sides.code,
        min_by(territories.note, (territories.to_year, territories.added_iso3)) as note
    from sides
    inner join territories
        on sides.iso3 = territories.country_iso3 and sides.reference_year <= territories.to_year
    left join sides as members
        on
            sides.document_id = members.document_id
            and sides.claim_id = members.claim_id
            and sides.side = members.side
            and territories.added_iso3 = members.iso3
    where sides.figure > 0 and sides.endpoint not in ('idmc', 'unrwa') and members.iso3 is null
    group by sides.document_id, sides.claim_id, sides.code
),

-- Where two times do not compare for it, that is told already.
covered as (
    select
        covering.document_id,
        covering.claim_id,
        string_agg(covering.note, '. ' order by covering.note) || '.' as sentence
    from covering
    left join members_changed
        on covering.document_id = members_changed.document_id and covering.claim_id = members_changed.claim_id
    where members_changed.members_text is distinct from covering.note
    group by covering.document_id, covering.claim_id
),

members as (
    select
        sides.document_id,
        sides.claim_id,
        sides.code,
        sum(sides.figure) as persons,
        min(sides.reference_year) as first_year,
        max(sides.reference_year) as last_year
    from sides
    inner join claims on sides.document_id = claims.document_id and sides.claim_id = claims.claim_id
    where claims.kind in ('sum', 'threshold_year') and sides.input_role = 'figure'
    group by sides.document_id, sides.claim_id, sides.side, sides.code
    having
        persons > 0
        and count(distinct sides.reference_year) < any_value(claims.to_year - claims.from_year + 1)
),

added_up as (
    select
        members.document_id,
        members.claim_id,
        'The members of the group are those of each year: ' || {{ counted_alone_text('members') }} || '.'
            as sentence
    from members
    inner join countries on members.code = countries.unhcr_code
    group by members.document_id, members.claim_id
),

known as (
    select
        ages.document_id,
        ages.claim_id,
        if(bool_or(ages.is_of_ages), 'Age and sex are known of ', 'The sex is known of ') || string_agg(
            {{ figure_text('ages.known_now') }} || ' of ' || {{ figure_text('ages.people_now') }} || ' people'
            || if(claims.from_year < claims.to_year, ' of ' || ages.reference_year, ''),
            ', ' order by ages.reference_year
        ) || '.' as sentence
    from ages
    inner join claims on ages.document_id = claims.document_id and ages.claim_id = claims.claim_id
    where ages.input_role = 'figure' and ages.not_known_now > 0
    group by ages.document_id, ages.claim_id
),

final as (
    {%- for name in ['known', 'covered', 'added_up'] %}
    select
        document_id,
        claim_id,
        {{ 16 + loop.index0 }} as sentence_number,
        sentence
    from {{ name }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
