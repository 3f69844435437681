"""One claim that an assistant asks about, as a row of the register."""

from __future__ import annotations

from typing import Any

from warehouse.reference.claims import ALL


def asked(
    *,
    origin: str | None,
    asylum: str | None,
    year: int,
    measure: str,
    value: float,
    read_as: str | None = None,
) -> dict[str, Any]:
    """The cells of a claim on one figure of a year; `read_as`: by default what the measure is."""
    return {
        "document_id": "asked",
        "claim_id": "1",
        "kind": "level",
        "measure": measure,
        "counting_unit": "persons",
        "origin": origin or ALL,
        "asylum": asylum or ALL,
        "from_year": year,
        "to_year": year,
        "stated_value": f"{value:f}".rstrip("0").rstrip("."),
        "document_word": "people who apply" if read_as == "flow" else measure,
        "read_as": read_as or ("stock" if measure.endswith("_stock") else "flow"),
        "paraphrase": "The claim asked for",
        "location": "a question of an assistant",
    }
