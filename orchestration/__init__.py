"""Dagster alone: what runs, in which order, and what is seen of it. No SQL and no HTTP here."""
