"""The codes that columns of the API hold, as the seeds list them."""

from __future__ import annotations

from pathlib import Path

from warehouse.reference.seeds import REFERENCE_DIR, read_seed

# The seed and its column, by column of the API.
CODE_LISTS = {
    "procedure_type": ("procedure_types", "procedure_type"),
    "app_type": ("application_types", "app_type"),
    "dec_level": ("decision_levels", "dec_level"),
    "app_pc": ("counting_units", "unit_code"),
    "dec_pc": ("counting_units", "unit_code"),
    "pop_type": ("population_types", "pop_type"),
    "pt": ("flow_codes", "code"),
}


def known_codes(folder: Path = REFERENCE_DIR) -> dict[str, frozenset[str]]:
    """The codes that are known, by column of the API. Raises ReferenceListError."""
    return {
        column: frozenset(row[name] for _, row in read_seed(seed, folder))
        for column, (seed, name) in CODE_LISTS.items()
    }
