-- What was known, on the day a mid-year release came out, of how stocks move: for reported ones, from
-- the middle of a year to its end; for carried-forward ones, which still say what the year began with,
-- from one year's end to the next. By size, and over all sizes.
with moves as (
    select * from {{ ref('int_year_end_moves_combined') }}
),

history as (
    select * from {{ ref('fct_population_yearly_history') }}
),

midyear_releases as (
    select
        measure,
        release_id,
        reference_year,
        min(published_on) as published_on
    from moves
    group by measure, release_id, reference_year
),

midyear_moves as (
    select
        midyear_releases.measure,
        midyear_releases.release_id,
        false as is_carried_forward,
        moves.midyear_stock as stock_from,
        moves.final_stock as stock_to
    from midyear_releases
    inner join moves
        on
            midyear_releases.measure = moves.measure
            and midyear_releases.reference_year > moves.reference_year
            and midyear_releases.published_on >= moves.final_published_on
    where
        moves.is_first_midyear
        and not moves.is_carried_forward
        and moves.midyear_stock > 0
        and moves.final_stock is not null
),

year_ends as (
    {%- for measure in outlook_measures() %}
    select
        midyear_releases.measure,
        midyear_releases.release_id,
        history.origin_unhcr_code,
        history.asylum_unhcr_code,
        history.reference_year,
        history.{{ measure }} as stock
    from midyear_releases
    inner join history
        on
            history.reference_year >= midyear_releases.reference_year - {{ var('year_end_moves') }} - 1
            and history.reference_year < midyear_releases.reference_year
            and {{ stood_on('midyear_releases.published_on', 'history') }}
    where midyear_releases.measure = '{{ measure }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A stock that did not change from one year's end to the next may have been carried forward itself.
year_end_moves as (
    select
        first_year.measure,
        first_year.release_id,
        true as is_carried_forward,
        first_year.stock as stock_from,
        second_year.stock as stock_to
    from year_ends as first_year
    inner join year_ends as second_year
        on
            first_year.measure = second_year.measure
            and first_year.release_id = second_year.release_id
            and first_year.origin_unhcr_code = second_year.origin_unhcr_code
            and first_year.asylum_unhcr_code = second_year.asylum_unhcr_code
            and first_year.reference_year + 1 = second_year.reference_year
    where
        first_year.stock >= {{ var('carried_forward_from') }}
        and first_year.stock <> second_year.stock
),

moves_of_both_kinds as (
    select * from midyear_moves
    union all
    select * from year_end_moves
),

ratios as (
    select
        *,
        {{ size_class('stock_from') }} as size_class,
        {{ fraction('stock_to', 'stock_from') }} as ratio
    from moves_of_both_kinds
),

final as (
    select
        measure,
        release_id,
        is_carried_forward,
        coalesce(size_class, 'all sizes') as size_class,
        count(*) as move_count,
        quantile_disc(ratio, 0.1) as low_ratio,
        quantile_disc(ratio, 0.9) as high_ratio
    from ratios
    group by grouping sets (
        (measure, release_id, is_carried_forward, size_class),
        (measure, release_id, is_carried_forward)
    )
    having count(*) >= {{ var('outlook_moves_needed') }}
)

select * from final
order by measure, release_id, is_carried_forward, size_class
