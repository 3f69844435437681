{%- set firsts = ['first_year', 'first_origin_year', 'first_asylum_year'] -%}
-- In which years and of which measures figures of countries of asylum are known, so that a break of
-- reporting would be seen, at each vintage; and the first year of each such measure.
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

measures as (
    select * from {{ ref('measures') }}
),

final as (
    select
        followed.reference_year,
        followed.valid_from,
        {%- for measure in followed_measures() %}
        bool_or(followed.measure = '{{ measure }}') as is_{{ measure }}_followed,
        {%- set outer = loop %}
        {%- for first in firsts %}
        max(measures.{{ first }}) filter (where measures.measure = '{{ measure }}')
            as {{ measure }}_{{ first }}{{ ',' if not (outer.last and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    from followed
    left join measures on followed.measure = measures.measure
    group by followed.reference_year, followed.valid_from
)

select * from final
