{{ config(alias='asylum_applications_history', meta={'endpoint': 'asylum-applications', 'published': true}) }}
{{ history(
    'stg_unhcr__asylum_applications',
    'asylum-applications',
    ['procedure_type', 'app_type', 'dec_level', 'counting_unit'],
    ['applications'],
) }}
