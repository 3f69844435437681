{%- set figures = ['stated_value', 'stated_low', 'stated_high', 'threshold_low', 'threshold_high'] -%}
-- Claims with the document that makes them, what their kind says of them, their figures as numbers, and
-- the two days on which the database is asked. The table of documents and the day are parameters of the
-- functions that these steps are part of: no later step names them.
with claims as (
    select * from {{ ref('int_claims_validated') }}
),

documents as (
    select * from query_table(published_documents)
),

kinds as (
    select * from {{ ref('claim_kinds').identifier }}
),

releases as (
    select * from {{ ref('dim_release').identifier }}
),

special_origins as (
    select * from {{ ref('special_origins').identifier }}
),

inhabitants as (
    select * from {{ ref('fct_inhabitants_yearly').identifier }}
),

-- The last day on which the newest figures were of a reference date.
reference_dates as (
    select
        reference_date,
        max(coalesce(in_force_to, date '9999-12-31')) - 1 as last_day
    from releases
    group by reference_date
),

read as (
    select
        claims.* replace (
            cast(claims.reference_date as date) as reference_date,
            cast(claims.base_reference_date as date) as base_reference_date,
            cast(claims.tolerance as double) as tolerance,
            coalesce(claims.origin, '*') as origin,
            coalesce(claims.asylum, '*') as asylum,
            coalesce(claims.wording, 'plain') as wording,
            {%- for figure in figures %}
            {{ stated_number('claims.' ~ figure) }} as {{ figure }}{{ ',' if not loop.last }}
            {%- endfor %}
        ),
        {%- for figure in figures[:3] %}
        {{ stated_unit('claims.' ~ figure) }} as {{ figure }}_unit,
        {%- endfor %}
        cast(claims.stated_value as varchar) like '1 in %' as is_one_in,
        documents.publisher,
        documents.title as document_title,
        documents.published_on as document_published_on,
        cast(as_of_day as date) as as_of,
        kinds.is_compared_with_base,
        kinds.is_exact,
        if(is_one_in and kinds.kind = 'per_head', '1 in {one_in}', kinds.shown_as) as shown_as
    from claims
    inner join documents on claims.document_id = documents.document_id
    left join kinds on claims.kind = kinds.kind
),

-- Shares and rates are told in percent: 1 in 6 is 16.7 %.
scaled as (
    select
        *,
        measure in ('refugee_recognition_rate', 'total_protection_rate') as is_rate,
        case
            when is_one_in and kind = 'per_head' then coalesce(per, 1)
            when is_one_in then 100
            else 1
        end as scale
    from read
),

-- Six steps read it: worked out once.
final as materialized (
    select
        scaled.* exclude (scale) replace (
            {%- for figure in figures[:3] %}
            scaled.{{ figure }} * scaled.scale as {{ figure }},
            {%- endfor %}
            if(scaled.is_rate and scaled.kind = 'level', '{value} %', scaled.shown_as) as shown_as,
            coalesce(
                scaled.tolerance,
                if(scaled.kind = 'comparison' and scaled.wording in ('equals', 'about'), 0.05, null),
                if(scaled.is_exact, 0, scaled.scale * scaled.stated_value_unit / 2),
                0
            ) as tolerance
        ),
        -- Bounds are told as exactly as they are; what the years lie between is rounded.
        {%- for bound in ['low', 'high'] %}
        coalesce(
            scaled.tolerance,
            if(scaled.kind = 'range', {{ rounded_by('stated_' ~ bound, 'stated_' ~ bound ~ '_unit') }}, 0)
        ) as {{ bound }}_tolerance,
        {%- endfor %}
        case
            when scaled.tolerance is not null then scaled.stated_value - scaled.tolerance
            else scaled.scale * {{ accepted_low() }}
        end as accepted_low,
        case
            when scaled.tolerance is not null then scaled.stated_value + scaled.tolerance
            else scaled.scale * {{ accepted_high() }}
        end as accepted_high,
        cast(nullif(regexp_extract(scaled.origin || scaled.asylum, 'top:([0-9]+)', 1), '') as integer)
            as top_count,
        -- Of the year, or the last ones known before it: the World Bank's, of no release of UNHCR's.
        if(scaled.kind = 'per_head', inhabitants.inhabitants_as_counted, null) as inhabitants,
        if(scaled.kind = 'per_head', inhabitants.reference_year, null) as inhabitants_year,
        -- Who is of unknown origin or stateless is of no country; and how many are of unknown origin says how
        -- countries of asylum report.
        coalesce(
            placed.special_kind = 'unknown'
            or (placed.special_kind = 'stateless' and scaled.kind <> 'record'),
            false
        ) as has_no_place,
        {%- for prefix in ['', 'base_'] %}
        least(scaled.document_published_on, {{ prefix or 'own_' }}dates.last_day)
            as {{ prefix }}day_at_publication,
        least(scaled.as_of, {{ prefix or 'own_' }}dates.last_day)
            as {{ prefix }}day_newest{{ ',' if not loop.last }}
        {%- endfor %}
    from scaled
    asof left join inhabitants
        on
            case
                when scaled.asylum <> '*' then scaled.asylum
                when scaled.origin <> '*' then scaled.origin
                else 'WLD'
            end = inhabitants.world_bank_code
            and scaled.to_year >= inhabitants.reference_year
    left join special_origins as placed
        on
            case
                when scaled.kind = 'rank' or scaled.among in ('hosts', 'destinations') then scaled.asylum
                when scaled.kind in ('place', 'extreme', 'record') then scaled.origin
            end = placed.unhcr_code
    left join reference_dates as own_dates on scaled.reference_date = own_dates.reference_date
    left join reference_dates as base_dates on scaled.base_reference_date = base_dates.reference_date
)

select * from final
