"""The file that readers open, and its copy in PostgreSQL."""
