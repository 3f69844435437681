"""Year by year: stocks, flows and rates of an origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from warehouse.core.wording import AT_LEAST, at_least
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.origin_years import Gap, OriginYear, since_counted
from warehouse.exports.origins import Origin

YEARS_SHOWN = 15
YEAR_COLUMNS = (
    ReportColumn("year", "Year"),
    ReportColumn("claimed", "People who claimed asylum in the year", "bound"),
    ReportColumn("waiting", "Asylum-seekers at the end of the year", "bound"),
    ReportColumn("asylum_seekers_stock_change", "Change on the year before", "change"),
    ReportColumn("asylum_seekers_stock_change_rate", "Change in per cent", "change_rate"),
    ReportColumn("refugees_stock", "Refugees at the end of the year", "count"),
    ReportColumn("applications_new", "New applications in the year, persons", "count"),
    ReportColumn("applications_new_cases", "New applications in the year, cases", "count"),
    ReportColumn("refugee_recognition_rate", "Refugee Recognition Rate over persons", "share"),
    ReportColumn("refugee_recognition_rate_cases", "Refugee Recognition Rate over cases", "share"),
    ReportColumn("total_protection_rate", "Total Protection Rate over persons", "share"),
)


def years_section(years: Sequence[OriginYear], origin: Origin, gaps: Sequence[Gap] = ()) -> Section:
    """The newest years; `years` are all of them, oldest first; `gaps`: what is missing of them."""
    counted = since_counted(
        years, "asylum_seekers_stock", "refugees_stock", "new_asylum_claims", "applications_new"
    )
    shown = counted[: -YEARS_SHOWN - 1 : -1]
    table = ReportTable(
        "years",
        f"{origin.name} by year, newest first",
        YEAR_COLUMNS,
        [_row(year, gaps) for year in shown],
    )
    sentences = ["Stocks are persons on 31 December, or on 30 June while a year is provisional."]
    if gaps or any(year.persons["is_new_asylum_claims_complete"] is False for year in shown):
        sentences.append(
            f"{AT_LEAST}: at least; some countries of asylum did not report, or gave no origin. "
            f"A change from or to such a year is partly one of reporting."
        )
        sentences += [gap.sentence for gap in gaps]
    if len(counted) > len(shown):
        sentences.append(
            f"The newest {len(shown)} of {len(counted)} years; the workbook holds them all."
        )
    return section("years", "Year by year", sentences, [table])


def _row(year: OriginYear, gaps: Sequence[Gap]) -> dict[str, Any]:
    provisional = " (30 June, provisional)" if year.persons["is_population_provisional"] else ""
    return {
        **year.persons,
        "year": f"{year.year}{provisional}",
        "claimed": at_least(
            year.persons["new_asylum_claims"], year.persons["is_new_asylum_claims_complete"]
        ),
        "waiting": at_least(
            year.persons["asylum_seekers_stock"],
            not any(gap.dataset == "population" and gap.year == year.year for gap in gaps),
        ),
        "applications_new_cases": year.cases["applications_new"],
        "refugee_recognition_rate_cases": year.cases["refugee_recognition_rate"],
    }
