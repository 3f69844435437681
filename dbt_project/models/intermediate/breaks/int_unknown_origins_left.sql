-- How many people without an origin no estimate distributes, for each person of known origin, by measure and
-- year at each vintage: their countries of asylum gave no origins before either, or they are refugees. So
-- each figure by origin of such a year is a lower bound. Where some countries of asylum alone are loaded, or
-- the year before is not, nothing is known of it.
with hosts as (
    select * from {{ ref('int_unknown_origins_of_hosts') }}
    where measure in {{ completed_measures() }}
),

measures as (
    select * from {{ ref('measures') }}
),

worlds as (
    select * from {{ ref('int_years_covered') }}
),

begun as (
    select
        measure,
        valid_from,
        min(reference_year) as first_loaded_year
    from hosts
    group by measure, valid_from
),

with_base as (
    select
        hosts.measure,
        hosts.reference_year,
        hosts.valid_from,
        hosts.unknown_origin,
        hosts.figure - hosts.unknown_origin as known_origin,
        hosts.measure not in {{ distributed_measures() }}
        or coalesce(base_hosts.figure - base_hosts.unknown_origin, 0) = 0
        and (
            hosts.reference_year > begun.first_loaded_year
            or hosts.reference_year <= measures.first_origin_year
        )
            as is_left
    from hosts
    inner join worlds
        on
            hosts.measure = worlds.measure
            and hosts.reference_year = worlds.reference_year
            and hosts.valid_from = worlds.valid_from
    inner join begun on hosts.measure = begun.measure and hosts.valid_from = begun.valid_from
    left join measures on hosts.measure = measures.measure
    left join {{ ref('int_unknown_origins_of_hosts') }} as base_hosts
        on
            hosts.asylum_unhcr_code = base_hosts.asylum_unhcr_code
            and hosts.measure = base_hosts.measure
            and hosts.base_year = base_hosts.reference_year
            and hosts.valid_from = base_hosts.valid_from
),

final as (
    select
        measure,
        reference_year,
        valid_from,
        {{ fraction('sum(unknown_origin) filter (where is_left)', 'sum(known_origin)') }} as left_per_known
    from with_base
    group by measure, reference_year, valid_from
    having left_per_known > 0
)

select * from final
