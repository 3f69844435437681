{{ config(meta={'endpoint': 'solutions'}) }}
{{ history('stg_unhcr__solutions', 'solutions', [], solution_measures()) }}
