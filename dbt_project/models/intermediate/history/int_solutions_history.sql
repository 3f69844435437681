{{ config(alias='solutions_history', meta={'endpoint': 'solutions', 'published': true}) }}
{{ history('stg_unhcr__solutions', 'solutions', [], solution_measures()) }}
