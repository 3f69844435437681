{{ config(alias='solutions_history', meta={'published': true}) }}
{{ placed('int_solutions_history', 'solutions') }}
