"""Published claims, held against the figures of a day."""
