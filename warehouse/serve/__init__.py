"""Answers from the published file, and what state the warehouse is in."""
