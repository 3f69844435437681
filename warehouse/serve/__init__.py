"""Answers from the published file, and the state of the warehouse."""
