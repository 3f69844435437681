-- How much of a claim's stock repeats an earlier reference date: pairs found so in a release that was out
-- by publication, and still standing at publication. A row is a cell of the inputs.
with inputs as (
    select * from {{ ref('int_claim_inputs_completed') }}
),

carried_forward as (
    select * from {{ ref('mart_carried_forward') }}
),

history as (
    select
        *,
        unnest([
            { 'measure': 'asylum_seekers_stock', 'stock': asylum_seekers_stock },
            { 'measure': 'refugees_stock', 'stock': refugees_stock }
        ], recursive := true)
    from {{ ref('fct_population_yearly_history') }}
    semi join carried_forward using (origin_unhcr_code, asylum_unhcr_code, reference_year)
),

cells as (
    select distinct
        document_published_on,
        origin,
        asylum,
        measure,
        reference_year
    from inputs
),

pairs as (
    select distinct
        cells.document_published_on,
        cells.origin,
        cells.asylum,
        cells.measure,
        cells.reference_year,
        carried_forward.origin_unhcr_code,
        carried_forward.asylum_unhcr_code,
        carried_forward.asylum_name,
        carried_forward.carried_forward_stock
    from cells
    inner join carried_forward
        on
            cells.measure = carried_forward.measure
            and cells.reference_year = carried_forward.reference_year
            and cells.document_published_on >= carried_forward.published_on
    where
        cells.origin in (carried_forward.origin_unhcr_code, '-')
        and cells.asylum in (carried_forward.asylum_unhcr_code, '-')
),

standing as (
    select pairs.*
    from pairs
    inner join history
        on
            pairs.origin_unhcr_code = history.origin_unhcr_code
            and pairs.asylum_unhcr_code = history.asylum_unhcr_code
            and pairs.reference_year = history.reference_year
            and pairs.measure = history.measure
            and pairs.carried_forward_stock = history.stock
            and pairs.document_published_on >= history.valid_from
            and (pairs.document_published_on < history.valid_to or history.valid_to is null)
),

final as (
    select
        document_published_on,
        origin,
        asylum,
        measure,
        reference_year,
        {{ total('carried_forward_stock') }} as carried_forward_stock,
        max_by(asylum_name, carried_forward_stock) as carried_forward_mostly_in
    from standing
    group by document_published_on, origin, asylum, measure, reference_year
)

select * from final
