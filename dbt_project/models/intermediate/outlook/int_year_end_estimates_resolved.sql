-- The outlook for the end of a year on the day its mid-year release came out, for each pair and each
-- origin: an estimate, and a range that held eight in ten of the moves known by then. Nothing that was
-- published later goes into it; `final_stock` is there to compare it with.
with moves as (
    select
        *,
        {{ half_year_growth('midyear_stock', 'stock_before') }} as growth
    from {{ ref('int_year_end_moves_combined') }}
),

ratios as (
    select * from {{ ref('int_year_end_ratios_combined') }}
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

-- Which part of the first half-year's growth the second repeated, in each pair of the years before.
-- Growth weighs: a stock that hardly moved says little. Weights are whole, so that their sums do not
-- depend on the order in which they are made.
repeated_growth as (
    select
        midyear_releases.measure,
        midyear_releases.release_id,
        ln({{ fraction('greatest(moves.final_stock, 1)', 'moves.midyear_stock') }})
        / moves.growth as part,
        cast(round(abs(moves.growth) * 1000000) as bigint) as weight
    from midyear_releases
    inner join moves
        on
            midyear_releases.measure = moves.measure
            and midyear_releases.reference_year > moves.reference_year
            and midyear_releases.published_on >= moves.final_published_on
    where
        moves.is_first_midyear
        and moves.final_stock is not null
        and round(abs(moves.growth) * 1000000) > 0
),

weighed as (
    select
        measure,
        release_id,
        part,
        sum(weight) over (
            partition by measure, release_id order by part
        ) as weight_up_to_here,
        sum(weight) over (partition by measure, release_id) as weight_of_all,
        count(*) over (partition by measure, release_id) as pair_count
    from repeated_growth
),

-- The weighted median is the part with the smallest sum of absolute errors (of logarithms).
continuations as (
    select
        measure,
        release_id,
        greatest(0, least(1, min(part))) as continuation
    from weighed
    where
        2 * weight_up_to_here >= weight_of_all
        and pair_count >= {{ var('outlook_moves_needed') }}
    group by measure, release_id
),

ranges as (
    select
        moves.*,
        continuations.continuation,
        coalesce(of_size.move_count, of_all_sizes.move_count) as range_move_count,
        {%- for end in ['low', 'high'] %}
        cast(
            round(moves.midyear_stock * coalesce(of_size.{{ end }}_ratio, of_all_sizes.{{ end }}_ratio))
            as bigint
        ) as {{ end }}_stock{{ ',' if not loop.last }}
        {%- endfor %}
    from moves
    left join continuations using (measure, release_id)
    left join ratios as of_size
        on
            moves.measure = of_size.measure
            and moves.release_id = of_size.release_id
            and moves.is_carried_forward = of_size.is_carried_forward
            and {{ size_class('moves.midyear_stock') }} = of_size.size_class
    left join ratios as of_all_sizes
        on
            moves.measure = of_all_sizes.measure
            and moves.release_id = of_all_sizes.release_id
            and moves.is_carried_forward = of_all_sizes.is_carried_forward
            and of_all_sizes.size_class = 'all sizes'
),

-- Never outside its range. Without known growth, and for what is carried forward, the estimate is the
-- mid-year figure.
pairs as (
    select
        *,
        case
            when continuation is not null
                then cast(round(greatest(
                    low_stock,
                    least(high_stock, midyear_stock * exp(continuation * coalesce(growth, 0)))
                )) as bigint)
        end as estimate_stock
    from ranges
),

pair_estimates as (
    select
        'pair' as outlook_level,
        *,
        case when is_carried_forward then midyear_stock else 0 end as carried_forward_stock
    from pairs
    where midyear_stock > 0
),

-- An origin is the sum of its pairs, its range that of their ranges: as if all moved the same way.
-- Countries of asylum that had nobody in the middle of the year are in what is final alone.
origin_estimates as (
    select
        'origin' as outlook_level,
        measure,
        release_id,
        origin_unhcr_code,
        any_value(reference_year) as reference_year,
        any_value(reference_date) as reference_date,
        any_value(published_on) as published_on,
        bool_and(is_first_midyear) as is_first_midyear,
        bool_and(is_newest) as is_newest,
        case
            when bool_and(final_published_on is not null) then max(final_published_on)
        end as final_published_on,
        {{ total('stock_before') }} as stock_before,
        {{ total('midyear_stock') }} as midyear_stock,
        coalesce({{ total('midyear_stock', 'is_carried_forward') }}, 0) as carried_forward_stock,
        case
            when bool_and(final_published_on is not null) then {{ total('final_stock') }}
        end as final_stock,
        {%- for stock in ['estimate_stock', 'low_stock', 'high_stock'] %}
        case
            when bool_and({{ stock }} is not null or coalesce(midyear_stock, 0) = 0)
                then {{ total(stock) }}
        end as {{ stock }},
        {%- endfor %}
        min(continuation) as continuation,
        min(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from pairs
    where is_origin_whole
    group by measure, release_id, origin_unhcr_code
    having sum(midyear_stock) > 0
),

both_levels as (
    select * from pair_estimates
    union all by name
    select * from origin_estimates
),

final as (
    select
        measure,
        outlook_level,
        release_id,
        origin_unhcr_code,
        asylum_unhcr_code,
        case
            when midyear_stock < {{ var('carried_forward_from') }} then 'small'
            when 2 * carried_forward_stock >= midyear_stock then 'carried_forward'
            else 'reported'
        end as outlook_group,
        reference_year,
        reference_date,
        published_on,
        final_published_on,
        stock_before,
        midyear_stock,
        carried_forward_stock,
        estimate_stock,
        low_stock,
        high_stock,
        final_stock,
        continuation,
        range_move_count,
        is_first_midyear,
        is_newest,
        snapshot_id,
        retrieved_at
    from both_levels
)

select * from final
order by measure, outlook_level, release_id, origin_unhcr_code, asylum_unhcr_code
