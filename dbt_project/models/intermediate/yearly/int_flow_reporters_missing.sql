-- Countries of asylum that counted claims of an origin in the year before, and in this year reported none
-- of any origin held here: what a total over the year lacks is not known. One whose figures of the year
-- are known to be incomplete (reporting_gaps) is in the same place.
with pairs as (
    select
        figures.origin_unhcr_code,
        figures.asylum_unhcr_code,
        countries.iso3 as asylum_iso3,
        figures.reference_year,
        figures.new_asylum_claims,
        figures.valid_from
    from {{ ref('int_displacement_flows_in_force') }} as figures
    left join {{ ref('int_countries_combined') }} as countries
        on figures.asylum_unhcr_code = countries.unhcr_code
    where figures.row_kind = 'pair' and figures.new_asylum_claims > 0
),

reporters as (
    select distinct
        asylum_unhcr_code,
        reference_year,
        valid_from
    from pairs
),

last_years as (
    select
        valid_from,
        max(reference_year) as last_year
    from pairs
    group by valid_from
),

gaps as (
    select * from {{ ref('reporting_gaps') }}
    where dataset = 'displacement-flows'
),

lacking as (
    select
        pairs.* replace (pairs.reference_year + 1 as reference_year),
        reporters.asylum_unhcr_code is null as is_missing
    from pairs
    inner join last_years
        on pairs.valid_from = last_years.valid_from and pairs.reference_year < last_years.last_year
    left join reporters
        on
            pairs.asylum_unhcr_code = reporters.asylum_unhcr_code
            and pairs.reference_year + 1 = reporters.reference_year
            and pairs.valid_from = reporters.valid_from
    left join gaps
        on pairs.asylum_iso3 = gaps.asylum_iso3 and pairs.reference_year + 1 = gaps.reference_year
    where reporters.asylum_unhcr_code is null or gaps.reference_year is not null
),

final as (
    select
        case when grouping(origin_unhcr_code) = 1 then 'world' else 'origin' end as total_by,
        origin_unhcr_code as country_unhcr_code,
        reference_year,
        valid_from,
        count(distinct asylum_unhcr_code) filter (where is_missing)
            as new_asylum_claims_missing_asylum_count,
        cast(coalesce(sum(new_asylum_claims) filter (where is_missing), 0) as bigint)
            as new_asylum_claims_missing_year_before
    from lacking
    group by grouping sets (
        (origin_unhcr_code, reference_year, valid_from), (reference_year, valid_from)
    )
)

select * from final
