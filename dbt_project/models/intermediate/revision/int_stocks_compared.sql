-- The stock of each pair in the newest year of each release, as it stood on the release's day, beside
-- the one at an earlier reference date: the end of the year before, as that release has it; and, for a
-- final figure, the middle of the same year, as the last provisional release before it had it. IDMC and
-- UNRWA count once a year: at mid-year a release has their last figures again.
with cells as (
    select * from {{ ref('int_years_in_force') }}
    where endpoint in ('population', 'idmc', 'unrwa') and slice = 'pairs'
),

figures as (
    {%- for fact, measures in stocks_compared().items() %}
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        valid_from,
        valid_to,
        coverage_id,
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'stock': {{ measure }} }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from {{ ref(fact) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

coverage_cells as (
    select distinct
        coverage_id,
        endpoint,
        origin_cell,
        asylum_cell
    from cells
),

figures_in_cells as (
    select
        figures.*,
        cells.endpoint,
        cells.origin_cell,
        cells.asylum_cell
    from figures
    inner join coverage_cells as cells using (coverage_id)
),

newest_years as (
    select *
    from cells
    qualify reference_year = max(reference_year) over (
        partition by endpoint, origin_cell, asylum_cell, snapshot_id, valid_from
    )
),

comparisons as (
    select
        newest_years.*,
        'end_of_year_before' as basis,
        earlier.reference_year as earlier_reference_year,
        earlier.reference_date as earlier_reference_date,
        newest_years.valid_from as earlier_day,
        earlier.release_id as earlier_release_id
    from newest_years
    inner join cells as earlier
        on
            newest_years.endpoint = earlier.endpoint
            and newest_years.origin_cell = earlier.origin_cell
            and newest_years.asylum_cell = earlier.asylum_cell
            and newest_years.reference_year - 1 = earlier.reference_year
            and newest_years.valid_from >= earlier.valid_from
            and (newest_years.valid_from < earlier.valid_to or earlier.valid_to is null)
    union all
    select
        newest_years.*,
        'mid_year' as basis,
        earlier.reference_year as earlier_reference_year,
        earlier.reference_date as earlier_reference_date,
        earlier.valid_from as earlier_day,
        earlier.release_id as earlier_release_id
    from newest_years
    inner join cells as earlier
        on
            newest_years.endpoint = earlier.endpoint
            and newest_years.origin_cell = earlier.origin_cell
            and newest_years.asylum_cell = earlier.asylum_cell
            and newest_years.reference_year = earlier.reference_year
            and newest_years.valid_from > earlier.valid_from
    where earlier.is_provisional and not newest_years.is_provisional
    qualify earlier.valid_from = max(earlier.valid_from) over (
        partition by
            newest_years.endpoint, newest_years.origin_cell, newest_years.asylum_cell,
            newest_years.snapshot_id, newest_years.valid_from
    )
),

current_stocks as (
    select
        figures_in_cells.origin_unhcr_code,
        figures_in_cells.asylum_unhcr_code,
        figures_in_cells.measure,
        figures_in_cells.stock,
        comparisons.*
    from comparisons
    inner join figures_in_cells
        on
            comparisons.endpoint = figures_in_cells.endpoint
            and comparisons.origin_cell = figures_in_cells.origin_cell
            and comparisons.asylum_cell = figures_in_cells.asylum_cell
            and comparisons.reference_year = figures_in_cells.reference_year
            and {{ stood_on('comparisons.valid_from', 'figures_in_cells') }}
    where figures_in_cells.stock > 0
),

earlier_stocks as (
    select
        figures_in_cells.origin_unhcr_code,
        figures_in_cells.asylum_unhcr_code,
        figures_in_cells.measure,
        figures_in_cells.stock as earlier_stock,
        comparisons.basis,
        comparisons.snapshot_id,
        comparisons.valid_from
    from comparisons
    inner join figures_in_cells
        on
            comparisons.endpoint = figures_in_cells.endpoint
            and comparisons.origin_cell = figures_in_cells.origin_cell
            and comparisons.asylum_cell = figures_in_cells.asylum_cell
            and comparisons.earlier_reference_year = figures_in_cells.reference_year
            and {{ stood_on('comparisons.earlier_day', 'figures_in_cells') }}
),

final as (
    select
        current_stocks.origin_unhcr_code,
        current_stocks.asylum_unhcr_code,
        current_stocks.measure,
        current_stocks.basis,
        current_stocks.reference_year,
        current_stocks.reference_date,
        current_stocks.earlier_reference_date,
        current_stocks.valid_from as published_on,
        current_stocks.stock,
        earlier_stocks.earlier_stock,
        current_stocks.stock >= {{ var('carried_forward_from') }} as is_large,
        {{ is_carried_forward('current_stocks.stock', 'earlier_stocks.earlier_stock') }}
            as is_carried_forward,
        current_stocks.covers_all_origins,
        current_stocks.is_provisional,
        current_stocks.earlier_release_id,
        current_stocks.release_id,
        current_stocks.snapshot_id,
        current_stocks.retrieved_at
    from current_stocks
    left join earlier_stocks
        using (origin_unhcr_code, asylum_unhcr_code, measure, basis, snapshot_id, valid_from)
)

select * from final
order by published_on, measure, basis, asylum_unhcr_code, origin_unhcr_code
