"""Source and attribution of the figures. Everything that shows figures uses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SOURCE_TITLE = "UNHCR Refugee Population Statistics Database"
SOURCE_URL = "https://www.unhcr.org/refugee-statistics/"
LICENCE_NAME = "CC-BY-4.0"
LICENCE_TITLE = "Creative Commons Attribution 4.0 International"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
TERMS_URL = (
    "https://www.unhcr.org/what-we-do/data-and-publications/data-and-statistics/terms-use-datasets"
)
WORLD_BANK_TITLE = "World Bank, World Development Indicators, Population, total (SP.POP.TOTL)"
WORLD_BANK_URL = "https://data.worldbank.org/indicator/SP.POP.TOTL"
IDMC_TITLE = "Internal Displacement Monitoring Centre (IDMC)"
UNRWA_TITLE = "UNRWA"
# What others count, and who does, by the measure of the series.
PROVIDERS = {
    "internally_displaced_stock": ("Internally displaced people", IDMC_TITLE),
    "palestine_refugees_stock": ("Palestine refugees", UNRWA_TITLE),
}
OTHER_PROVIDERS = (
    f"Internally displaced persons of the idmc series: {IDMC_TITLE}. Palestine refugees of the "
    f"unrwa series: {UNRWA_TITLE}. Inhabitants, and what is counted per "
    f"1,000 of them: {WORLD_BANK_TITLE}, {LICENCE_NAME}."
)
NO_ENDORSEMENT = "An independent arrangement of the data, not endorsed by UNHCR."


def source_sentence(release: str) -> str:
    """The line that belongs under every table and picture."""
    return source_line([f"release {release}"], ())


def source_line(
    releases: Sequence[str], measures: Iterable[str], *, per_inhabitant: bool = False
) -> str:
    """The line that belongs under figures of these `measures`: UNHCR's database with what is said
    of its releases, and who else counts them. `per_inhabitant`: they are told per head.
    """
    asked = set(measures)
    others = [f"{what}: {who}." for measure, (what, who) in PROVIDERS.items() if measure in asked]
    if per_inhabitant:
        others.append(f"Inhabitants: {WORLD_BANK_TITLE}, {LICENCE_NAME}.")
    return " ".join([f"Source: {', '.join([SOURCE_TITLE, *releases, LICENCE_NAME])}.", *others])


def citation(release: str, retrieved_on: str | None) -> str:
    """How to cite the figures; `retrieved_on` is an ISO date, None where it is not known."""
    retrieved = f" Retrieved {retrieved_on}." if retrieved_on else ""
    return (
        f"UNHCR, Refugee Population Statistics Database, release {release}.{retrieved} "
        f"{LICENCE_NAME}, {SOURCE_URL}"
    )
