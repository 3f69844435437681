"""What report and site call what they count, and how they word the state of a figure."""

from __future__ import annotations

# A stock and a flow are told apart wherever one of them is named. `counts` goes before "on 30
# June 2025" or "in 2025"; {people} is "from Syria" or "in Germany"; {day} is "30 June 2025".
# `style` is one of the charts.
MEASURES: dict[str, dict[str, str]] = {
    "stock": {
        "title": "Asylum-seekers waiting",
        "of": "Asylum-seekers {people}, waiting",
        "column": "Asylum-seekers waiting (stock)",
        "panel": "Asylum-seekers waiting at the end of the year (stock, persons)",
        "nature": "stock",
        "counts": "asylum-seekers: persons waiting for a decision",
        "provisional": "provisional, on {day}",
        "style": "stock",
    },
    "claims": {
        "title": "People who claimed asylum",
        "of": "People {people} who claimed asylum",
        "column": "People who claimed asylum in the year (flow)",
        "panel": "People who claimed asylum in the year (flow)",
        "nature": "flow",
        "counts": "people who claimed asylum",
        "provisional": "provisional, of the first half-year",
        "style": "flow",
    },
    "refugees": {
        "title": "Refugees",
        "of": "Refugees {people}",
        "column": "Refugees (stock)",
        "panel": "Refugees at the end of the year (stock, persons)",
        "nature": "stock",
        "counts": "refugees: persons with refugee protection",
        "provisional": "provisional, on {day}",
        "style": "rest",
    },
}
# The baseline of `asylum_seekers_stock_baseline`: var `baseline_year` of the dbt project.
BASELINE_YEAR = 2019
INCOMPLETE = "at least: not all was reported"
# Before a figure in a sentence that lacks people.
LOWER_BOUND = "at least "
# Of what is counted in persons and in cases: from this part of the larger on, both are named.
WORTH_NAMING = 0.05
CASES_AS_PERSONS = "{cases} of them are cases, each counted as one person"
OTHER_UNITS_BEFORE = "not comparable with {year}, when decisions were counted in {units}"
OTHER_UNIT = "{rate} of another {decisions}, {unit} (the two are never added)"
# A change from or to a lower bound.
OF_REPORTED = "of what was reported"
HIGHEST = "highest{since}: {value} in {year}"
HIGHEST_SO_FAR = "the highest {so_far}"
# Where people are missing in another year, and it could reach the highest with them.
HIGHEST_REPORTED = "highest reported{since}: {value} in {year}, but another year may be higher"
HIGHEST_REPORTED_SO_FAR = "the highest reported {so_far}, but another year may be higher"
SO_FAR = "so far"
# In their place where UNHCR's figures begin before those that are loaded.
SINCE = "since {year}"
# Beside a figure of no country: nothing is told of it as more or fewer.
UNKNOWN_ORIGIN = (
    "people are counted here where a country of asylum gives no origin: neither a change nor a "
    "highest of them is told"
)
UNKNOWN_ASYLUM = (
    "people are counted here where no country of asylum is given: neither a change nor a highest "
    "of them is told"
)
NO_LATER = "no figure of a later year"
WITHOUT_UNRWA = "Palestine refugees under UNRWA’s mandate are not among them"
FINAL = "final"
BREAK = "not comparable with the year before; a country of asylum reported otherwise"
NOT_COMPARABLE = "not comparable with {year}: a country of asylum reported otherwise"
RANKS = (
    "Ranks are by what was reported: where not all was, a true rank may be nearer to 1 or further "
    "from it."
)
HATCHED = f"Hatched: provisional, or {INCOMPLETE}."
ESTIMATED = "Dashed outline: with the people without an origin distributed as before, an estimate."
NO_BAR = "No bar: none, or not known."


def state(
    is_provisional: bool, *, is_incomplete: bool = False, provisional: str = "provisional"
) -> str:
    """Whether a figure was final and whole, in words; `provisional` may say more of which day."""
    words = [provisional] if is_provisional else []
    return "; ".join([*words, INCOMPLETE] if is_incomplete else words) or FINAL
