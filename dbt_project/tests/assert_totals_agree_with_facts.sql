-- The sum of pairs stored with a total is the sum of the rows of the fact.
{{ config(meta={'dagster': {'ref': {'name': 'fct_population_yearly'}}}) }}

with pairs as (
    select
        origin_unhcr_code as country_unhcr_code,
        reference_year,
        count(*) as pair_count,
        sum(asylum_seekers_stock) as asylum_seekers_stock
    from {{ ref('fct_population_yearly') }}
    group by origin_unhcr_code, reference_year
),

totals as (
    select * from {{ ref('fct_population_totals_yearly') }}
    where total_by = 'origin'
)

select
    totals.country_unhcr_code,
    totals.reference_year,
    totals.pair_count,
    pairs.pair_count as fact_pair_count
from totals
full outer join pairs using (country_unhcr_code, reference_year)
where
    coalesce(totals.pair_count, 0) <> coalesce(pairs.pair_count, 0)
    or totals.pairs_asylum_seekers_stock is distinct from pairs.asylum_seekers_stock
