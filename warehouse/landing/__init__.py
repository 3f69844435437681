"""Landed snapshots: what a source answered, byte for byte, with a manifest."""
