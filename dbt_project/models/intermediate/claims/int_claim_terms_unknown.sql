{%- set sides = ['origin', 'asylum', 'base_origin', 'base_asylum'] -%}
-- Measures and countries that a claim names and the warehouse does not know, each with the countries that it
-- may mean. Any three capital letters are taken for a country's code: the warehouse may not have its figures.
with claims as (
    select * from query_table(published_claims)
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

known as (
    select
        true as is_measure,
        measure as term
    from {{ ref('int_claim_measures_combined') }}
    union
    select
        true as is_measure,
        measure as term
    from {{ ref('measure_sums').identifier }}
    union
    select
        false as is_measure,
        country_code as term
    from countries
    union
    select
        false as is_measure,
        unhcr_code as term
    from {{ ref('special_origins').identifier }}
    union
    select
        false as is_measure,
        group_id as term
    from {{ ref('dim_country_group').identifier }}
    {%- for column in ['unhcr_region', 'un_region'] %}
    union
    select
        false as is_measure,
        {{ region_group(column) }} as term
    from countries where {{ column }} is not null
    {%- endfor %}
),

cells as (
    select
        document_id,
        claim_id,
        unnest([
            {%- for column in ['measure', 'base_measure'] + sides %}
            { 'column_name': '{{ column }}', 'is_measure': {{ column not in sides }}, 'cell': {{ column }} }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from claims
),

terms as (
    select
        * exclude (cell),
        unnest(string_split(cell, '+')) as term
    from cells
),

-- A code in small letters, and a name or the beginning of one, are some country's.
final as (
    select
        terms.*,
        list_sort(list(countries.country_code) filter (where not terms.is_measure)) as near
    from terms
    left join known on terms.is_measure = known.is_measure and terms.term = known.term
    left join countries
        on
            lower(terms.term) = lower(countries.country_code)
            or (
                length(terms.term) > 3
                and contains(' ' || lower(countries.country_name), ' ' || lower(terms.term))
            )
    where
        known.term is null
        and (terms.is_measure or not regexp_full_match(terms.term, '[*]|top:[1-9][0-9]?|[A-Z]{3}'))
    group by all
)

select * from final
