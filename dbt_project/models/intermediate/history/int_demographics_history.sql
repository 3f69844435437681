{{ config(meta={'endpoint': 'demographics'}) }}
{{ history('stg_unhcr__demographics', 'demographics', ['pop_type'], demographic_measures()) }}
