-- How many people left or entered each category of a country of asylum, all origins together, and the
-- largest of the moves, at each vintage.
with categories as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from,
        unnest([
            { 'measure': measure_left, 'move': measure_left || ' to ' || measure_entered, 'moved': moved },
            { 'measure': measure_entered, 'move': measure_left || ' to ' || measure_entered, 'moved': moved }
        ], recursive := true)
    from {{ ref('int_categories_moved') }}
),

by_move as (
    select
        * exclude (moved),
        {{ total('moved') }} as moved
    from categories
    group by all
),

final as (
    select
        asylum_unhcr_code,
        measure,
        reference_year,
        valid_from,
        arg_max(move, (moved, move)) as largest_move,
        max(moved) as largest_moved,
        {{ total('moved') }} as persons
    from by_move
    group by asylum_unhcr_code, measure, reference_year, valid_from
)

select * from final
