{{ config(alias='population_totals_as_of') }}
{{ fct_population_totals_yearly(as_of='as_of_day') }}
