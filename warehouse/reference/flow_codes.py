"""Codes of the flow dataset, and the measure that each adds to: seeds/reference/flow_codes.csv."""

from __future__ import annotations

import csv
from functools import cache

from warehouse.reference.claim_lists import REFERENCE

FILE = "flow_codes.csv"


@cache
def measure_of() -> dict[str, str]:
    """The measure by code, in the order of the list: several codes can add to one measure.

    Raises ValueError naming the list where it cannot be used.
    """
    path = REFERENCE / FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["code"]: row["measure"] for row in csv.DictReader(file, strict=True)}
    except (OSError, KeyError, csv.Error) as error:
        raise ValueError(f"{path}: cannot be used: {error}. Restore it.") from error


def codes_by_measure() -> dict[str, tuple[str, ...]]:
    """The codes that add to each measure, in the order of the list."""
    out: dict[str, tuple[str, ...]] = {}
    for code, measure in measure_of().items():
        out[measure] = (*out.get(measure, ()), code)
    return out
