"""Assigns a release to each snapshot and validates it."""
