"""Where they are: the countries of asylum of the newest year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.core.database import each_row
from warehouse.core.wording import AT_LEAST, at_least, day, in_brackets, plural
from warehouse.exports.findings.parts import (
    ReportColumn,
    ReportTable,
    Section,
    of_half_year,
    section,
)
from warehouse.exports.measures import BASELINE_YEAR, RANKS
from warehouse.exports.origins import Origin

DESTINATIONS_SHOWN = 15
_QUERY = """
    with newest as (
        select origin_unhcr_code, max(reference_year) as reference_year
        from mart_destination_yearly
        where
            coalesce(origin_iso3, origin_unhcr_code)
            = coalesce($origin, origin_iso3, origin_unhcr_code)
            and counting_unit = 'persons' and row_kind = 'pair' and asylum_seekers_stock > 0
        group by origin_unhcr_code
    )
    select
        years.*,
        coalesce(years.asylum_name, years.asylum_unhcr_code) as place,
        coalesce(years.asylum_seekers_rank, 1000000) as position,
        baseline.is_asylum_seekers_stock_complete as is_baseline_complete
    from mart_destination_yearly as years
    inner join newest using (origin_unhcr_code, reference_year)
    left join mart_destination_yearly as baseline
        on
            years.origin_unhcr_code = baseline.origin_unhcr_code
            and years.asylum_unhcr_code = baseline.asylum_unhcr_code
            and years.counting_unit = baseline.counting_unit
            and baseline.reference_year = $baseline_year
    where years.counting_unit = 'persons' and years.asylum_seekers_stock > 0
    order by
        coalesce(years.origin_iso3, years.origin_unhcr_code), years.row_kind = 'pair' desc,
        position, place, years.asylum_unhcr_code
"""
_COLUMNS = (
    ReportColumn("place", "Country of asylum"),
    ReportColumn("asylum_seekers_rank", "Rank", "count"),
    ReportColumn("asylum_seekers_stock", "Asylum-seekers", "bound"),
    ReportColumn("new_asylum_claims", "People who claimed asylum in the year", "bound"),
    ReportColumn("asylum_seekers_share", "Share", "share"),
    ReportColumn("asylum_seekers_per_1000_inhabitants", "Per 1,000 inhabitants there", "bound"),
    ReportColumn("asylum_seekers_stock_change", "Change on the year before", "bound"),
    ReportColumn("asylum_seekers_stock_baseline", "In 2019, before the pandemic", "bound"),
    ReportColumn("asylum_seekers_stock_baseline_ratio", "Times the level of 2019", "bound"),
    ReportColumn("asylum_seekers_stock_peak_year", "Year of its peak", "year"),
    ReportColumn("asylum_seekers_carried_forward_stock", "Carried forward", "count"),
    ReportColumn("applications_new", "New applications in the year, persons", "bound"),
)

# Of people of unknown origin none is told: more or fewer of them are a change of reporting.
_CHANGES = (
    *("asylum_seekers_stock_change", "asylum_seekers_stock_baseline_ratio"),
    "asylum_seekers_stock_peak_year",
)


def destination_rows(
    con: duckdb.DuckDBPyConnection, code: str | None = None
) -> Iterator[dict[str, Any]]:
    """The countries of asylum of the newest year of each origin, in the order of their codes, or of
    one: pairs by rank, then what is not itemised.
    """
    return each_row(con.execute(_QUERY, {"origin": code, "baseline_year": BASELINE_YEAR}))


def destinations_section(rows: Sequence[dict[str, Any]], origin: Origin) -> Section:
    """The first countries of asylum, the others together, and what is not itemised by country."""
    pairs = [row for row in rows if row["row_kind"] == "pair"]
    if not pairs:
        return Section("destinations", "Where they are")
    lines, others = pairs[:DESTINATIONS_SHOWN], pairs[DESTINATIONS_SHOWN:]
    if others:
        shares = [row["asylum_seekers_share"] for row in others]
        lines.append(
            _line(
                plural(len(others), "other country of asylum", "other countries of asylum"),
                sum(row["asylum_seekers_stock"] for row in others),
                None if None in shares else sum(shares),
                is_complete=all(
                    row["is_asylum_seekers_stock_complete"] is not False for row in others
                ),
            )
        )
    lines += [
        _line("not itemised by country", row["asylum_seekers_stock"], row["asylum_seekers_share"])
        for row in rows
        if row["row_kind"] == "not_itemised"
    ]
    reference = day(pairs[0]["reference_date"])
    table = ReportTable(
        "destinations",
        f"{origin.of('Asylum-seekers')} by country of asylum, {reference}",
        _COLUMNS,
        [_marked(line) | (dict.fromkeys(_CHANGES) if origin.is_unknown else {}) for line in lines],
    )
    sentence = (
        f"On {reference} {origin.of('asylum-seekers')} were waiting in "
        f"{plural(len(pairs), 'country', 'countries')} of those loaded here."
    )
    sentences = [
        sentence,
        *_of_marks(lines, has_changes=not origin.is_unknown),
        *_of_inhabitants(lines),
    ]
    return section("destinations", "Where they are", sentences, [table])


def _marked(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line with its figures as readers see them: a lower bound is told as such, and so is a
    change that is none of people. A figure that is not known stays None.
    """
    is_complete = line["is_asylum_seekers_stock_complete"]
    is_comparable = line["is_asylum_seekers_stock_change_comparable"]
    # Of a lower bound, on either side, the multiple may be anything.
    has_ratio = is_comparable is not False and not _has_bounds(line)
    shown = {
        "asylum_seekers_stock": at_least(line["asylum_seekers_stock"], is_complete),
        "new_asylum_claims": of_half_year(
            at_least(line["new_asylum_claims"], line["is_new_asylum_claims_complete"]),
            line["is_flows_provisional"],
        ),
        "applications_new": of_half_year(
            # Of the same reports as new claims: where these lack some, so do they.
            at_least(line["applications_new"], line["is_new_asylum_claims_complete"]),
            line["is_applications_provisional"],
        ),
        "asylum_seekers_per_1000_inhabitants": at_least(
            line["asylum_seekers_per_1000_inhabitants"], is_complete, "per_1000"
        ),
        "asylum_seekers_stock_change": in_brackets(
            line["asylum_seekers_stock_change"], is_comparable
        ),
        "asylum_seekers_stock_baseline": at_least(
            line["asylum_seekers_stock_baseline"], line["is_baseline_complete"]
        ),
        "asylum_seekers_stock_baseline_ratio": in_brackets(
            line["asylum_seekers_stock_baseline_ratio"], has_ratio, "ratio"
        ),
    }
    return {**line, **{name: text for name, text in shown.items() if line[name] is not None}}


def _has_bounds(line: Mapping[str, Any]) -> bool:
    """Whether the stock or that of the baseline year is a lower bound."""
    return (
        line["is_asylum_seekers_stock_complete"] is False or line["is_baseline_complete"] is False
    )


def _of_marks(lines: Sequence[Mapping[str, Any]], *, has_changes: bool) -> list[str]:
    """What the marks mean that are in the table."""
    said = []
    if any(
        line[f"is_{measure}_complete"] is False
        for line in lines
        for measure in ("asylum_seekers_stock", "new_asylum_claims")
    ) or any(line["is_baseline_complete"] is False for line in lines):
        said.append(f"{AT_LEAST}: at least; the country did not report all, or gave no origin.")
        said.append(RANKS)
    if has_changes and any(
        line["is_asylum_seekers_stock_change_comparable"] is False
        or (line["asylum_seekers_stock_baseline_ratio"] is not None and _has_bounds(line))
        for line in lines
    ):
        said.append(
            "What is in brackets is not comparable: the country reported otherwise than the year "
            "before, or a figure compared is a lower bound."
        )
    return said


def _of_inhabitants(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whose inhabitants, and of which year; nothing where none are known."""
    years = sorted({year for line in lines if (year := line.get("inhabitants_year"))})
    if not years:
        return []
    said = f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return [f"Inhabitants: the World Bank’s estimates of the middle of {said}."]


def _line(
    place: str, stock: int, share: float | None, *, is_complete: bool | None = None
) -> dict[str, Any]:
    """A line of which only stock and share are known."""
    return {
        **dict.fromkeys(column.name for column in _COLUMNS),
        "is_asylum_seekers_stock_complete": is_complete,
        "is_new_asylum_claims_complete": None,
        "is_baseline_complete": None,
        "is_flows_provisional": None,
        "is_applications_provisional": None,
        "is_asylum_seekers_stock_change_comparable": None,
        "place": place,
        "asylum_seekers_stock": stock,
        "asylum_seekers_share": share,
    }
