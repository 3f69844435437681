-- How many people without an origin of each country of asylum no estimate distributes, in all and for each
-- person of known origin, by measure and year at each vintage: it gave no origins before either, or they are
-- refugees. Where the year before is not loaded, nothing is known of it. Of a country that gave no origin at
-- all, everybody may be of a pair that no estimate gives anybody, too.
with hosts as (
    select * from {{ ref('int_unknown_origins_of_hosts') }}
    where measure in {{ completed_measures() }}
),

measures as (
    select * from {{ ref('measures') }}
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
        hosts.asylum_unhcr_code,
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
        asylum_unhcr_code,
        measure,
        reference_year,
        valid_from,
        known_origin,
        if(is_left, unknown_origin, 0) as unknown_left,
        {{ per_known('if(known_origin = 0, unknown_origin, unknown_left)', 'known_origin') }}
            as left_per_known
    from with_base
)

select * from final
