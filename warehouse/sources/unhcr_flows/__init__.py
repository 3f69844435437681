"""UNHCR's forced displacement flow dataset: the workbook that holds it, and its rows."""
