-- A row for each origin, country of asylum, year and counting unit, and one for what the pairs leave
-- of the control total ("Not itemised"), so that shares are right where only some pairs are known.
{{ mart_destination_yearly() }}
