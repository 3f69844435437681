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
        hosts.known,
        {{ fraction('pairs.figure', 'hosts.known') }} as share
    from {{ ref('int_pairs_followed') }} as pairs
    inner join hosts using (asylum_unhcr_code, measure, reference_year, valid_from)
    where pairs.origin_unhcr_code not in (select unhcr_code from special_origins)
),

ages as (
    select unnest(range(1, {{ var('distributed_to_age') }} + 1)) as base_age
),

hidden as (
    select
        base.measure,
        ages.base_age,
        hosts.known,
        {{ columns(lineage_columns(), 'hosts.') }}
        coalesce(actual.figure, 0) as figure,
        base.share as share_1,
        coalesce(two_before.share, 0) as share_2,
        coalesce(three_before.share, 0) as share_3
    from shares as base
    cross join ages
    inner join hosts
        on
            base.asylum_unhcr_code = hosts.asylum_unhcr_code
            and base.measure = hosts.measure
            and base.reference_year + ages.base_age = hosts.reference_year
    left join shares as actual
        on
            base.origin_unhcr_code = actual.origin_unhcr_code
            and base.asylum_unhcr_code = actual.asylum_unhcr_code
            and base.measure = actual.measure
            and base.reference_year + ages.base_age = actual.reference_year
    left join shares as two_before
        on
            base.origin_unhcr_code = two_before.origin_unhcr_code
            and base.asylum_unhcr_code = two_before.asylum_unhcr_code
            and base.measure = two_before.measure
            and base.reference_year - 1 = two_before.reference_year
            and ages.base_age = 1
    left join shares as three_before
        on
            base.origin_unhcr_code = three_before.origin_unhcr_code
            and base.asylum_unhcr_code = three_before.asylum_unhcr_code
            and base.measure = three_before.measure
            and base.reference_year - 2 = three_before.reference_year
            and ages.base_age = 1
),

estimated as (
    {%- for method, share in methods.items() %}
    select
        measure,
        '{{ method }}' as method,
        base_age,
        figure,
        {{ columns(lineage_columns()) }}
        {{ share }} * known as estimate
    from hidden
    {%- if not loop.first %}
    where base_age = 1
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
    where estimate > 0
    group by all
)

select * from final
order by measure, method, base_age, estimate_from
