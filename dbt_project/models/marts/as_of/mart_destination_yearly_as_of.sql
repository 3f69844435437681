{{ config(alias='destination_yearly_as_of') }}
{{ mart_destination_yearly(as_of='as_of_day') }}
