{{ config(alias='asylum_decisions_as_of') }}
{{ fct_asylum_decisions_yearly(as_of='as_of_day') }}
