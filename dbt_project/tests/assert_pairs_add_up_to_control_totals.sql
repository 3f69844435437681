-- If all pairs were requested, they add up to the API's control totals. How the API rounds both is not
-- known, so a difference is only shown. The crawl refuses differences too large for rounding.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'fct_population_totals_yearly'}}},
) }}

select
    total_by,
    country_unhcr_code,
    reference_year,
    'population' as dataset,
    refugees_stock as control_value,
    pairs_refugees_stock as pairs_value
from {{ ref('fct_population_totals_yearly') }}
where
    total_source = 'control_total'
    and are_pairs_complete
    and (
        refugees_stock <> pairs_refugees_stock
        or asylum_seekers_stock <> pairs_asylum_seekers_stock
    )
union all
select
    total_by,
    country_unhcr_code,
    reference_year,
    'asylum-applications' as dataset,
    applications_total as control_value,
    pairs_applications_total as pairs_value
from {{ ref('fct_asylum_applications_totals_yearly') }}
where
    total_source = 'control_total'
    and are_pairs_complete
    and applications_total <> pairs_applications_total
union all
select
    total_by,
    country_unhcr_code,
    reference_year,
    'asylum-decisions' as dataset,
    decisions_total as control_value,
    pairs_decisions_total as pairs_value
from {{ ref('fct_asylum_decisions_totals_yearly') }}
where
    total_source = 'control_total'
    and are_pairs_complete
    and decisions_total <> pairs_decisions_total
