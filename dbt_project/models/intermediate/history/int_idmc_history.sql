{{ config(meta={'endpoint': 'idmc'}) }}
{{ history('stg_unhcr__idmc', 'idmc', [], ['internally_displaced_stock']) }}
