"""Readers of seeds/reference: facts kept by hand, which SQL reads too."""
