{{ config(alias='asylum_applications_history', meta={'published': true}) }}
{{ placed('int_asylum_applications_history', 'asylum-applications') }}
