{%- set series = 'measure, counting_unit, valid_from' -%}
-- Figures of people who were counted under another country until a part of it became one of its own, at
-- each vintage: the country's figure covers less territory than that of the year before. Of the part as an
-- origin they are those of the first year in which a country of asylum counts them apart; of the part as a
-- country of asylum, those of its first year. Who is across the new border had crossed none before.
with countries as (
    select * from {{ ref('int_countries_combined') }}
),

special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

territories as (
    select
        countries.unhcr_code as country_unhcr_code,
        parts.unhcr_code as part_unhcr_code,
        added.to_year
    from {{ ref('inhabitants_added') }} as added
    inner join countries on added.country_iso3 = countries.iso3
    inner join countries as parts on added.added_iso3 = parts.iso3
    where added.to_year is not null
),

pairs as (
    select * from {{ ref('int_pairs_followed') }}
),

of_parts as (
    select
        pairs.*,
        territories.*,
        pairs.origin_unhcr_code = territories.part_unhcr_code as is_from_part,
        pairs.asylum_unhcr_code = territories.part_unhcr_code as is_in_part,
        territories.country_unhcr_code in (pairs.origin_unhcr_code, pairs.asylum_unhcr_code)
            as is_across_border,
        if(is_from_part, territories.country_unhcr_code, pairs.origin_unhcr_code) as former_origin,
        if(is_in_part, territories.country_unhcr_code, pairs.asylum_unhcr_code) as former_asylum
    from pairs
    inner join territories
        on territories.part_unhcr_code in (pairs.origin_unhcr_code, pairs.asylum_unhcr_code)
),

begun as (
    select
        *,
        if(
            is_in_part and not is_across_border,
            min(reference_year) filter (where is_in_part) over (partition by part_unhcr_code, {{ series }}),
            min(reference_year) over (
                partition by part_unhcr_code, origin_unhcr_code, asylum_unhcr_code, {{ series }}
            )
        ) as first_year,
        if(if(is_across_border, is_from_part, is_in_part), 'asylum', 'origin') as divided_as
    from of_parts
    qualify
        reference_year = first_year
        and reference_year between to_year + 1 and to_year + {{ var('divided_within_years') }}
),

years_of_countries as (
    {%- for side in ['origin', 'asylum'] %}
    select distinct
        '{{ side }}' as divided_as,
        {{ side }}_unhcr_code as country_unhcr_code,
        measure,
        counting_unit,
        reference_year,
        valid_from
    from pairs
    where {{ side }}_unhcr_code in (select country_unhcr_code from territories)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The country itself has figures on both sides of the change.
followed as (
    select * from years_of_countries
    qualify
        reference_year - 1 = lag(reference_year) over (
            partition by divided_as, country_unhcr_code, {{ series }} order by reference_year
        )
),

final as (
    select
        begun.divided_as || '_divided' as kind,
        begun.country_unhcr_code,
        begun.part_unhcr_code,
        if(begun.is_across_border, begun.origin_unhcr_code, begun.former_origin) as origin_unhcr_code,
        if(begun.divided_as = 'asylum', begun.country_unhcr_code, begun.asylum_unhcr_code)
            as asylum_unhcr_code,
        begun.measure,
        begun.counting_unit,
        begun.reference_year,
        begun.valid_from,
        begun.to_year,
        former.figure as figure_before,
        begun.figure as persons
    from begun
    inner join followed
        using (divided_as, country_unhcr_code, {{ series }}, reference_year)
    left join pairs as former
        on
            begun.former_origin = former.origin_unhcr_code
            and begun.former_asylum = former.asylum_unhcr_code
            and begun.measure = former.measure
            and begun.counting_unit = former.counting_unit
            and begun.reference_year - 1 = former.reference_year
            and begun.valid_from = former.valid_from
    left join special_origins on begun.origin_unhcr_code = special_origins.unhcr_code
    where
        begun.is_across_border
        or former.figure is not null and special_origins.unhcr_code is null
)

select * from final
