-- One row for each combination of codes, as UNHCR publishes it. The figure stands in the column of its
-- type, so that each column can be summed; persons and cases are apart by counting_unit.
{{ fct_asylum_applications_yearly() }}
