"""Tables of years and of countries of asylum: what is marked, and what holds the other years."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from warehouse.exports.findings import destinations
from warehouse.exports.findings.years import YEAR_COLUMNS, years_section
from warehouse.exports.origin_years import OriginYear
from warehouse.exports.origins import Origin

CHINA = Origin("CHN", "CHI", "China", "China")
FIGURES = {
    "new_asylum_claims": 9307,
    "asylum_seekers_stock": 99716,
    "applications_new": 8037,
    "refugee_recognition_rate": 0.41,
    "total_protection_rate": 0.43,
}
# As shown, and whose flag says that it is of half a year.
SHOWN = {
    "claimed": ("9,307", "is_flows_provisional"),
    "applications_new": ("8,037", "is_applications_provisional"),
    "applications_new_cases": ("8,037", "is_applications_provisional"),
    "refugee_recognition_rate": ("41.0\u00a0%", "is_decisions_provisional"),
    "refugee_recognition_rate_cases": ("41.0\u00a0%", "is_decisions_provisional"),
    "total_protection_rate": ("43.0\u00a0%", "is_decisions_provisional"),
}
FLAGS = ["is_flows_provisional", "is_applications_provisional", "is_decisions_provisional"]
NOTHING: dict[str, Any] = dict.fromkeys(
    [
        *(column.name for column in (*YEAR_COLUMNS, *destinations._COLUMNS)),
        *(*FIGURES, *FLAGS, "refugees_stock", "is_population_provisional", "is_baseline_complete"),
        *("is_asylum_seekers_stock_complete", "is_refugees_stock_complete"),
        *("is_new_asylum_claims_complete",),
        *("asylum_seekers_stock_if_distributed_as_before",),
        *("new_asylum_claims_if_distributed_as_before",),
        *("is_asylum_seekers_stock_change_comparable", "asylum_seekers_stock_change_breaks"),
    ]
)


def years(**values: Any) -> Any:
    """A section of one year, the stock of which is of its end."""
    row = NOTHING | {"is_population_provisional": False} | values
    return years_section([OriginYear(2025, row, row)], CHINA)


@pytest.mark.parametrize("flag", FLAGS)
def test_what_is_of_half_a_year_says_so_beside_a_stock_of_the_year_s_end(flag: str) -> None:
    found = years(**FIGURES, **{flag: True})
    [row] = found.tables[0].rows
    assert row["year"] == "2025" and row["waiting"] == "99,716"
    for name, (words, of) in SHOWN.items():
        assert row[name] == (f"{words} (first half-year)" if of == flag else words), name
    assert any("first half-year is provisional" in sentence for sentence in found.sentences)


def test_a_whole_year_and_what_is_not_known_have_no_mark() -> None:
    whole = years(**FIGURES)
    unknown = years(asylum_seekers_stock=5, **dict.fromkeys(FLAGS, True))
    for found in (whole, unknown):
        [row] = found.tables[0].rows
        assert not any("half-year" in str(cell) for cell in row.values())
        assert not any("half-year" in sentence for sentence in found.sentences)


def test_a_country_of_asylum_s_flow_of_half_a_year_says_so() -> None:
    line = NOTHING | FIGURES | {
        "row_kind": "pair", "place": "Italy", "reference_date": date(2025, 12, 31),
        "is_flows_provisional": True, "is_applications_provisional": False,
    }  # fmt: skip
    [row] = destinations.destinations_section([line], CHINA).tables[0].rows
    assert row["new_asylum_claims"] == "9,307 (first half-year)"
    assert row["applications_new"] == "8,037" and row["asylum_seekers_stock"] == "99,716"


def test_new_applications_are_a_lower_bound_where_new_claims_are() -> None:
    lacking = {"is_new_asylum_claims_complete": False, "is_applications_provisional": True}
    [row] = years(**FIGURES, **lacking).tables[0].rows
    assert row["claimed"] == "≥\u00a09,307"
    assert row["applications_new"] == "≥\u00a08,037 (first half-year)"
    assert row["applications_new_cases"] == "8,037 (first half-year)"


def test_refugees_are_a_lower_bound_where_not_all_were_reported() -> None:
    for value, shown in ((5, "≥\u00a05"), (0, 0), (None, None)):
        found = years(**FIGURES, refugees_stock=value, is_refugees_stock_complete=False)
        assert found.tables[0].rows[0]["refugees_stock"] == shown
    [row] = years(**FIGURES, refugees_stock=5, is_refugees_stock_complete=True).tables[0].rows
    assert row["refugees_stock"] == "5"


def test_a_baseline_that_lacks_reports_is_a_lower_bound() -> None:
    line = NOTHING | FIGURES | {
        "row_kind": "pair", "place": "Canada", "reference_date": date(2025, 12, 31),
        "asylum_seekers_stock_baseline": 2873, "is_baseline_complete": False,
    }  # fmt: skip
    found = destinations.destinations_section([line], CHINA)
    [row] = found.tables[0].rows
    assert row["asylum_seekers_stock_baseline"] == "≥\u00a02,873"
    assert row["asylum_seekers_stock"] == "99,716"
    assert any(sentence.startswith("≥: at least") for sentence in found.sentences)
    assert any(sentence.startswith("Ranks are by what was") for sentence in found.sentences)


@pytest.mark.parametrize("lacking", ["is_baseline_complete", "is_asylum_seekers_stock_complete"])
def test_a_multiple_of_a_lower_bound_is_not_comparable(lacking: str) -> None:
    line = NOTHING | FIGURES | {
        "row_kind": "pair", "place": "Ireland", "reference_date": date(2025, 12, 31),
        "asylum_seekers_stock_baseline": 52, "asylum_seekers_stock_baseline_ratio": 11.23,
    }  # fmt: skip
    found = destinations.destinations_section([line], CHINA)
    assert found.tables[0].rows[0]["asylum_seekers_stock_baseline_ratio"] == "11.23\u00a0×"
    assert not any("brackets" in sentence for sentence in found.sentences)
    found = destinations.destinations_section([line | {lacking: False}], CHINA)
    assert found.tables[0].rows[0]["asylum_seekers_stock_baseline_ratio"] == "(11.23\u00a0×)"
    assert any("a figure compared is a lower bound" in sentence for sentence in found.sentences)


def test_of_no_country_neither_years_nor_places_are_compared() -> None:
    unknown = Origin(None, "UKN", "Unknown", "Unknown")
    compared = {
        "asylum_seekers_stock_change": 100,
        "asylum_seekers_stock_change_rate": 0.1,
        "asylum_seekers_stock_baseline_ratio": 2.0,
        "asylum_seekers_stock_peak_year": 2025,
        "asylum_seekers_stock_change_breaks": "origin_withheld",
        "is_asylum_seekers_stock_change_comparable": False,
    }
    row = NOTHING | FIGURES | compared | {
        "row_kind": "pair", "place": "Japan", "reference_date": date(2025, 12, 31),
    }  # fmt: skip
    many = [OriginYear(2025, row, row)]
    for origin, is_told in ((CHINA, True), (unknown, False)):
        for found in (
            years_section(many, origin),
            destinations.destinations_section([row], origin),
        ):
            shown = {column.name for column in found.tables[0].columns}
            assert bool(shown & {*compared}) == is_told
            assert any("brackets" in sentence for sentence in found.sentences) == is_told


def test_the_years_that_are_not_shown_are_where_it_is_said_that_they_are() -> None:
    row = NOTHING | FIGURES
    many = [OriginYear(year, row, row) for year in range(2000, 2026)]
    told = "The newest 15 of 26 years; {} holds them all."
    assert told.format("the workbook") in years_section(many, CHINA).sentences
    # A workbook is of an origin, and holds no years of a country of asylum.
    of_host = years_section(many, CHINA, whole="mart_asylum_yearly among the tables")
    assert told.format("mart_asylum_yearly among the tables") in of_host.sentences
