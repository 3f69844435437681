{{ config(materialized='view') }}
{%- set keys = ['total_by', 'country_unhcr_code', 'counting_unit', 'valid_from'] -%}
{%- set followed = {
    'refugees_stock': 'population', 'asylum_seekers_stock': 'population',
    'applications_new': 'applications', 'new_asylum_claims': 'flows',
} -%}
{%- set shared = dict(
    followed, oip_stock='population', displaced_abroad_stock='population'
) -%}
-- Each year of a country against its own past, its level in the baseline year, and the world, at each
-- vintage, with what breaks of reporting do to it. A share of the world needs the world: it is NULL where
-- not all countries were asked for. Against the inhabitants of the year, or of the last year known, as the
-- World Bank has them now.
with years as (
    select
        *,
        {{ displaced_abroad() }} as displaced_abroad_stock,
        {{ displaced_abroad_lacks() }} as displaced_abroad_lacks
    from {{ ref('int_years_of_countries_combined') }}
),

with_past as (
    select
        *,
        {%- for measure, dataset in shared.items() %}
        case
            when
                bool_and(is_{{ dataset }}_world_covered) filter (where {{ measure }} is not null)
                    over all_countries
                then sum({{ measure }}) over all_countries
        end as {{ measure }}_world,
        {%- endfor %}
        {%- for measure in followed %}
        {{ yearly_history(measure, keys) }},
        {%- endfor %}
        {{ substantive_decisions() }} as decisions_substantive
    from years
    window all_countries as (partition by total_by, reference_year, counting_unit, valid_from)
),

countries as (
    select * from {{ ref('int_countries_combined') }}
),

inhabitants as (
    select * from {{ ref('int_inhabitants_in_force') }}
    where valid_to is null and inhabitants_as_counted is not null
),

with_inhabitants as (
    select
        with_past.*,
        {{ inhabitants_columns('inhabitants') }}
    from with_past
    left join countries on with_past.country_unhcr_code = countries.unhcr_code
    asof left join inhabitants
        on
            case
                when with_past.counting_unit = 'persons'
                    then if(with_past.total_by = 'world', 'WLD', countries.iso3)
            end = inhabitants.world_bank_code
            and with_past.reference_year >= inhabitants.reference_year
),

compared as (
    select
        *,
        {%- for measure, name in measures_per_inhabitants().items() %}
        {{ per_1000(measure, 'inhabitants') }} as {{ name }},
        {%- endfor %}
        {%- for measure in followed %}
        {{ yearly_standing(measure) }},
        {%- endfor %}
        {%- for measure in shared %}
        {{ fraction(measure, measure ~ '_world') }} as {{ measure }}_world_share,
        {%- endfor %}
        {{ refugee_recognition_rate() }} as refugee_recognition_rate,
        {{ total_protection_rate() }} as total_protection_rate,
        {{ is_small(substantive_decisions()) }} as is_rate_on_small_count
    from with_inhabitants
),

breaks as (
    select
        *,
        coalesce(origin_unhcr_code, asylum_unhcr_code) as country_unhcr_code
    from {{ ref('int_breaks_of_years_by_measure') }}
),

years_followed as (
    select * from {{ ref('int_years_followed') }}
),

-- Of people of unknown origin nobody is missing so.
special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

unknown_origins as (
    select
        'origin' as total_by,
        reference_year,
        valid_from,
        {%- for measure in completed_measures() %}
        max(left_per_known) filter (where measure = '{{ measure }}')
            as {{ measure }}_left_per_known{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_unknown_origins_left') }}
    group by reference_year, valid_from
),

-- Joined last: lists are slow to sort.
final as (
    select
        compared.*,
        {%- for measure, dataset in followed.items() %}
        {{ breaks_borne(measure, 'is_' ~ dataset ~ '_provisional', 'compared.total_by') }}
            as {{ measure }}_change_breaks,
        {{ is_change_comparable(measure) }} as is_{{ measure }}_change_comparable,
        {%- endfor %}
        {%- for measure in completed_measures() %}
        {{ is_complete(
            measure, 'compared.total_by', left_per_known='unknown_origins.' ~ measure ~ '_left_per_known'
        ) }} as is_{{ measure }}_complete,
        {%- endfor %}
        {{ is_displaced_abroad_complete() }} as is_displaced_abroad_stock_complete,
        {%- for measure in distributed_measures() %}
        {{ if_distributed(measure) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    left join breaks
        on
            compared.total_by = breaks.level
            and coalesce(compared.country_unhcr_code, '') = coalesce(breaks.country_unhcr_code, '')
            and compared.counting_unit = breaks.counting_unit
            and compared.reference_year = breaks.reference_year
            and compared.valid_from = breaks.valid_from
    left join years_followed
        on
            compared.reference_year = years_followed.reference_year
            and compared.valid_from = years_followed.valid_from
    left join special_origins on compared.country_unhcr_code = special_origins.unhcr_code
    left join unknown_origins
        on
            compared.total_by = unknown_origins.total_by
            and special_origins.unhcr_code is null
            and compared.reference_year = unknown_origins.reference_year
            and compared.valid_from = unknown_origins.valid_from
)

select * from final
