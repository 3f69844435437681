-- People without an origin in a country of asylum, distributed among the origins as its people of known
-- origin were in the base year: figure of the pair / (figure of the country - its unknown), of that year,
-- times the unknown of the year, at each vintage. Of refugees only where a country withholds origins.
with hosts as (
    select * from {{ ref('int_unknown_origins_of_hosts') }}
    where
        measure in {{ distributed_measures() }}
        or (measure = 'refugees_stock' and (is_origin_withheld or base_year < reference_year - 1))
),

pairs as (
    select * from {{ ref('int_pairs_followed') }}
),

special_origins as (
    select * from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

backtest as (
    select * from {{ ref('mart_unknown_origin_backtest') }}
    where method = 'year_before' and estimate_count >= {{ var('backtest_estimates_needed') }}
),

distributed as (
    select
        pairs.origin_unhcr_code,
        hosts.asylum_unhcr_code,
        hosts.measure,
        hosts.reference_year,
        hosts.valid_from,
        hosts.base_year,
        hosts.reference_year - hosts.base_year as base_age,
        hosts.figure as host_figure,
        hosts.unknown_origin,
        {{ fraction('pairs.figure', '(base_hosts.figure - base_hosts.unknown_origin)') }}
        * hosts.unknown_origin as distributed
    from hosts
    inner join {{ ref('int_unknown_origins_of_hosts') }} as base_hosts
        on
            hosts.asylum_unhcr_code = base_hosts.asylum_unhcr_code
            and hosts.measure = base_hosts.measure
            and hosts.base_year = base_hosts.reference_year
            and hosts.valid_from = base_hosts.valid_from
    inner join pairs
        on
            hosts.asylum_unhcr_code = pairs.asylum_unhcr_code
            and hosts.measure = pairs.measure
            and hosts.base_year = pairs.reference_year
            and hosts.valid_from = pairs.valid_from
    left join special_origins on pairs.origin_unhcr_code = special_origins.unhcr_code
    where hosts.unknown_origin > 0 and special_origins.unhcr_code is null
),

final as (
    select
        distributed.*,
        {%- for bound in ['low', 'high'] %}
        distributed.distributed * backtest.{{ bound }}_ratio as distributed_{{ bound }},
        {%- endfor %}
        distributed.base_age <= {{ var('distributed_to_age') }} as is_recent
    from distributed
    left join backtest
        on
            distributed.measure = backtest.measure
            and distributed.base_age = backtest.base_age
            and pow(10, {{ estimate_size('distributed.distributed') }}) = backtest.estimate_from
)

select * from final
