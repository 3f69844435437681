"""UNHCR's Refugee Statistics API: what is asked for, and how it is asked."""
