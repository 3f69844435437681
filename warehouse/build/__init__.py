"""Landing -> DuckDB -> dbt, and the inputs of a build."""
