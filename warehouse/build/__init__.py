"""Landing -> DuckDB -> dbt, and what a build is made from."""
