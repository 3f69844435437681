{{ config(alias='demographics_history', meta={'endpoint': 'demographics', 'published': true}) }}
{{ history('stg_unhcr__demographics', 'demographics', ['pop_type'], demographic_measures()) }}
