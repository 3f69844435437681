{{ config(alias='origin_yearly_as_of') }}
{{ mart_origin_yearly(as_of='as_of_day') }}
