{{ config(alias='demographics_history', meta={'published': true}) }}
{{ placed('int_demographics_history', 'demographics') }}
