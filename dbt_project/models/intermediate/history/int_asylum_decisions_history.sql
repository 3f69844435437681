{{ config(alias='asylum_decisions_history', meta={'endpoint': 'asylum-decisions', 'published': true}) }}
{{ history(
    'stg_unhcr__asylum_decisions',
    'asylum-decisions',
    ['procedure_type', 'dec_level', 'counting_unit'],
    decision_measures(),
) }}
