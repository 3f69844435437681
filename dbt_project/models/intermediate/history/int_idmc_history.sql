{{ config(alias='idmc_history', meta={'endpoint': 'idmc', 'published': true}) }}
{{ history('stg_unhcr__idmc', 'idmc', [], ['internally_displaced_stock']) }}
