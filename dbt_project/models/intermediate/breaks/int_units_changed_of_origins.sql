{%- set host_year = ['asylum_unhcr_code', 'measure', 'reference_year', 'valid_from'] -%}
-- Which origins it bears on that a country of asylum counts its first applications or decisions in other
-- units, at each vintage: those that have a unit in one of the two years only, and all in a unit of which
-- there are fewer where most of what another unit gained is without an origin: it may be of any of them.
with hosts as (
    select distinct
        {{ columns(host_year) }}
        year_before
    from {{ ref('int_units_changed') }}
),

nowhere as (
    select unhcr_code from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

pairs as (
    select
        {{ columns(host_year, 'hosts.') }}
        pairs.origin_unhcr_code,
        pairs.counting_unit,
        coalesce(sum(pairs.figure) filter (where pairs.reference_year < hosts.reference_year), 0)
            as figure_before,
        coalesce(sum(pairs.figure) filter (where pairs.reference_year = hosts.reference_year), 0) as figure
    from hosts
    inner join {{ ref('int_pairs_followed') }} as pairs
        on
            hosts.asylum_unhcr_code = pairs.asylum_unhcr_code
            and hosts.measure = pairs.measure
            and hosts.valid_from = pairs.valid_from
            and pairs.reference_year in (hosts.reference_year, hosts.year_before)
    group by all
),

with_rises as (
    select
        *,
        sum(figure - figure_before) over unit as rise,
        coalesce(
            sum(figure - figure_before) filter (
                where origin_unhcr_code in (select unhcr_code from nowhere)
            ) over unit,
            0
        ) as unknown_rise,
        bool_or((figure = 0) <> (figure_before = 0)) over (
            partition by origin_unhcr_code, {{ host_year | join(', ') }}
        ) as is_of_changed_unit
    from pairs
    window unit as (partition by {{ host_year | join(', ') }}, counting_unit)
),

judged as (
    select
        *,
        rise < 0
        and bool_or(rise > 0 and 2 * unknown_rise >= rise) over (
            partition by {{ host_year | join(', ') }}
        ) as is_beside_unknown
    from with_rises
),

final as (
    select
        {{ columns(host_year) }}
        origin_unhcr_code,
        counting_unit,
        cast(greatest(figure, figure_before) as bigint) as persons
    from judged
    where is_of_changed_unit or is_beside_unknown
)

select * from final
