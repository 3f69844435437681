{{ config(alias='asylum_decisions_totals_as_of') }}
{{ fct_asylum_decisions_totals_yearly(as_of='as_of_day') }}
