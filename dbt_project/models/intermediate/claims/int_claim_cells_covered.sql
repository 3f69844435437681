-- Which cells the release in force at publication answers for, and which those of the day that counts as now:
-- only then does a missing row say that there was no figure. '?' is each country: all of them.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
    union all by name
    select * from {{ ref('int_claim_inputs_wanted') }}
    where is_among_peers
),

releases as (
    select * from {{ ref('dim_release').identifier }}
),

coverage as (
    select * from {{ ref('int_coverage_in_force').identifier }}
),

-- Whether or not the warehouse holds it.
expected as (
    select
        published.day_at_publication,
        max_by(releases.release_id, releases.published_on) as release_id,
        max_by(releases.reference_year, releases.published_on) as last_year
    from (select distinct day_at_publication from inputs) as published
    inner join releases on published.day_at_publication >= releases.published_on
    group by published.day_at_publication
),

cells as (
    select distinct
        inputs.day_at_publication,
        inputs.day_newest,
        expected.release_id,
        inputs.reference_year > expected.last_year as is_after_release,
        inputs.endpoint,
        inputs.origin,
        inputs.asylum,
        coalesce(inputs.origin_iso3, inputs.origin) as origin_cell,
        coalesce(inputs.asylum_iso3, inputs.asylum) as asylum_cell,
        inputs.measure,
        inputs.reference_year
    from inputs
    inner join expected on inputs.day_at_publication = expected.day_at_publication
),

answers as (
    select
        cells.*,
        coverage.release_id = cells.release_id and {{ stood_on('cells.day_at_publication', 'coverage') }}
            as is_at_publication,
        {{ stood_on('cells.day_newest', 'coverage') }} as is_newest,
        case coverage.slice
            when 'pairs'
                then
                    (
                        (cells.origin = '-' and coverage.covers_all_origins)
                        or coverage.origin_cell in (cells.origin_cell, '*')
                    )
                    and (
                        (cells.asylum = '-' and coverage.covers_all_asylums)
                        or coverage.asylum_cell in (cells.asylum_cell, '*')
                    )
            when 'by_origin'
                then cells.asylum = '-' and coverage.origin_cell in (cells.origin_cell, '*')
            when 'by_asylum'
                then cells.origin = '-' and coverage.asylum_cell in (cells.asylum_cell, '*')
        end as is_there
    from cells
    left join coverage
        on
            cells.endpoint = coverage.endpoint
            and cells.reference_year >= coverage.from_year
            and cells.reference_year <= coverage.to_year
            and cells.reference_year <= year(coverage.release_reference_date)
),

final as (
    select
        day_at_publication,
        day_newest,
        release_id,
        origin,
        asylum,
        measure,
        reference_year,
        is_after_release,
        bool_or(is_there and is_at_publication) as is_covered,
        bool_or(is_there and is_newest) as is_covered_now
    from answers
    group by all
)

select * from final
