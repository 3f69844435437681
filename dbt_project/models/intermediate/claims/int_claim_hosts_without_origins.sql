-- Countries of asylum that give no origin of many people, where a place is among those of an origin: they may
-- have any of them. Many claims ask for one year.
with asked as (
    select * from {{ ref('int_claim_places_asked') }}
    where not is_peer and not is_of_origins and origin <> '-'
),

countries as (
    select * from {{ ref('dim_country').identifier }}
),

of_pairs as not materialized (
    select * from {{ ref('mart_destination_yearly_history').identifier }}
    where row_kind = 'pair'
),

years_asked as (
    select distinct
        measure,
        counting_unit,
        reference_year,
        day
    from asked
),

hosts as (
    select
        years_asked.measure,
        years_asked.counting_unit,
        years_asked.reference_year,
        years_asked.day,
        of_pairs.asylum_unhcr_code as country,
        case years_asked.measure
            {%- for measure in completed_measures() %}
            when '{{ measure }}' then of_pairs.{{ measure }}
            {%- endfor %}
        end as persons,
        coalesce(countries.special_kind = 'unknown', false) as is_unknown
    from years_asked
    inner join of_pairs
        on
            years_asked.counting_unit = of_pairs.counting_unit
            and years_asked.reference_year = of_pairs.reference_year
            and {{ stood_on('years_asked.day', 'of_pairs') }}
    inner join countries on of_pairs.origin_unhcr_code = countries.unhcr_code
),

hosts_of_unknown as (
    select
        * exclude (persons, is_unknown),
        {{ total('persons', 'is_unknown') }} as unknown_there
    from hosts
    group by all
    having {{ is_missing_people(total('persons', 'not is_unknown'), 'unknown_there') }}
),

final as (
    select
        asked.document_id,
        asked.claim_id,
        asked.variant,
        found.country,
        found.unknown_there
    from asked
    inner join hosts_of_unknown as found
        on
            asked.measure = found.measure
            and asked.counting_unit = found.counting_unit
            and asked.reference_year = found.reference_year
            and asked.day = found.day
)

select * from final
