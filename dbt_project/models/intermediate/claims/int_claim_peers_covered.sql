-- Whether the warehouse holds, of each day, all the countries and years among which a claim looks for the
-- largest. Before the first year of a measure there is nothing to hold.
with wanted as (
    select * from {{ ref('int_claim_inputs_wanted') }}
    where input_role = 'peer'
),

cells as (
    select * from {{ ref('int_claim_cells_covered') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

final as (
    select
        wanted.document_id,
        wanted.claim_id,
        bool_and(coalesce(cells.is_covered, false)) as are_covered,
        bool_and(coalesce(cells.is_covered_now, false)) as are_covered_now
    from wanted
    inner join measures on wanted.measure = measures.measure
    left join cells
        on
            wanted.day_at_publication = cells.day_at_publication
            and wanted.day_newest = cells.day_newest
            and wanted.origin = cells.origin
            and wanted.asylum = cells.asylum
            and wanted.measure = cells.measure
            and wanted.reference_year = cells.reference_year
    where wanted.reference_year >= coalesce(measures.first_year, 0)
    group by wanted.document_id, wanted.claim_id
)

select * from final
