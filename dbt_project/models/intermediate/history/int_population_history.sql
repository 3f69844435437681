{{ config(meta={'endpoint': 'population'}) }}
{{ history('stg_unhcr__population', 'population', [], population_stocks() + population_flows()) }}
