-- What a comparison is with, by name: the measures, and countries, groups and regions whose codes a claim
-- gives, where they are not its own.
with comparisons as (
    select * from {{ ref('int_claims_combined') }}
    where kind = 'comparison'
),

measures as (
    select
        measure,
        label
    from {{ ref('int_claim_measures_combined') }}
    union all
    select
        measure,
        label
    from {{ ref('measure_sums').identifier }}
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

groups as (
    select * from {{ ref('dim_country_group').identifier }}
),

named as (
    select
        measure as code,
        label as shown_name
    from measures
    union
    select
        coalesce(iso3, unhcr_code) as code,
        country_name_within as shown_name
    from countries
    union
    select
        group_id as code,
        group_name as shown_name
    from groups
    {%- for column, whose in {'unhcr_region': 'UNHCR', 'un_region': 'UN'}.items() %}
    union
    select
        {{ region_group(column) }} as code,
        {{ column }} || ' ({{ whose }} region)' as shown_name
    from countries
    where {{ column }} is not null
    {%- endfor %}
    union
    select
        '*' as code,
        'all countries' as shown_name
),

sides as (
    select
        document_id,
        claim_id,
        unnest([
            {%- for side in ['measure', 'origin', 'asylum'] %}
            { 'side': '{{ side }}', 'codes': string_split(nullif(base_{{ side }}, {{ side }}), '+') }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from comparisons
),

each_code as (
    select
        document_id,
        claim_id,
        side,
        unnest(codes) as code,
        generate_subscripts(codes, 1) as code_number
    from sides
),

final as (
    select
        each_code.document_id,
        each_code.claim_id,
        {%- for side in ['measure', 'origin', 'asylum'] %}
        string_agg(
            coalesce(named.shown_name, each_code.code), ' and ' order by each_code.code_number
        ) filter (where each_code.side = '{{ side }}') as {{ side }}_named{{ ',' if not loop.last }}
        {%- endfor %}
    from each_code
    left join named on each_code.code = named.code
    group by each_code.document_id, each_code.claim_id
)

select * from final
