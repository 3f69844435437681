{% set measures = outlook_measures() %}
-- Each pair at the middle of a year, at the end of the year before and, once that is published, at the
-- end of its year: as each was first published. A release gives the middle of the year for the cells in
-- which its answer was valid.
with cells as (
    select * from {{ ref('int_coverage_in_force') }}
    where endpoint = 'population' and slice = 'pairs'
),

midyear_cells as (
    select
        release_id,
        origin_cell,
        asylum_cell,
        from_year,
        cast(year(release_reference_date) as integer) as midyear,
        min(release_reference_date) as reference_date,
        min(valid_from) as published_on,
        bool_or(valid_to is null) as is_newest,
        min(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from cells
    where
        is_provisional_release
        and from_year <= year(release_reference_date)
        and to_year >= year(release_reference_date)
    group by release_id, origin_cell, asylum_cell, from_year, year(release_reference_date)
),

-- Final is what any release says that is not itself a mid-year one of that year.
final_cells as (
    select
        midyear_cells.release_id,
        midyear_cells.origin_cell,
        midyear_cells.asylum_cell,
        min(cells.valid_from) as final_published_on
    from midyear_cells
    inner join cells
        on
            midyear_cells.origin_cell = cells.origin_cell
            and midyear_cells.asylum_cell = cells.asylum_cell
            and midyear_cells.from_year = cells.from_year
            and midyear_cells.published_on < cells.valid_from
            and not (
                cells.is_provisional_release
                and year(cells.release_reference_date) = midyear_cells.midyear
            )
    group by midyear_cells.release_id, midyear_cells.origin_cell, midyear_cells.asylum_cell
),

midyear_and_final_cells as (
    select
        midyear_cells.*,
        final_cells.final_published_on,
        row_number() over (
            partition by
                midyear_cells.origin_cell, midyear_cells.asylum_cell, midyear_cells.midyear
            order by midyear_cells.published_on
        ) = 1 as is_first_midyear
    from midyear_cells
    left join final_cells using (release_id, origin_cell, asylum_cell)
),

-- An origin's pairs are its whole where the countries of asylum not named by themselves were asked for.
whole_origins as (
    select
        release_id,
        origin_cell
    from midyear_and_final_cells
    where asylum_cell = '*'
),

coverage_cells as (
    select distinct
        coverage_id,
        origin_cell,
        asylum_cell
    from cells
),

history_in_cells as (
    select
        history.*,
        cells.origin_cell,
        cells.asylum_cell
    from {{ ref('fct_population_yearly_history') }} as history
    inner join coverage_cells as cells using (coverage_id)
),

figures as (
    {%- for measure in measures %}
    select
        '{{ measure }}' as measure,
        {{ measure }} as stock,
        origin_unhcr_code,
        asylum_unhcr_code,
        origin_cell,
        asylum_cell,
        reference_year,
        valid_from,
        valid_to
    from history_in_cells
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        midyear_and_final_cells.*,
        figures.measure,
        figures.origin_unhcr_code,
        figures.asylum_unhcr_code,
        figures.stock,
        case
            when figures.reference_year = midyear_and_final_cells.midyear - 1
                then 'before'
            when {{ stood_on('midyear_and_final_cells.published_on', 'figures') }} then 'midyear'
        end as moment,
        figures.reference_year = midyear_and_final_cells.midyear
        and {{ stood_on('midyear_and_final_cells.final_published_on', 'figures') }} as is_final
    from figures
    inner join midyear_and_final_cells
        on
            figures.origin_cell = midyear_and_final_cells.origin_cell
            and figures.asylum_cell = midyear_and_final_cells.asylum_cell
            and figures.reference_year in (
                midyear_and_final_cells.midyear, midyear_and_final_cells.midyear - 1
            )
            and (
                figures.reference_year = midyear_and_final_cells.midyear
                or {{ stood_on('midyear_and_final_cells.published_on', 'figures') }}
            )
),

-- A pair that a release does not list has nobody; one that it lists without a number is not known.
at_three_moments as (
    select
        measure,
        release_id,
        origin_unhcr_code,
        asylum_unhcr_code,
        any_value(origin_cell) as origin_cell,
        any_value(midyear) as midyear,
        any_value(is_first_midyear) as is_first_midyear,
        any_value(reference_date) as reference_date,
        any_value(published_on) as published_on,
        any_value(is_newest) as is_newest,
        any_value(final_published_on) as final_published_on,
        any_value(snapshot_id) as snapshot_id,
        any_value(retrieved_at) as retrieved_at,
        max(stock) filter (where moment = 'before') as stock_before,
        case
            when coalesce(bool_or(moment = 'midyear'), false)
                then max(stock) filter (where moment = 'midyear')
            else 0
        end as midyear_stock,
        case
            when coalesce(bool_or(is_final), false) then max(stock) filter (where is_final)
            when any_value(final_published_on) is not null then 0
        end as final_stock
    from placed
    group by measure, release_id, origin_unhcr_code, asylum_unhcr_code
),

final as (
    select
        at_three_moments.measure,
        at_three_moments.release_id,
        at_three_moments.origin_unhcr_code,
        at_three_moments.asylum_unhcr_code,
        at_three_moments.midyear as reference_year,
        at_three_moments.reference_date,
        at_three_moments.published_on,
        at_three_moments.final_published_on,
        at_three_moments.stock_before,
        at_three_moments.midyear_stock,
        at_three_moments.final_stock,
        coalesce(
            {{ is_repeated('at_three_moments.midyear_stock', 'at_three_moments.stock_before') }},
            false
        ) as is_carried_forward,
        at_three_moments.is_first_midyear,
        at_three_moments.is_newest,
        whole_origins.origin_cell is not null as is_origin_whole,
        at_three_moments.snapshot_id,
        at_three_moments.retrieved_at
    from at_three_moments
    left join whole_origins
        on
            at_three_moments.release_id = whole_origins.release_id
            and at_three_moments.origin_cell = whole_origins.origin_cell
    where
        at_three_moments.midyear_stock is null
        or at_three_moments.stock_before > 0
        or at_three_moments.midyear_stock > 0
        or at_three_moments.final_stock > 0
)

select * from final
order by measure, release_id, origin_unhcr_code, asylum_unhcr_code
