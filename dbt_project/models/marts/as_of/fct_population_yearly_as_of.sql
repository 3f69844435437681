{{ config(alias='population_as_of') }}
{{ fct_population_yearly(as_of='as_of_day') }}
