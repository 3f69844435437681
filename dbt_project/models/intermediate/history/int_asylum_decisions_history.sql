{{ config(meta={'endpoint': 'asylum-decisions'}) }}
{{ history(
    'stg_unhcr__asylum_decisions',
    'asylum-decisions',
    ['procedure_type', 'dec_level', 'counting_unit'],
    decision_measures(),
) }}
