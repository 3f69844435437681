{%- set methods = {
    'year_before': 'share_1',
    'mean_of_two_years': '(share_1 + share_2) / 2',
    'mean_of_three_years': '(share_1 + share_2 + share_3) / 3',
    'trend': 'share_1 * least(2, coalesce(share_1 / nullif(share_2, 0), 1))',
} -%}
-- How far off it is to distribute people without an origin as those of known origin were before: the
-- origins of countries of asylum that gave them are hidden, distributed by each method, and compared.
with hosts as (
    select
        *,
        figure - unknown_origin as known
    from {{ ref('int_unknown_origins_of_hosts') }}
    where
        valid_to is null
        and measure in {{ distributed_measures() }}
        and share < {{ var('origins_given_below_share') }}
),

special_origins as (
    select unhcr_code from {{ ref('special_origins') }}
    where special_kind = 'unknown'
),

shares as (
    select
        pairs.*,
        {{ fraction('pairs.figure', 'hosts.known') }} as share
    from {{ ref('int_pairs_followed') }} as pairs
    inner join hosts using (asylum_unhcr_code, measure, reference_year, valid_from)
    where pairs.origin_unhcr_code not in (select unhcr_code from special_origins)
),

-- The shares of the two years before, and what the pair had in each year after.
followed as (
    select
        measure,
        asylum_unhcr_code,
        reference_year,
        share as share_1,
        {%- for years in [1, 2] %}
        coalesce(
            max(share) over (same_pair range between {{ years }} preceding and {{ years }} preceding), 0
        ) as share_{{ years + 1 }},
        {%- endfor %}
        unnest([
            {%- for years in range(1, (var('distributed_to_age') | int(1)) + 1) %}
            {
                'base_age': cast({{ years }} as bigint),
                'figure':
                    coalesce(
                        max(figure) over (
                            same_pair range between {{ years }} following and {{ years }} following
                        ),
                        0
                    )
            }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from shares
    window same_pair as (
        partition by origin_unhcr_code, asylum_unhcr_code, measure order by reference_year
    )
),

hidden as (
    select
        followed.*,
        {{ columns(lineage_columns(), 'hosts.') }}
        hosts.known
    from followed
    inner join hosts
        on
            followed.asylum_unhcr_code = hosts.asylum_unhcr_code
            and followed.measure = hosts.measure
            and followed.reference_year + followed.base_age = hosts.reference_year
),

estimated as (
    select
        measure,
        base_age,
        figure,
        {{ columns(lineage_columns()) }}
        unnest([
            {%- for method, share in methods.items() %}
            { 'method': '{{ method }}', 'estimate': {{ share }} * known }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from hidden
),

final as (
    select
        measure,
        method,
        base_age,
        cast(pow(10, {{ estimate_size('estimate') }}) as bigint) as estimate_from,
        count(*) as estimate_count,
        quantile_cont(figure / estimate, 0.1) as low_ratio,
        quantile_cont(figure / estimate, 0.5) as median_ratio,
        quantile_cont(figure / estimate, 0.9) as high_ratio,
        {{ fraction(exact_sum('abs(figure - estimate)'), 'sum(figure)') }} as weighted_error,
        max(release_id) as release_id,
        max(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from estimated
    where estimate > 0 and (method = 'year_before' or base_age = 1)
    group by all
)

select * from final
order by measure, method, base_age, estimate_from
