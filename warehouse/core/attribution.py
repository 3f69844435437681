"""Source and attribution of the figures. Everything that shows figures uses it."""

from __future__ import annotations

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
OTHER_PROVIDERS = (
    "Internally displaced persons of the idmc series: Internal Displacement Monitoring Centre "
    "(IDMC). Palestine refugees of the unrwa series: UNRWA. Inhabitants, and what is counted per "
    f"1,000 of them: {WORLD_BANK_TITLE}, {LICENCE_NAME}."
)
NO_ENDORSEMENT = "An independent arrangement of the data, not endorsed by UNHCR."


def source_sentence(release: str) -> str:
    """The line that belongs under every table and picture."""
    return f"Source: {SOURCE_TITLE}, release {release}, {LICENCE_NAME}."


def citation(release: str, retrieved_on: str | None) -> str:
    """How to cite the figures; `retrieved_on` is an ISO date, None where it is not known."""
    retrieved = f" Retrieved {retrieved_on}." if retrieved_on else ""
    return (
        f"UNHCR, Refugee Population Statistics Database, release {release}.{retrieved} "
        f"{LICENCE_NAME}, {SOURCE_URL}"
    )
