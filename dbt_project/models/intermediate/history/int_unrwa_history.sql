{{ config(alias='unrwa_history', meta={'endpoint': 'unrwa', 'published': true}) }}
{{ history('stg_unhcr__unrwa', 'unrwa', [], ['palestine_refugees_stock']) }}
