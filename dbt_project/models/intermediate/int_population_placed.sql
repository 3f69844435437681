{{ config(alias='population_history', meta={'published': true}) }}
{{ placed('int_population_history', 'population') }}
