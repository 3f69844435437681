-- Which figures a claim rests on. A share's whole, a rank's and a count's peers are of other countries of
-- asylum. A claim that reads a stock of asylum-seekers as a flow, or adds stocks up, is worked out a second
-- time on new asylum claims, in roles that begin with `flow_`. A summed side is '-'.
with claims as (
    select
        *,
        measure in ('asylum_seekers_stock', 'applications_new')
        and counting_unit = 'persons'
        and (read_as = 'flow' or {{ adds_stocks_up() }}) as is_read_as_flow
    from {{ ref('int_claims_combined') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

by_role as (
    select
        document_id,
        claim_id,
        document_published_on,
        as_of,
        origin_iso3,
        counting_unit,
        kind in ('rank', 'count') as is_among_peers,
        unnest([
            {
                'input_role': 'figure',
                'is_wanted': kind <> 'count' or count_of <> 'countries',
                'asylum_iso3': asylum_iso3,
                'measure': measure,
                'years': generate_series(from_year, to_year)
            },
            {
                'input_role': 'base',
                'is_wanted': is_compared_with_base,
                'asylum_iso3': coalesce(base_asylum_iso3, asylum_iso3),
                'measure': measure,
                'years': generate_series(base_from_year, base_to_year)
            },
            {
                'input_role': 'whole',
                'is_wanted': kind in ('share', 'rank') or (kind = 'count' and count_of = 'countries'),
                'asylum_iso3': null,
                'measure': measure,
                'years': [to_year]
            },
            {
                'input_role': 'flow_figure',
                'is_wanted': is_read_as_flow and (kind <> 'count' or count_of <> 'countries'),
                'asylum_iso3': asylum_iso3,
                'measure': 'new_asylum_claims',
                'years': generate_series(from_year, to_year)
            },
            {
                'input_role': 'flow_base',
                'is_wanted': is_read_as_flow and is_compared_with_base,
                'asylum_iso3': coalesce(base_asylum_iso3, asylum_iso3),
                'measure': 'new_asylum_claims',
                'years': generate_series(base_from_year, base_to_year)
            },
            {
                'input_role': 'flow_whole',
                'is_wanted': is_read_as_flow
                and (kind in ('share', 'rank') or (kind = 'count' and count_of = 'countries')),
                'asylum_iso3': null,
                'measure': 'new_asylum_claims',
                'years': [to_year]
            },
            -- What a flow is mistaken for.
            {
                'input_role': 'stock',
                'is_wanted': kind = 'level' and measure = 'applications_new',
                'asylum_iso3': asylum_iso3,
                'measure': 'asylum_seekers_stock',
                'years': [to_year]
            }
        ], recursive := true)
    from claims
),

by_year as (
    select
        * exclude (is_wanted, years),
        cast(unnest(years) as integer) as reference_year
    from by_role
    where is_wanted
),

final as (
    select
        by_year.document_id,
        by_year.claim_id,
        by_year.input_role,
        by_year.input_role in ('whole', 'flow_whole') and by_year.is_among_peers as is_among_peers,
        by_year.origin_iso3,
        by_year.asylum_iso3,
        coalesce(origins.unhcr_code, if(by_year.origin_iso3 is null, '-', null)) as origin,
        coalesce(asylums.unhcr_code, if(by_year.asylum_iso3 is null, '-', null)) as asylum,
        by_year.counting_unit,
        by_year.measure,
        measures.endpoint,
        by_year.reference_year,
        by_year.document_published_on,
        by_year.as_of
    from by_year
    inner join measures on by_year.measure = measures.measure
    left join countries as origins on by_year.origin_iso3 = origins.iso3
    left join countries as asylums on by_year.asylum_iso3 = asylums.iso3
)

select * from final
