{{ config(alias='idmc_history', meta={'published': true}) }}
{{ placed('int_idmc_history', 'idmc') }}
