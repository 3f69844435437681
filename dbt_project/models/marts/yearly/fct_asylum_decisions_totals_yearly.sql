{{ fct_asylum_decisions_totals_yearly() }}
