{{ config(alias='asylum_decisions_history', meta={'published': true}) }}
{{ placed('int_asylum_decisions_history', 'asylum-decisions') }}
