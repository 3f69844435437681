"""The command `asylum`."""
