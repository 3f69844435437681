{{ config(alias='asylum_applications_as_of') }}
{{ fct_asylum_applications_yearly(as_of='as_of_day') }}
