-- The roles of figures in each claim: what it is about, what that is compared with, the whole it is a
-- part of, and the countries among which it has a place. A claim that reads a stock of asylum-seekers as
-- a flow, or adds stocks up, is worked out a second time on new asylum claims (`flow_`); one on new
-- claims also on the stock (`stock_`) and on persons and cases together (`cases_`), which it may be
-- mistaken for. '*' is all countries, '?' each of them.
with claims as (
    select
        *,
        case
            when kind = 'rank' or among in ('hosts', 'destinations') or count_of in ('countries', 'hosts')
                then 'asylum'
            when among in ('origins', 'origins_in_host') or count_of = 'origins' then 'origin'
            when starts_with(asylum, 'top:') then 'asylum'
            when starts_with(origin, 'top:') then 'origin'
        end as each_of,
        kind = 'count' and count_of <> 'years' as is_count_of_countries,
        measure in ('asylum_seekers_stock', 'applications_new')
        and counting_unit = 'persons'
        and (read_as = 'flow' or coalesce({{ adds_stocks_up() }}, false)) as is_read_as_flow,
        measure in ('new_asylum_claims', 'applications_new')
        and counting_unit = 'persons'
        and kind in ('level', 'change', 'ratio', 'difference') as is_of_new_claims
    from {{ ref('int_claims_combined') }}
    where kind <> 'not_expressible'
),

readings as (
    select
        *,
        unnest([
            { 'prefix': '', 'measure_read': null, 'units': [counting_unit], 'is_asked': true },
            {
                'prefix': 'flow_',
                'measure_read': 'new_asylum_claims',
                'units': ['persons'],
                'is_asked': is_read_as_flow
            },
            {
                'prefix': 'stock_',
                'measure_read': 'asylum_seekers_stock',
                'units': ['persons'],
                'is_asked': is_of_new_claims
            },
            {
                'prefix': 'cases_',
                'measure_read': 'applications_new',
                'units': ['persons', 'cases'],
                'is_asked': is_of_new_claims
            }
        ], recursive := true)
    from claims
),

by_role as (
    select
        *,
        unnest([
            {
                'role': 'figure',
                'is_wanted': not is_count_of_countries and top_count is null,
                'origin_told': origin,
                'asylum_told': asylum,
                'measure_told': measure,
                'years': generate_series(from_year, to_year)
            },
            {
                'role': 'base',
                'is_wanted': is_compared_with_base or (kind = 'extreme' and base_from_year is not null),
                'origin_told': coalesce(base_origin, origin),
                'asylum_told': coalesce(base_asylum, asylum),
                'measure_told': coalesce(base_measure, measure),
                'years': generate_series(coalesce(base_from_year, from_year), coalesce(base_to_year, to_year))
            },
            {
                'role': 'whole',
                'is_wanted': kind in ('share', 'share_of', 'rank', 'place') or is_count_of_countries,
                'origin_told': case
                    when share_of in ('host', 'world') or (each_of = 'origin' and kind <> 'share_of') then '*'
                    when share_of = 'base' then coalesce(base_origin, origin)
                    else origin
                end,
                'asylum_told': case
                    when share_of in ('origin', 'world') or (each_of = 'asylum' and kind <> 'share_of')
                        then '*'
                    when kind = 'share' then '*'
                    when share_of = 'base' then coalesce(base_asylum, asylum)
                    else asylum
                end,
                'measure_told': coalesce(base_measure, measure),
                'years': [to_year]
            },
            {
                'role': 'peer',
                'is_wanted': each_of is not null,
                'origin_told': if(each_of = 'origin', '?', origin),
                'asylum_told': if(each_of = 'asylum', '?', asylum),
                'measure_told': measure,
                -- The largest ever is looked for in all years of the database.
                'years': generate_series(if(kind = 'extreme', 1951, from_year), to_year)
            }
        ], recursive := true)
    from readings
    where is_asked
),

final as (
    select
        document_id,
        claim_id,
        prefix || role as input_role,
        role,
        role = 'peer' as is_among_peers,
        case when kind = 'extreme' then if(base_from_year is null, 'levels', 'increases') end as extreme_of,
        origin_told,
        asylum_told,
        if(measure_read is null or measure_told <> measure, measure_told, measure_read) as measure_told,
        population_type,
        units,
        years,
        if(role = 'base' and base_from_year is not null, base_reference_date, reference_date)
            as reference_date,
        if(role = 'base' and base_from_year is not null, base_day_at_publication, day_at_publication)
            as day_at_publication,
        if(role = 'base' and base_from_year is not null, base_day_newest, day_newest) as day_newest
    from by_role
    where is_wanted
)

select * from final
