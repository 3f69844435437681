-- Which figures a claim rests on: its roles, with groups taken apart into countries and sums into
-- measures. Codes are UNHCR's; '-' is all countries, '?' each of them.
with roles as (
    select * from {{ ref('int_claim_roles_wanted') }}
),

measures as (
    select * from {{ ref('int_claim_measures_combined') }}
),

sums as (
    select * from {{ ref('measure_sums').identifier }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

-- Regions are groups too: unhcr_the_americas, un_europe.
groups as (
    select
        group_id,
        member_iso3,
        from_year,
        to_year
    from {{ ref('dim_country_group').identifier }}
    {%- for column in ['unhcr_region', 'un_region'] %}
    union all
    select
        {{ region_group(column) }} as group_id,
        iso3 as member_iso3,
        null as from_year,
        null as to_year
    from countries
    where {{ column }} is not null and iso3 is not null
    {%- endfor %}
),

by_year as (
    select
        * exclude (years),
        cast(unnest(years) as integer) as reference_year
    from roles
),

-- Of several years only the one that a reference date is in is told as of that day.
by_unit as (
    select
        * exclude (units) replace (
            if(year(reference_date) = reference_year, reference_date, null) as reference_date
        ),
        unnest(units) as counting_unit
    from by_year
),

terms as (
    select
        *,
        unnest(string_split(measure_told, '+')) as measure_term
    from by_unit
),

by_measure as (
    select
        terms.* exclude (measure_term),
        unnest(string_split(coalesce(sums.parts, terms.measure_term), '+')) as measure
    from terms
    left join sums on terms.measure_term = sums.measure
),

{% for side, before in [('origin', 'by_measure'), ('asylum', 'by_origin')] -%}
by_{{ side }}_term as (
    select
        *,
        unnest(string_split({{ side }}_told, '+')) as {{ side }}_term
    from {{ before }}
),

by_{{ side }} as (
    select
        terms.* exclude ({{ side }}_term),
        case coalesce(members.member_iso3, terms.{{ side }}_term)
            when '*' then '-'
            when '?' then '?'
            else countries.unhcr_code
        end as {{ side }},
        countries.iso3 as {{ side }}_iso3
    from by_{{ side }}_term as terms
    left join groups as members
        on
            terms.{{ side }}_term = members.group_id
            and {{ is_member_in('members', 'terms.reference_year') }}
    left join countries
        on
            coalesce(members.member_iso3, terms.{{ side }}_term)
            = coalesce(countries.iso3, countries.unhcr_code)
),

{% endfor -%}
-- Two steps read it: worked out once. Who is in two groups that are added up is one.
final as materialized (
    select distinct
        by_asylum.*,
        measures.endpoint
    from by_asylum
    inner join measures on by_asylum.measure = measures.measure
)

select * from final
