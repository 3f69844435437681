{{ fct_population_yearly() }}
