"""One claim that somebody asks about, as a row of the register."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from warehouse.core.days import iso_day
from warehouse.published.countries import Known, code_of
from warehouse.reference.claims import (
    ALL,
    document_word,
    groups_near,
    is_group,
    is_stock,
    parts_of,
)
from warehouse.reference.figures import FigureError, as_printed
from warehouse.reference.places import CountedElsewhereError, PlaceError

_YEARS = re.compile(r"([0-9]{4})(?:\s*(?:-|to)\s*([0-9]{4}))?")


# Options that are a figure as printed, and the column of the register that each is.
_FIGURES = {
    "value": "stated_value",
    "at_least": "stated_low",
    "at_most": "stated_high",
    "threshold": "threshold_low",
    "threshold_high": "threshold_high",
    "per": "per",
}
# Who asks for Africa means no country that has it in its name.
_GROUPS_HINT = (
    " Groups of countries and regions have names such as eu_member_states, un_africa and "
    "unhcr_the_americas (docs/claims.md)."
)
_SIDES = ("origin", "asylum", "base_origin", "base_asylum")
_AS_GIVEN = (
    *("kind", "measure", "population_type", "base_measure", "relation", "among", "share_of"),
    *("count_of", "wording", "tolerance", "read_as"),
)
# The other columns that are not called as the option is.
_COLUMNS = {"counting_unit": "unit", "to_year": "year", "reference_date": "year"} | dict.fromkeys(
    ("base_from_year", "base_to_year", "base_reference_date"), "base_year"
)


class AskedError(ValueError):
    """An option that cannot be read; the message says what can. `option`: which, where it says."""

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.option = option


def years(text: str, option: str | None = None) -> tuple[int, int, date | None]:
    """First and last year, and the reference date where a day is given.

    2024, 2012-2024, 2023-06-30 (that day's figures). Raises AskedError.
    """
    given = text.strip()
    if found := _YEARS.fullmatch(given):
        first, last = found.groups()
        return int(first), int(last or first), None
    day = iso_day(given)
    if day is None:
        raise AskedError(
            f"{text!r} is not a year, such as 2024, several, 2012-2024, or a day, 2023-06-30",
            option,
        )
    return day.year, day.year, day


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
        "document_word": document_word(measure, read_as),
        "read_as": read_as or nature,
        "paraphrase": "The claim asked for",
        "location": location,
    } | cells


def asked_in_options(
    options: Mapping[str, Any],
    known: Sequence[Known],
    location: str,
    regions: Collection[str] = (),
) -> dict[str, Any]:
    """The cells of a claim from the options of `asylum check`, by name with _; None is not given.

    Figures are as printed (5.9m), countries by code or name of those that are `known`, groups as
    they are; `regions` are those that there are. `year`, `kind`, `unit` and `measure` are needed.
    Raises AskedError.
    """
    first, last, day = years(options["year"], "year")
    base = options.get("base_year")
    base_first, base_last, base_day = years(base, "base_year") if base else (None, None, None)
    from_year = options.get("from_year")
    if from_year is not None and first != last:
        raise AskedError(
            f"{options['year']!r} has a first year, and --from-year gives another: give one",
            "from_year",
        )
    figures = {
        column: _figure(name, options[name]) if options.get(name) else None
        for name, column in _FIGURES.items()
    }
    told: dict[str, Any] = {
        **figures,
        **{name: options.get(name) for name in _AS_GIVEN},
        **{name: _side(name, options.get(name), known, regions) for name in _SIDES},
    }
    return asked(
        **told,
        counting_unit=options["unit"],
        from_year=first if from_year is None else from_year,
        to_year=last,
        reference_date=day,
        base_from_year=base_first,
        base_to_year=base_last,
        base_reference_date=base_day,
        location=location,
    )


def asked_as(options: Mapping[str, Any]) -> dict[str, str]:
    """The option that each column of the register is given by, by the options that are given."""
    return {
        **{name: name for name in (*_AS_GIVEN, *_SIDES)},
        **{column: option for option, column in _FIGURES.items()},
        **_COLUMNS,
        "from_year": "year" if options.get("from_year") is None else "from_year",
    }


def _figure(option: str, text: str) -> str:
    try:
        return as_printed(text)
    except FigureError as error:
        raise AskedError(str(error), option) from error


def _side(
    option: str, text: str | None, known: Sequence[Known], regions: Collection[str]
) -> str | None:
    """Countries as the register names them: ISO3 codes by code or name, groups as they are. All
    where none is given, and none of what they are compared with.
    """
    if not text or not text.strip():
        return None if option.startswith("base_") else ALL
    terms = [term.strip() for term in text.split("+")]
    return "+".join(_term(option, term, known, regions) for term in terms)


def _term(option: str, term: str, known: Sequence[Known], regions: Collection[str]) -> str:
    if is_group(term):
        return term
    try:
        return code_of(term, known)
    except PlaceError as error:
        if near := groups_near(term, regions):
            said = f"{term!r} is no country. Give a group of countries: {', '.join(near)}."
            raise AskedError(said + _GROUPS_HINT, option) from error
        hint = "" if isinstance(error, CountedElsewhereError) else _GROUPS_HINT
        raise AskedError(f"{error}{hint}", option) from error
