-- More than 0.5 % on 1,000 or more is not rounding: something is missing or twice.
{{ config(meta={'dagster': {'ref': {'name': 'fct_population_totals_yearly'}}}) }}

select
    total_by,
    country_unhcr_code,
    reference_year,
    asylum_seekers_stock,
    pairs_asylum_seekers_stock,
    refugees_stock,
    pairs_refugees_stock
from {{ ref('fct_population_totals_yearly') }}
where
    total_source = 'control_total'
    and are_pairs_complete
    and (
        (
            asylum_seekers_stock >= 1000
            and abs(asylum_seekers_stock - coalesce(pairs_asylum_seekers_stock, 0))
            > 0.005 * asylum_seekers_stock
        )
        or (
            refugees_stock >= 1000
            and abs(refugees_stock - coalesce(pairs_refugees_stock, 0)) > 0.005 * refugees_stock
        )
    )
