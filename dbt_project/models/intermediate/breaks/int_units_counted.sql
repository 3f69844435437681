-- How much a country of asylum counted in each unit in a year: first applications, and decisions at each
-- level, at each vintage. A year of type V is none of new applications.
with hosts as (
    select
        asylum_unhcr_code,
        reference_year,
        valid_from
    from {{ ref('int_first_applications_of_hosts') }}
),

final as (
    select
        asylum_unhcr_code,
        measure,
        cast(null as varchar) as dec_level,
        counting_unit,
        reference_year,
        valid_from,
        {{ total('figure') }} as figure
    from {{ ref('int_pairs_followed') }}
    inner join hosts using (asylum_unhcr_code, reference_year, valid_from)
    where measure = 'applications_new'
    group by all
    union all
    select
        asylum_unhcr_code,
        'decisions_total' as measure,
        dec_level,
        counting_unit,
        reference_year,
        valid_from,
        {{ total('decisions_total') }} as figure
    from {{ ref('int_asylum_decisions_in_force') }}
    where row_kind = 'pair' and decisions_total > 0
    group by all
)

select * from final
