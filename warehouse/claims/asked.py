"""One claim that somebody asks about, as a row of the register."""

from __future__ import annotations

from typing import Any

from warehouse.reference.claims import is_stock, parts_of


def asked(*, measure: str, location: str, read_as: str | None, **cells: Any) -> dict[str, Any]:
    """The cells of a claim, with those that nobody is asked for; `location` says who asked.

    `read_as`: stock or flow, by default what the measure is. `cells`: the other columns of
    published_claims.csv; a level in persons unless they say otherwise.
    """
    nature = "stock" if all(is_stock(part) for part in parts_of(measure)) else "flow"
    return {
        "document_id": "asked",
        "claim_id": "1",
        "kind": "level",
        "counting_unit": "persons",
        "measure": measure,
        "document_word": "people who apply" if read_as == "flow" else measure,
        "read_as": read_as or nature,
        "paraphrase": "The claim asked for",
        "location": location,
    } | cells
