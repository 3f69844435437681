-- The coverage of each vintage. All that is computed for each vintage is keyed by its first day,
-- `valid_from`; `in_force_from` is the day from which a snapshot's answer holds.
with coverage as (
    select * from {{ ref('int_coverage_in_force') }}
),

vintages as (
    select * from {{ ref('int_vintages_resolved') }}
),

final as (
    select
        coverage.* exclude (valid_from, valid_to),
        coverage.valid_from as in_force_from,
        vintages.valid_from,
        vintages.valid_to
    from coverage
    inner join vintages on {{ stood_on('vintages.valid_from', 'coverage') }}
)

select * from final
order by coverage_id, valid_from
