{{ config(meta={'endpoint': 'asylum-applications'}) }}
{{ history(
    'stg_unhcr__asylum_applications',
    'asylum-applications',
    ['procedure_type', 'app_type', 'dec_level', 'counting_unit'],
    ['applications'],
) }}
