{%- set pair_measure = [
    'origin_unhcr_code', 'asylum_unhcr_code', 'measure', 'reference_year', 'valid_from',
] -%}
-- Who is missing in a year of an origin in a region of asylum, with the measures side by side: people
-- without an origin, distributed; and figures that are not there or of half a year. Regions are UNHCR's and
-- the UN's.
with countries as (
    select
        unhcr_code,
        coalesce(unhcr_region, 'Region unknown') as unhcr_region,
        coalesce(un_region, 'Region unknown') as un_region
    from {{ ref('int_countries_combined') }}
),

missing as (
    select
        {{ columns(pair_measure) }}
        {%- for column in ['unknown_origin', 'distributed', 'distributed_low', 'distributed_high'] %}
        if(is_recent, {{ column }}, null) as {{ column }},
        {%- endfor %}
        distributed as persons_incomplete
    from {{ ref('int_unknown_origins_distributed') }}
    where measure in {{ distributed_measures() }}
    union all by name
    select
        {{ columns(pair_measure) }}
        persons_incomplete
    from {{ ref('int_breaks_of_years') }}
    where level = 'pair' and counting_unit = 'persons'
),

final as (
    select
        missing.origin_unhcr_code,
        if(grouping(countries.un_region) = 1, 'unhcr', 'un') as region_scheme,
        coalesce(countries.unhcr_region, countries.un_region) as region_name,
        missing.reference_year,
        missing.valid_from,
        {%- for measure in distributed_measures() %}
        {{ total('missing.unknown_origin', "missing.measure = '" ~ measure ~ "'") }}
            as {{ measure }}_unknown_origin,
        {%- for column in ['distributed', 'distributed_low', 'distributed_high'] %}
        case
            when
                bool_and(missing.{{ column }} is not null) filter (
                    where missing.measure = '{{ measure }}' and missing.distributed is not null
                )
                then {{ exact_sum('missing.' ~ column, "missing.measure = '" ~ measure ~ "'") }}
        end as {{ measure }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        {%- for measure in completed_measures() %}
        {{ exact_sum('missing.persons_incomplete', "missing.measure = '" ~ measure ~ "'") }}
            as {{ measure }}_persons_incomplete{{ ',' if not loop.last }}
        {%- endfor %}
    from missing
    inner join countries on missing.asylum_unhcr_code = countries.unhcr_code
    group by grouping sets (
        (missing.origin_unhcr_code, countries.unhcr_region, missing.reference_year, missing.valid_from),
        (missing.origin_unhcr_code, countries.un_region, missing.reference_year, missing.valid_from)
    )
)

select * from final
