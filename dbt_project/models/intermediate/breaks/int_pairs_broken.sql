-- Stocks of one origin in one country of asylum that are a break in themselves, at each vintage: dropped,
-- where hardly anybody is left of people whose number had stood about still; and replaced, where exactly
-- one number had stood for years. Returns and resettlement take years, and show in a figure that moves.
with kinds as (
    select * from {{ ref('break_kinds') }}
),

countries as (
    select * from {{ ref('int_countries_combined') }}
),

special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

hosts as (
    select * from {{ ref('int_unknown_origins_of_hosts') }}
),

-- Who is counted under another country since one of the two was divided.
divided as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        measure,
        reference_year,
        valid_from,
        {{ total('persons') }} as persons
    from {{ ref('int_pairs_divided') }}
    group by all
),

pairs as (
    select
        *,
        lag(figure) over pair as earlier_figure,
        lag(reference_year) over pair as earlier_year,
        lead(figure) over pair as next_figure,
        lead(reference_year) over pair as next_year
    from {{ ref('int_pairs_followed') }}
    where measure in ('refugees_stock', 'asylum_seekers_stock')
    window
        pair as (
            partition by origin_unhcr_code, asylum_unhcr_code, measure, valid_from order by reference_year
        )
),

-- Since when a stock has been exactly what it is.
standing as (
    select
        *,
        max(
            if(earlier_year = reference_year - 1 and earlier_figure = figure, null, reference_year)
        ) over (
            partition by origin_unhcr_code, asylum_unhcr_code, measure, valid_from
            order by reference_year rows unbounded preceding
        ) as stood_since
    from pairs
),

asked as (
    select distinct
        origin_cell,
        asylum_cell,
        from_year,
        to_year,
        valid_from
    from {{ ref('int_coverage_at_vintages') }}
    where endpoint = 'population' and slice = 'pairs'
),

-- Where a country of asylum gives no figure at all, or withholds origins, that is the break. What was not
-- asked for is not known.
followed as (
    select
        standing.* exclude (figure, reference_year),
        standing.reference_year + 1 as reference_year,
        standing.figure as figure_before,
        if(standing.next_year = standing.reference_year + 1, standing.next_figure, 0) as figure,
        standing.reference_year - standing.stood_since + 1 as years_stood,
        coalesce(divided.persons, 0) as counted_apart,
        special_origins.unhcr_code is not null as is_unknown_origin,
        hosts.figure_before - hosts.figure as fall_of_host
    from standing
    inner join hosts
        on
            standing.asylum_unhcr_code = hosts.asylum_unhcr_code
            and standing.measure = hosts.measure
            and standing.reference_year + 1 = hosts.reference_year
            and standing.valid_from = hosts.valid_from
    left join divided
        on
            standing.origin_unhcr_code = divided.origin_unhcr_code
            and standing.asylum_unhcr_code = divided.asylum_unhcr_code
            and standing.measure = divided.measure
            and standing.reference_year + 1 = divided.reference_year
            and standing.valid_from = divided.valid_from
    left join special_origins on standing.origin_unhcr_code = special_origins.unhcr_code
    left join countries as origins on standing.origin_unhcr_code = origins.unhcr_code
    left join countries as asylums on standing.asylum_unhcr_code = asylums.unhcr_code
    where
        hosts.figure > 0
        and not hosts.is_origin_withheld
        and (
            standing.next_year = standing.reference_year + 1
            or exists (
                select 1
                from asked
                where
                    asked.origin_cell in ('*', coalesce(origins.iso3, standing.origin_unhcr_code))
                    and asked.asylum_cell in ('*', coalesce(asylums.iso3, standing.asylum_unhcr_code))
                    and standing.reference_year + 1 between asked.from_year and asked.to_year
                    and asked.valid_from = standing.valid_from
            )
        )
),

-- People of unknown origin who are given an origin now are not dropped: those of their host are as many. Nor
-- is who is counted apart now.
broken as (
    select
        followed.*,
        kinds.kind,
        kinds.sort_order
    from followed
    inner join kinds
        on
            followed.figure_before >= kinds.persons_from
            and abs(followed.figure + followed.counted_apart - followed.figure_before)
            >= kinds.persons_from
            and case kinds.kind
                when 'origin_dropped'
                    then
                        followed.earlier_year = followed.reference_year - kinds.years_from
                        and abs(followed.figure_before - followed.earlier_figure)
                        <= kinds.differs_up_to_share * followed.figure_before
                        and followed.figure_before - followed.figure - followed.counted_apart
                        >= kinds.share_from * followed.figure_before
                        and (
                            not followed.is_unknown_origin
                            or followed.fall_of_host >= (followed.figure_before - followed.figure) / 2
                        )
                when 'estimate_replaced' then followed.years_stood >= kinds.years_from
            end
),

final as (
    select
        kind,
        origin_unhcr_code,
        asylum_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from,
        figure_before,
        figure,
        abs(figure - figure_before) as persons,
        stood_since
    from broken
    qualify
        sort_order = min(sort_order) over (
            partition by origin_unhcr_code, asylum_unhcr_code, measure, reference_year, valid_from
        )
)

select * from final
