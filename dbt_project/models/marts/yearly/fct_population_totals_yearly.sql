{{ fct_population_totals_yearly() }}
