"""The sources of figures: the queries for each, and how they are sent."""
