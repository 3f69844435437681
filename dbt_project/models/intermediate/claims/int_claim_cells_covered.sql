-- Which cells the release in force at publication answers for: only then does a missing row say that
-- there was no figure.
with inputs as (
    select * from {{ ref('int_claim_inputs_found') }}
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

final as (
    select
        cells.day_at_publication,
        cells.release_id,
        cells.origin,
        cells.asylum,
        cells.measure,
        cells.reference_year,
        cells.is_after_release,
        bool_or(
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
            end
        ) as is_covered
    from cells
    left join coverage
        on
            cells.endpoint = coverage.endpoint
            and cells.release_id = coverage.release_id
            and cells.reference_year >= coverage.from_year
            and cells.reference_year <= coverage.to_year
            and cells.reference_year <= year(coverage.release_reference_date)
            and {{ stood_on('cells.day_at_publication', 'coverage') }}
    group by all
)

select * from final
