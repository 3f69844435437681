{{ config(alias='population_history', meta={'endpoint': 'population', 'published': true}) }}
{{ history('stg_unhcr__population', 'population', [], population_stocks() + population_flows()) }}
