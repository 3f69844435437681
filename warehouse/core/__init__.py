"""What every room uses: files that appear whole, hashes, connections to DuckDB, wording."""
