{% set measures = ['asylum_seekers_stock', 'refugees_stock'] -%}
-- How often a stock repeats that of the year before, by year, in the figures that stand now: in settled
-- years, how often it does so by chance.
with population as (
    select * from {{ ref('fct_population_yearly') }}
),

stocks as (
    select
        origin_unhcr_code,
        asylum_unhcr_code,
        reference_year,
        reference_date,
        is_provisional,
        release_id,
        snapshot_id,
        retrieved_at,
        unnest([
            {%- for measure in measures %}
            { 'measure': '{{ measure }}', 'stock': {{ measure }} }{{ ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
    from population
),

with_year_before as (
    select
        *,
        {{ year_before('stock', ['origin_unhcr_code', 'asylum_unhcr_code', 'measure']) }}
            as stock_year_before
    from stocks
),

compared as (
    select
        *,
        {{ is_carried_forward('stock', 'stock_year_before') }} as is_carried_forward
    from with_year_before
    where stock >= {{ var('carried_forward_from') }}
),

final as (
    select
        measure,
        reference_year,
        max(reference_date) as reference_date,
        coalesce({{ total('stock', 'is_carried_forward') }}, 0) as carried_forward_stock,
        count(*) as large_pair_count,
        count(*) filter (where is_carried_forward) as carried_forward_pair_count,
        {{ fraction('count(*) filter (where is_carried_forward)', 'count(*)') }}
            as carried_forward_pair_share,
        bool_or(is_provisional) as is_provisional,
        max(release_id) as release_id,
        max(snapshot_id) as snapshot_id,
        max(retrieved_at) as retrieved_at
    from compared
    group by measure, reference_year
)

select * from final
order by measure, reference_year
