"""How the site's files are named, and the words its scripts are handed."""

from __future__ import annotations

import re

from warehouse.core import attribution
from warehouse.exports.findings.beside import OTHERS
from warehouse.exports.findings.words import BOUNDARIES
from warehouse.exports.findings.years import YEAR_COLUMNS
from warehouse.exports.measures import (
    BREAK,
    CASES_AS_PERSONS,
    ESTIMATED,
    FINAL,
    HATCHED,
    HIGHEST,
    HIGHEST_REPORTED,
    HIGHEST_REPORTED_SO_FAR,
    HIGHEST_SO_FAR,
    INCOMPLETE,
    NO_BAR,
    NO_LATER,
    NOT_COMPARABLE,
    OF_REPORTED,
    OTHER_UNIT,
    OTHER_UNITS_BEFORE,
    RANKS,
    SINCE,
    SO_FAR,
    UNKNOWN_ASYLUM,
    UNKNOWN_ORIGIN,
    WITHOUT_UNRWA,
)
from warehouse.exports.origin_years import BETWEEN, ESTIMATE

PER_1000 = "per 1,000 inhabitants of the country"
# What the yearly tables count as carried forward: a figure of the end of a year that repeats the
# middle of the same year is not among them.
UNCHANGED = "unchanged since the end of the year before"
STOCK_AND_FLOW = (
    "A stock is a number of persons on a day; a flow happened within a year. The two are never "
    "compared as if they were one. A dash is not known, never zero; ≥ is at least."
)


def stem(code: str) -> str:
    """The name of a country's files: its code.

    What is no letter, digit or underscore is written as a number. `core.js` does the same.
    """
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"-{ord(found[0]):x}", code)


def words() -> dict[str, str]:
    """Sentences and headings that the scripts show, from where the report has them."""
    return {
        **{column.name: column.heading for column in YEAR_COLUMNS},
        "source": attribution.source_sentence("{release}"),
        "cite": attribution.citation("{release}", None),
        "database": attribution.SOURCE_TITLE,
        "licence": f"{attribution.LICENCE_NAME}, {attribution.LICENCE_URL}",
        "boundaries": BOUNDARIES,
        "stock_and_flow": STOCK_AND_FLOW,
        "per_1000": PER_1000,
        "inhabitants_source": f"Inhabitants: {attribution.WORLD_BANK_TITLE}.",
        "estimate": ESTIMATE,
        "between": BETWEEN,
        "break": BREAK,
        "no_later": NO_LATER,
        "not_comparable": NOT_COMPARABLE,
        "carried": f"Of them {UNCHANGED}",
        "unchanged": UNCHANGED,
        "at_least": INCOMPLETE,
        "final": FINAL,
        "hatched": HATCHED,
        "estimated": ESTIMATED,
        "no_bar": NO_BAR,
        "ranks": RANKS,
        "of_reported": OF_REPORTED,
        "cases_as_persons": CASES_AS_PERSONS,
        "other_unit": OTHER_UNIT,
        "other_units_before": OTHER_UNITS_BEFORE,
        "others": OTHERS,
        "unknown_origin": UNKNOWN_ORIGIN,
        "unknown_asylum": UNKNOWN_ASYLUM,
        "without_unrwa": WITHOUT_UNRWA,
        "highest": HIGHEST,
        "highest_so_far": HIGHEST_SO_FAR,
        "highest_reported": HIGHEST_REPORTED,
        "highest_reported_so_far": HIGHEST_REPORTED_SO_FAR,
        "so_far": SO_FAR,
        "since": SINCE,
        "incomplete_unknown": "what countries of asylum did not report is missing",
        "incomplete": "what countries of asylum did not report, or gave no origin of, is missing",
    }
