"""One claim that somebody asks about, as a row of the register."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from warehouse.reference.claims import is_stock, parts_of

_YEARS = re.compile(r"([0-9]{4})(?:\s*(?:-|to)\s*([0-9]{4}))?")


class AskedError(ValueError):
    """Text that is no year; the message says what is one."""


def years(text: str) -> tuple[int, int, date | None]:
    """First and last year, and the reference date where a day is given.

    2024, 2012-2024, 2023-06-30 (that day's figures). Raises AskedError.
    """
    given = text.strip()
    if found := _YEARS.fullmatch(given):
        first, last = found.groups()
        return int(first), int(last or first), None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise AskedError(
            f"{text!r} is not a year, such as 2024, several, 2012-2024, or a day, 2023-06-30"
        ) from None
    return day.year, day.year, day


def _document_word(measure: str) -> str:
    """What somebody who reads a measure as a flow calls the people."""
    is_of_asylum = "asylum" in measure or "applications" in measure
    return "people who apply" if is_of_asylum else "people who fled"


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
        "document_word": _document_word(measure) if read_as == "flow" else measure,
        "read_as": read_as or nature,
        "paraphrase": "The claim asked for",
        "location": location,
    } | cells
