{{ fct_asylum_applications_totals_yearly() }}
