{{ config(alias='unrwa_history', meta={'published': true}) }}
{{ placed('int_unrwa_history', 'unrwa') }}
