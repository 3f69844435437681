"""Year by year: stocks, flows and rates of an origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.core.wording import AT_LEAST, at_least, in_brackets
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
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
    ReportColumn("asylum_seekers_stock_change_rate", "Change in per cent", "bound"),
    ReportColumn("refugees_stock", "Refugees at the end of the year", "count"),
    ReportColumn("applications_new", "New applications in the year, persons", "count"),
    ReportColumn("applications_new_cases", "New applications in the year, cases", "count"),
    ReportColumn("refugee_recognition_rate", "Refugee Recognition Rate over persons", "share"),
    ReportColumn("refugee_recognition_rate_cases", "Refugee Recognition Rate over cases", "share"),
    ReportColumn("total_protection_rate", "Total Protection Rate over persons", "share"),
)


def years_section(
    years: Sequence[OriginYear], origin: Origin, breaks: Sequence[Break] = ()
) -> Section:
    """The newest years; `years` are all of them, oldest first; `breaks`: how they were reported
    otherwise than before.
    """
    counted = since_counted(
        years, "asylum_seekers_stock", "refugees_stock", "new_asylum_claims", "applications_new"
    )
    shown = counted[: -YEARS_SHOWN - 1 : -1]
    table = ReportTable(
        "years",
        f"{origin.name} by year, newest first",
        YEAR_COLUMNS,
        [_row(year) for year in shown],
    )
    sentences = ["Stocks are persons on 31 December, or on 30 June while a year is provisional."]
    newest = shown[:YEARS_TOLD]
    if any(not_comparable(year.persons, "asylum_seekers_stock") for year in shown):
        sentences.append(
            "A change in brackets is not comparable: a country of asylum reported otherwise."
        )
    if any(_is_incomplete(year) for year in shown):
        sentences.append(
            f"{AT_LEAST}: at least; some countries of asylum did not report, or gave no origin."
        )
    told = {year.year for year in newest}
    sentences += [found.sentence for found in breaks if found.year in told]
    for year in newest:
        for measure in ("asylum_seekers_stock", "new_asylum_claims"):
            estimate = if_distributed(year.persons, measure)
            if estimate:
                sentences.append(estimate)
    if len(counted) > len(shown):
        sentences.append(
            f"The newest {len(shown)} of {len(counted)} years; the workbook holds them all."
        )
    return section("years", "Year by year", sentences, [table])


def _is_incomplete(year: OriginYear) -> bool:
    return any(
        year.persons[f"is_{measure}_complete"] is False
        for measure in ("asylum_seekers_stock", "new_asylum_claims")
    )


def _row(year: OriginYear) -> dict[str, Any]:
    is_comparable = year.persons["is_asylum_seekers_stock_change_comparable"]
    provisional = " (30 June, provisional)" if year.persons["is_population_provisional"] else ""
    return {
        **year.persons,
        "year": f"{year.year}{provisional}",
        "claimed": at_least(
            year.persons["new_asylum_claims"], year.persons["is_new_asylum_claims_complete"]
        ),
        "waiting": at_least(
            year.persons["asylum_seekers_stock"],
            year.persons["is_asylum_seekers_stock_complete"],
        ),
        "asylum_seekers_stock_change": in_brackets(
            year.persons["asylum_seekers_stock_change"], is_comparable
        ),
        "asylum_seekers_stock_change_rate": in_brackets(
            year.persons["asylum_seekers_stock_change_rate"], is_comparable, "change_rate"
        ),
        "applications_new_cases": year.cases["applications_new"],
        "refugee_recognition_rate_cases": year.cases["refugee_recognition_rate"],
    }
