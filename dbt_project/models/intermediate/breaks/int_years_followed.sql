-- In which years and of which measures figures of countries of asylum are known, so that a break of
-- reporting would be seen, at each vintage.
with followed as (
    select distinct
        measure,
        reference_year,
        valid_from
    from {{ ref('int_figures_of_hosts') }}
    where unknown_origin is not null
    union
    select distinct
        'applications_new' as measure,
        reference_year,
        valid_from
    from {{ ref('int_first_applications_of_hosts') }}
),

final as (
    select
        reference_year,
        valid_from,
        {%- for measure in followed_measures() %}
        bool_or(measure = '{{ measure }}') as is_{{ measure }}_followed{{ ',' if not loop.last }}
        {%- endfor %}
    from followed
    group by reference_year, valid_from
)

select * from final
