{{ config(meta={'endpoint': 'unrwa'}) }}
{{ history('stg_unhcr__unrwa', 'unrwa', [], ['palestine_refugees_stock']) }}
