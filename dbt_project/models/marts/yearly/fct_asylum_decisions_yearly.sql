-- One row for each combination of codes, as UNHCR publishes it. Rates of several rows come from their
-- summed counts, never from these rates.
{{ fct_asylum_decisions_yearly() }}
