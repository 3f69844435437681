"""One claim that somebody asks about, as a row of the register: for terminal and assistants."""

from __future__ import annotations

from typing import Any


def asked(
    *,
    origin: str | None,
    asylum: str | None,
    year: int,
    measure: str,
    value: float,
    kind: str = "level",
    unit: str = "persons",
    from_year: int | None = None,
    base_year: int | None = None,
    tolerance: float | None = None,
    read_as: str | None = None,
    location: str = "the command line",
) -> dict[str, Any]:
    """The cells of the claim. `tolerance`: by default 0, and 0.5 for per cent; `read_as`: by
    default what the measure is.
    """
    percent = kind in {"change", "share"}
    return {
        "document_id": "asked",
        "claim_id": "1",
        "kind": kind,
        "measure": measure,
        "counting_unit": unit,
        "origin_iso3": origin,
        "asylum_iso3": asylum,
        "from_year": year if from_year is None else from_year,
        "to_year": year,
        "base_from_year": base_year,
        "base_to_year": base_year,
        "stated_value": value,
        "tolerance": (0.5 if percent else 0) if tolerance is None else tolerance,
        "document_word": "people who apply" if read_as == "flow" else measure,
        "read_as": read_as or ("stock" if measure.endswith("_stock") else "flow"),
        "paraphrase": "The claim asked for",
        "location": location,
    }
