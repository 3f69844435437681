-- Which figures a claim rests on. A share's whole, a rank's and a count's peers are of other countries of
-- asylum; beside a sum of stocks stand the applications of the same years. A summed side is '-'.
with claims as (
    select * from {{ ref('int_claims_combined') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

figures as (
    select
        document_id,
        claim_id,
        'figure' as input_role,
        asylum_iso3,
        measure,
        from_year,
        to_year
    from claims
    where not (kind = 'count' and count_of = 'countries')
),

bases as (
    select
        document_id,
        claim_id,
        'base' as input_role,
        coalesce(base_asylum_iso3, asylum_iso3) as asylum_iso3,
        measure,
        base_from_year as from_year,
        base_to_year as to_year
    from claims
    where is_compared_with_base
),

wholes as (
    select
        document_id,
        claim_id,
        'whole' as input_role,
        cast(null as varchar) as asylum_iso3,
        measure,
        to_year as from_year,
        to_year
    from claims
    where kind in ('share', 'rank') or (kind = 'count' and count_of = 'countries')
),

new_applications as (
    select
        document_id,
        claim_id,
        'new_applications' as input_role,
        asylum_iso3,
        'applications_new' as measure,
        from_year,
        to_year
    from claims
    where kind in ('level', 'sum') and measure = 'asylum_seekers_stock'
),

-- What a flow is mistaken for.
stocks as (
    select
        document_id,
        claim_id,
        'stock' as input_role,
        asylum_iso3,
        'asylum_seekers_stock' as measure,
        to_year as from_year,
        to_year
    from claims
    where kind = 'level' and measure = 'applications_new'
),

by_role as (
    select * from figures
    union all
    select * from bases
    union all
    select * from wholes
    union all
    select * from new_applications
    union all
    select * from stocks
),

by_year as (
    select
        *,
        cast(unnest(generate_series(from_year, to_year)) as integer) as reference_year
    from by_role
),

final as (
    select
        by_year.document_id,
        by_year.claim_id,
        by_year.input_role,
        by_year.input_role = 'whole' and claims.kind in ('rank', 'count') as is_among_peers,
        claims.origin_iso3,
        by_year.asylum_iso3,
        coalesce(origins.unhcr_code, if(claims.origin_iso3 is null, '-', null)) as origin,
        coalesce(asylums.unhcr_code, if(by_year.asylum_iso3 is null, '-', null)) as asylum,
        claims.counting_unit,
        by_year.measure,
        by_year.reference_year,
        claims.document_published_on,
        claims.as_of
    from by_year
    inner join claims
        on by_year.document_id = claims.document_id and by_year.claim_id = claims.claim_id
    left join countries as origins on claims.origin_iso3 = origins.iso3
    left join countries as asylums on by_year.asylum_iso3 = asylums.iso3
)

select * from final
