-- Each day on which any dataset's figures changed, and the next one: a vintage of the whole database.
with days as (
    select distinct valid_from as vintage
    from {{ ref('int_coverage_in_force') }}
    where slice in ('pairs', 'by_origin', 'by_asylum')
),

final as (
    select
        vintage as valid_from,
        lead(vintage) over (order by vintage) as valid_to
    from days
)

select * from final
order by valid_from
