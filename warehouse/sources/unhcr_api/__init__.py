"""UNHCR's Refugee Statistics API: its queries, and how they are sent."""
