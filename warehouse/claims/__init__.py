"""Published claims, compared with the figures of a day."""
