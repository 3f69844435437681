-- Where a claim's stock moved one way since publication, and that of unknown origin in the same country of
-- asylum moved at least as far the other way: people may have been attributed anew. A row is a cell of the
-- inputs, with the largest such move.
with inputs as (
    select * from {{ ref('int_claim_inputs_completed') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

history as (
    select
        *,
        unnest([
            { 'measure': 'asylum_seekers_stock', 'stock': asylum_seekers_stock },
            { 'measure': 'refugees_stock', 'stock': refugees_stock }
        ], recursive := true)
    from {{ ref('fct_population_yearly_history') }}
    where
        origin_unhcr_code in (select origin from inputs)
        or origin_unhcr_code in (select unhcr_code from countries where special_kind = 'unknown')
),

cells as (
    select distinct
        document_published_on,
        as_of,
        origin,
        asylum,
        measure,
        reference_year
    from inputs
    where origin <> '-'
),

days as (
    select distinct
        document_published_on,
        as_of,
        measure,
        reference_year
    from cells
),

moved as (
    select
        days.document_published_on,
        days.as_of,
        days.measure,
        days.reference_year,
        at_publication.origin_unhcr_code as origin,
        at_publication.asylum_unhcr_code as asylum,
        at_publication.stock as stock_on_the_day,
        newest.stock as stock_newest,
        newest.stock - at_publication.stock as move
    from days
    inner join history as at_publication
        on
            days.measure = at_publication.measure
            and days.reference_year = at_publication.reference_year
            and days.document_published_on >= at_publication.valid_from
            and (days.document_published_on < at_publication.valid_to or at_publication.valid_to is null)
    inner join history as newest
        on
            at_publication.origin_unhcr_code = newest.origin_unhcr_code
            and at_publication.asylum_unhcr_code = newest.asylum_unhcr_code
            and at_publication.reference_year = newest.reference_year
            and at_publication.measure = newest.measure
            and days.as_of >= newest.valid_from
            and (days.as_of < newest.valid_to or newest.valid_to is null)
    where abs(newest.stock - at_publication.stock) >= {{ var('carried_forward_from') }}
),

against as (
    select
        known.*,
        unknown.stock_on_the_day as unknown_origin_stock_on_the_day,
        unknown.stock_newest as unknown_origin_stock
    from moved as known
    inner join moved as unknown
        on
            known.document_published_on = unknown.document_published_on
            and known.as_of = unknown.as_of
            and known.measure = unknown.measure
            and known.reference_year = unknown.reference_year
            and known.asylum = unknown.asylum
            and known.origin <> unknown.origin
    inner join countries as origins
        on unknown.origin = origins.unhcr_code and origins.special_kind = 'unknown'
    where sign(known.move) <> sign(unknown.move) and abs(unknown.move) >= abs(known.move)
),

final as (
    select
        cells.document_published_on,
        cells.as_of,
        cells.origin,
        cells.asylum,
        cells.measure,
        cells.reference_year,
        max_by(
            {
                'asylum_name': countries.country_name,
                'stock_on_the_day': against.unknown_origin_stock_on_the_day,
                'stock': against.unknown_origin_stock,
                'move': against.move
            },
            abs(against.move)
        ) as unknown_origin
    from cells
    inner join against
        on
            cells.document_published_on = against.document_published_on
            and cells.as_of = against.as_of
            and cells.origin = against.origin
            and cells.asylum in (against.asylum, '-')
            and cells.measure = against.measure
            and cells.reference_year = against.reference_year
    inner join countries on against.asylum = countries.unhcr_code
    group by all
)

select * from final
