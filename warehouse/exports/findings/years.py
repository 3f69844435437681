"""Year by year: stocks, flows and rates of an origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.core.wording import BOUND_NOTE, Kind, at_least, in_brackets
from warehouse.exports.findings.parts import (
    HALF_YEAR,
    ReportColumn,
    ReportTable,
    Row,
    Section,
    of_half_year,
    section,
)
from warehouse.exports.origin_years import (
    Break,
    OriginYear,
    if_distributed,
    not_comparable,
    since_counted,
)
from warehouse.exports.origins import Origin

YEARS_SHOWN = 15
# Of how many of them it is told what is missing.
YEARS_TOLD = 3
YEAR_COLUMNS = (
    ReportColumn("year", "Year"),
    ReportColumn("claimed", "People who claimed asylum in the year", "bound"),
    ReportColumn("waiting", "Asylum-seekers at the end of the year", "bound"),
    ReportColumn("asylum_seekers_stock_change", "Change on the year before", "bound"),
    ReportColumn("asylum_seekers_stock_change_rate", "Change in percent", "bound"),
    ReportColumn("refugees_stock", "Refugees at the end of the year", "bound"),
    ReportColumn("applications_new", "New applications in the year, persons", "bound"),
    ReportColumn("applications_new_cases", "New applications in the year, cases", "bound"),
    ReportColumn("refugee_recognition_rate", "Refugee Recognition Rate over persons", "bound"),
    ReportColumn("refugee_recognition_rate_cases", "Refugee Recognition Rate over cases", "bound"),
    ReportColumn("total_protection_rate", "Total Protection Rate over persons", "bound"),
)

# Of no country none is told: more or fewer people are a change of reporting.
_CHANGES = ("asylum_seekers_stock_change", "asylum_seekers_stock_change_rate")


def years_section(
    years: Sequence[OriginYear],
    origin: Origin,
    breaks: Sequence[Break] = (),
    whole: str = "the workbook",
) -> Section:
    """The newest years; `years` are all of them, oldest first; `breaks`: how they were reported
    otherwise than before; `whole`: what holds the years that are not shown.
    """
    counted = since_counted(
        years, "asylum_seekers_stock", "refugees_stock", "new_asylum_claims", "applications_new"
    )
    shown = counted[: -YEARS_SHOWN - 1 : -1]
    table = ReportTable(
        "years",
        f"{origin.name} by year, newest first",
        YEAR_COLUMNS,
        [_row(year) | (dict.fromkeys(_CHANGES) if origin.is_unknown else {}) for year in shown],
    )
    is_half_told = any(HALF_YEAR in str(cell) for row in table.rows for cell in row.values())
    sentences = ["Stocks are persons on 31 December, or on 30 June while a year is provisional."]
    if is_half_told:
        sentences.append(
            f"What is marked {HALF_YEAR} is provisional: of January to June, and of no whole year."
        )
    newest = shown[:YEARS_TOLD]
    if not origin.is_unknown and any(
        not_comparable(year.persons, "asylum_seekers_stock") for year in shown
    ):
        sentences.append(
            "A change in brackets is not comparable: a country of asylum reported otherwise."
        )
    if any(_is_incomplete(year) for year in shown):
        sentences.append(BOUND_NOTE)
    told = {year.year for year in newest}
    sentences += [found.sentence for found in breaks if found.year in told]
    for year in newest:
        for measure in ("asylum_seekers_stock", "new_asylum_claims"):
            estimate = if_distributed(year.persons, measure)
            if estimate:
                sentences.append(estimate)
    if len(counted) > len(shown):
        sentences.append(
            f"The newest {len(shown)} of {len(counted)} years; {whole} holds them all."
        )
    return section("years", "Year by year", sentences, [table])


def _is_incomplete(year: OriginYear) -> bool:
    return any(
        year.persons[f"is_{measure}_complete"] is False
        for measure in ("asylum_seekers_stock", "new_asylum_claims", "refugees_stock")
    )


def _row(year: OriginYear) -> dict[str, Any]:
    persons, cases = year.persons, year.cases
    is_comparable = persons["is_asylum_seekers_stock_change_comparable"]
    provisional = " (30 June, provisional)" if persons["is_population_provisional"] else ""
    return {
        **persons,
        "year": f"{year.year}{provisional}",
        "claimed": of_half_year(
            at_least(persons["new_asylum_claims"], persons["is_new_asylum_claims_complete"]),
            persons["is_flows_provisional"] and persons["new_asylum_claims"] is not None,
        ),
        "waiting": at_least(
            persons["asylum_seekers_stock"],
            persons["is_asylum_seekers_stock_complete"],
        ),
        "asylum_seekers_stock_change": in_brackets(
            persons["asylum_seekers_stock_change"], is_comparable
        ),
        "asylum_seekers_stock_change_rate": in_brackets(
            persons["asylum_seekers_stock_change_rate"], is_comparable, "change_rate"
        ),
        "refugees_stock": (
            # A 0 is shown as UNHCR wrote it.
            at_least(persons["refugees_stock"], persons["is_refugees_stock_complete"])
            if persons["refugees_stock"]
            else persons["refugees_stock"]
        ),
        "applications_new": _flow(
            # Of the same reports as new claims: where these lack some, so do they.
            persons,
            "applications_new",
            "applications",
            is_complete=persons["is_new_asylum_claims_complete"],
        ),
        "applications_new_cases": _flow(cases, "applications_new", "applications"),
        "refugee_recognition_rate": _flow(
            persons, "refugee_recognition_rate", "decisions", "share"
        ),
        "refugee_recognition_rate_cases": _flow(
            cases, "refugee_recognition_rate", "decisions", "share"
        ),
        "total_protection_rate": _flow(persons, "total_protection_rate", "decisions", "share"),
    }


def _flow(
    row: Row, column: str, dataset: str, kind: Kind = "count", *, is_complete: bool | None = None
) -> str | None:
    """A figure of what happened within the year, by the dataset that it is from."""
    words = None if row[column] is None else at_least(row[column], is_complete, kind)
    return of_half_year(words, row[f"is_{dataset}_provisional"])
