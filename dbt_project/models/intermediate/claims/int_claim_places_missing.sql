{%- set of_year = '(break_origins.reference_year = asked.reference_year)' -%}
-- People who may be missing in the figures of the countries that a claim's place is among, on each of the two
-- days: not reported, of unknown origin, applications of type V, and counted in the other unit. A country
-- without a figure has them too.
with kinds as (
    select * from {{ ref('break_kinds').identifier }}
    where makes_incomplete
),

break_origins as (
    select * from {{ ref('mart_reporting_break_origins_history').identifier }}
),

of_origins as not materialized (
    select * from {{ ref('mart_origin_yearly_history').identifier }}
),

applications as not materialized (
    select * from {{ ref('fct_asylum_applications_yearly_history').identifier }}
    where applications_type_v > 0
),

asked as (
    select * from {{ ref('int_claim_places_asked') }}
    where not is_peer
),

-- Over all origins, people without one are not missing. Who gave no origins before may still give none.
by_break as (
    select
        asked.document_id,
        asked.claim_id,
        asked.variant,
        asked.reference_year,
        if(asked.is_of_origins, break_origins.origin_unhcr_code, break_origins.asylum_unhcr_code) as country,
        {{ total('break_origins.persons', "break_origins.kind <> 'origin_withheld'") }} as not_reported,
        {{ total('break_origins.persons', "break_origins.kind = 'origin_withheld' and " ~ of_year) }}
            as withheld,
        {{ total('break_origins.persons', 'not ' ~ of_year) }} as withheld_before
    from asked
    inner join break_origins
        on
            {{ is_break_of('asked', 'break_origins') }}
            and break_origins.reference_year between asked.reference_year - 5 and asked.reference_year
            and {{ stood_on('asked.day', 'break_origins') }}
    inner join kinds on break_origins.kind = kinds.kind
    where
        (asked.reference_year = break_origins.reference_year or break_origins.kind = 'origin_withheld')
        and (asked.is_of_origins or asked.origin <> '-' or break_origins.kind <> 'origin_withheld')
        and (month(asked.reference_date) = 12 or break_origins.kind <> 'half_year_repeated')
    group by all
),

by_estimate as (
    select
        asked.document_id,
        asked.claim_id,
        asked.variant,
        asked.reference_year,
        of_origins.origin_unhcr_code as country,
        case asked.measure
            {%- for measure in distributed_measures() %}
            when '{{ measure }}'
                then of_origins.{{ measure }}_if_distributed_as_before_high - of_origins.{{ measure }}
            {%- endfor %}
        end as estimated
    from asked
    inner join of_origins
        on
            asked.counting_unit = of_origins.counting_unit
            and asked.reference_year = of_origins.reference_year
            and {{ stood_on('asked.day', 'of_origins') }}
    where asked.is_of_origins and asked.asylum = '-'
),

by_type as (
    select
        asked.document_id,
        asked.claim_id,
        asked.variant,
        asked.reference_year,
        if(asked.is_of_origins, applications.origin_unhcr_code, applications.asylum_unhcr_code) as country,
        applications.applications_type_v as of_other_type
    from asked
    inner join applications
        on
            asked.origin in ('-', applications.origin_unhcr_code)
            and asked.asylum in ('-', applications.asylum_unhcr_code)
            and asked.counting_unit = applications.counting_unit
            and asked.reference_year = applications.reference_year
            and {{ stood_on('asked.day', 'applications') }}
    where asked.measure = 'applications_new'
),

by_unit as (
    {%- for dataset, measures in {
        'applications': application_measures(), 'decisions': decision_measures(),
    }.items() %}
    select
        asked.document_id,
        asked.claim_id,
        asked.variant,
        asked.reference_year,
        if(asked.is_of_origins, pairs.origin_unhcr_code, pairs.asylum_unhcr_code) as country,
        {{ counted_at_most(figure_asked(measures, 'asked.', 'pairs.'), 'asked.counting_unit') }}
            as of_other_unit
    from asked
    inner join {{ ref('fct_asylum_' ~ dataset ~ '_yearly_history').identifier }} as pairs
        on
            asked.origin in ('-', pairs.origin_unhcr_code)
            and asked.asylum in ('-', pairs.asylum_unhcr_code)
            and asked.counting_unit <> pairs.counting_unit
            and asked.reference_year = pairs.reference_year
            and {{ stood_on('asked.day', 'pairs') }}
    where starts_with(asked.measure, '{{ dataset }}_')
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select * from by_break
    {%- for name in ['by_estimate', 'by_type', 'by_unit'] %}
    union all by name
    select * from {{ name }}
    {%- endfor %}
)

select * from final
