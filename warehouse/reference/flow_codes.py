"""Codes of the flow dataset, and the measure that each adds to: seeds/reference/flow_codes.csv."""

from __future__ import annotations

from functools import cache

from warehouse.reference.seeds import read_seed


@cache
def measure_of() -> dict[str, str]:
    """The measure by code, in the order of the list: several codes can add to one measure.

    Raises ReferenceListError naming the list where it cannot be used.
    """
    return {row["code"]: row["measure"] for _, row in read_seed("flow_codes")}


def codes_by_measure() -> dict[str, tuple[str, ...]]:
    """The codes that add to each measure, in the order of the list."""
    out: dict[str, tuple[str, ...]] = {}
    for code, measure in measure_of().items():
        out[measure] = (*out.get(measure, ()), code)
    return out
