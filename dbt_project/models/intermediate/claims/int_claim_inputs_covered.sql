-- Which inputs the release in force at publication answers for: only then does a missing row say that
-- there was no figure. A row is a cell of them.
with inputs as (
    select * from {{ ref('int_claim_inputs_completed') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

releases as (
    select * from {{ ref('dim_release') }}
),

coverage as (
    select * from {{ ref('int_coverage_in_force') }}
),

-- Whether or not the warehouse holds it.
expected as (
    select
        days.document_published_on,
        max_by(releases.release_id, releases.published_on) as release_id
    from (select distinct document_published_on from inputs) as days
    left join releases on days.document_published_on >= releases.published_on
    group by days.document_published_on
),

cells as (
    select distinct
        inputs.document_published_on,
        expected.release_id,
        measures.endpoint,
        inputs.origin,
        inputs.asylum,
        coalesce(inputs.origin_iso3, inputs.origin) as origin_cell,
        coalesce(inputs.asylum_iso3, inputs.asylum) as asylum_cell,
        inputs.measure,
        inputs.reference_year
    from inputs
    inner join measures on inputs.measure = measures.measure
    inner join expected on inputs.document_published_on = expected.document_published_on
),

answered as (
    select distinct
        cells.document_published_on,
        cells.origin,
        cells.asylum,
        cells.measure,
        cells.reference_year
    from cells
    inner join coverage
        on
            cells.endpoint = coverage.endpoint
            and cells.release_id = coverage.release_id
            and cells.reference_year between coverage.from_year and coverage.to_year
            and cells.reference_year <= year(coverage.release_reference_date)
            and cells.document_published_on >= coverage.valid_from
            and (cells.document_published_on < coverage.valid_to or coverage.valid_to is null)
    where
        (
            coverage.slice = 'pairs'
            and (
                (cells.origin = '-' and coverage.covers_all_origins)
                or coverage.origin_cell in (cells.origin_cell, '*')
            )
            and (
                (cells.asylum = '-' and coverage.covers_all_asylums)
                or coverage.asylum_cell in (cells.asylum_cell, '*')
            )
        )
        or (
            coverage.slice = 'by_origin'
            and cells.asylum = '-'
            and coverage.origin_cell in (cells.origin_cell, '*')
        )
        or (
            coverage.slice = 'by_asylum'
            and cells.origin = '-'
            and coverage.asylum_cell in (cells.asylum_cell, '*')
        )
),

final as (
    select
        cells.document_published_on,
        cells.endpoint,
        cells.release_id,
        cells.origin,
        cells.asylum,
        cells.measure,
        cells.reference_year,
        answered.measure is not null as is_covered
    from cells
    left join answered
        on
            cells.document_published_on = answered.document_published_on
            and cells.origin = answered.origin
            and cells.asylum = answered.asylum
            and cells.measure = answered.measure
            and cells.reference_year = answered.reference_year
)

select * from final
