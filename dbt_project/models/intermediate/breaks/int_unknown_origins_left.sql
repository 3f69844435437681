-- How many people without an origin no estimate distributes, for each person of known origin, by measure and
-- year at each vintage. So each figure by origin of such a year is a lower bound. Where some countries of
-- asylum alone are loaded, nothing is known of it.
with hosts as (
    select * from {{ ref('int_unknown_origins_left_of_hosts') }}
),

worlds as (
    select * from {{ ref('int_years_covered') }}
),

final as (
    select
        hosts.measure,
        hosts.reference_year,
        hosts.valid_from,
        {{ per_known('sum(hosts.unknown_left)', 'sum(hosts.known_origin)') }} as left_per_known
    from hosts
    inner join worlds
        on
            hosts.measure = worlds.measure
            and hosts.reference_year = worlds.reference_year
            and hosts.valid_from = worlds.valid_from
    group by hosts.measure, hosts.reference_year, hosts.valid_from
    having left_per_known > 0
)

select * from final
