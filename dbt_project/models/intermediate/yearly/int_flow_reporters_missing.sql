-- What a total of new asylum claims lacks: countries of asylum that counted claims of an origin in the year
-- before, and in this year reported none of any origin that is loaded.
with pairs as (
    select
        figures.origin_unhcr_code,
        figures.asylum_unhcr_code,
        figures.reference_year + 1 as reference_year,
        figures.new_asylum_claims as claims_year_before,
        figures.valid_from
    from {{ ref('int_displacement_flows_in_force') }} as figures
    where figures.row_kind = 'pair' and figures.new_asylum_claims > 0
),

reporters as (
    select distinct
        asylum_unhcr_code,
        reference_year - 1 as reference_year,
        valid_from
    from pairs
),

years as (
    select distinct
        reference_year,
        valid_from
    from reporters
),

marked as (
    select
        pairs.*,
        reporters.asylum_unhcr_code is null as is_missing
    from pairs
    inner join years
        on pairs.reference_year = years.reference_year and pairs.valid_from = years.valid_from
    left join reporters
        on
            pairs.asylum_unhcr_code = reporters.asylum_unhcr_code
            and pairs.reference_year = reporters.reference_year
            and pairs.valid_from = reporters.valid_from
),

final as (
    select
        case when grouping(origin_unhcr_code) = 1 then 'world' else 'origin' end as total_by,
        origin_unhcr_code as country_unhcr_code,
        reference_year,
        valid_from,
        count(distinct asylum_unhcr_code) filter (where is_missing)
            as new_asylum_claims_missing_asylum_count,
        cast(coalesce(sum(claims_year_before) filter (where is_missing), 0) as bigint)
            as new_asylum_claims_missing_year_before
    from marked
    group by grouping sets (
        (origin_unhcr_code, reference_year, valid_from), (reference_year, valid_from)
    )
)

select * from final
