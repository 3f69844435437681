"""Only Dagster: what runs, in which order, and what the UI shows. No SQL and no HTTP here."""
