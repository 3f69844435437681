{{ totals_by_country(
    'int_asylum_applications_in_force', ['counting_unit'], application_aggregates()
) }}
