"""Which release a snapshot is, and whether it has lost data."""
