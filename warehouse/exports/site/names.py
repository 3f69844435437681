"""How the site's files are named, and the words its scripts are handed."""

from __future__ import annotations

import re

from warehouse.core import attribution
from warehouse.exports.findings.words import BOUNDARIES
from warehouse.exports.findings.years import YEAR_COLUMNS
from warehouse.exports.origin_years import BETWEEN, ESTIMATE

# A stock and a flow are told apart wherever one of them is named. `counts` goes before "on 30
# June 2025" or "in 2025"; {people} is "from Syria" or "in Germany".
MEASURES: dict[str, dict[str, str]] = {
    "stock": {
        "title": "Asylum-seekers waiting",
        "of": "Asylum-seekers {people}, waiting",
        "column": "Asylum-seekers waiting (stock)",
        "panel": "Asylum-seekers waiting at the end of the year (stock, persons)",
        "nature": "stock",
        "counts": "asylum-seekers: persons waiting for a decision",
    },
    "claims": {
        "title": "People who claimed asylum",
        "of": "People {people} who claimed asylum",
        "column": "People who claimed asylum in the year (flow)",
        "panel": "People who claimed asylum in the year (flow)",
        "nature": "flow",
        "counts": "people who claimed asylum",
    },
    "refugees": {
        "title": "Refugees",
        "of": "Refugees {people}",
        "column": "Refugees (stock)",
        "panel": "Refugees at the end of the year (stock, persons)",
        "nature": "stock",
        "counts": "refugees: persons with refugee protection",
    },
}
PER_1000 = "per 1,000 inhabitants of the country"
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
        "break": "not comparable with the year before; a country of asylum reported otherwise",
        "incomplete": "what countries of asylum did not report, or gave no origin of, is missing",
    }
