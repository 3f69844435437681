-- A row for each origin, year and counting unit. Stocks are persons, so they stand in the row of
-- persons alone; a row of cases is there where applications or decisions were counted in cases.
{{ mart_origin_yearly() }}
