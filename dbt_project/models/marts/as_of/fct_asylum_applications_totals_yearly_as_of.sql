{{ config(alias='asylum_applications_totals_as_of') }}
{{ fct_asylum_applications_totals_yearly(as_of='as_of_day') }}
