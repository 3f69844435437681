"""Landed snapshots: responses of a source, byte for byte, with a manifest."""
