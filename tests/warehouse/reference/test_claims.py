"""Rows of the register that SQL could not evaluate are refused, by line and column."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.build import dbt
from warehouse.reference import claim_lists, claims
from warehouse.reference.claims import CLAIM_COLUMNS, ClaimsError, check_claim, check_register
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.settings import Settings

Row = dict[str, str]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    for name in (claims.DOCUMENTS, claims.CLAIMS):
        shutil.copy(REFERENCE_DIR / f"{name}.csv", tmp_path)
    return tmp_path


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_register_of_the_project_is_in_order() -> None:
    check_register()
    kinds = {row["kind"] for row in rows_of(REFERENCE_DIR / "published_claims.csv")}
    assert kinds == claim_lists.kinds().keys()


# claim of the first such kind, changed cells, column that is refused, what is said of it
BAD: dict[str, tuple[str, Row, str, str]] = {
    "unknown_country": ("level", {"origin_iso3": "XQZ"}, "origin_iso3", "'XQZ' is not the"),
    "unhcr_code_for_iso3": ("level", {"asylum_iso3": "AUL"}, "asylum_iso3", "'AUL' is not the"),
    "no_country": ("level", {"origin_iso3": ""}, "origin_iso3", "give a country of origin"),
    "year_before_the_series": (
        "level",
        {"from_year": "1900"},
        "from_year",
        "not between 1951, the first",
    ),
    "year_after_the_document": (
        "level",
        {"to_year": "2031"},
        "to_year",
        "not between 1951, the first",
    ),
    "year_of_words": ("level", {"to_year": "last"}, "to_year", "is not a year"),
    "years_reversed": ("sum", {"from_year": "2024", "to_year": "2012"}, "to_year", "before from"),
    "change_without_base": (
        "change",
        {"base_from_year": ""},
        "base_from_year",
        "needs it",
    ),
    "ratio_without_base": ("ratio", {"base_to_year": ""}, "base_to_year", "needs it"),
    "comparison_without_relation": (
        "comparison",
        {"relation": ""},
        "relation",
        "needs it",
    ),
    "range_without_bound": ("range", {"stated_high": ""}, "stated_high", "needs it"),
    "rank_without_country": ("rank", {"asylum_iso3": ""}, "asylum_iso3", "needs it"),
    "share_without_country": ("share", {"asylum_iso3": ""}, "asylum_iso3", "needs it"),
    "count_of_nothing": ("count", {"count_of": ""}, "count_of", "needs it"),
    "count_without_threshold": (
        *("count", {"threshold_low": ""}),
        *("threshold_low", "needs it"),
    ),
    "threshold_year_without_threshold": (
        *("threshold_year", {"threshold_low": ""}),
        *("threshold_low", "needs it"),
    ),
    "level_without_figure": ("level", {"stated_value": ""}, "stated_value", "needs a value"),
    "sum_without_figure": ("sum", {"stated_value": ""}, "stated_value", "needs a value"),
    "record_of_one_year": ("record", {"from_year": "2024"}, "from_year", "about several years"),
    "level_of_two_years": ("level", {"from_year": "2011"}, "from_year", "about one year"),
    "base_of_a_level": ("level", {"base_from_year": "2012"}, "base_from_year", "does not use it"),
    "value_and_bounds": ("level", {"stated_low": "1"}, "stated_value", "not both"),
    "bounds_reversed": ("range", {"stated_low": "99999"}, "stated_high", "below stated_low"),
    "tolerance_below_zero": ("level", {"tolerance": "-1"}, "tolerance", "below zero"),
    "tolerance_missing": ("level", {"tolerance": ""}, "tolerance", "must not be empty"),
    "tolerance_not_a_number": ("level", {"tolerance": "nan"}, "tolerance", "is not a number"),
    "value_with_comma": ("level", {"stated_value": "176,239"}, "stated_value", "is not a number"),
    "value_infinite": ("level", {"stated_value": "inf"}, "stated_value", "is not a number"),
    "unknown_kind": ("level", {"kind": "guess"}, "kind", "is not one of level"),
    "unknown_measure": ("level", {"measure": "refugees"}, "measure", "is not a measure"),
    "unknown_reading": ("level", {"read_as": "people"}, "read_as", "is not one of stock, flow"),
    "cases_of_a_stock": (
        "level",
        {"counting_unit": "cases"},
        "counting_unit",
        "only counted in persons",
    ),
    "sum_of_rates": ("sum", {"measure": "total_protection_rate"}, "kind", "rates are not added"),
    "unknown_document": ("level", {"document_id": "nobody"}, "document_id", "is not in"),
    "claim_twice": ("change", {"claim_id": "1"}, "claim_id", "already"),
    "half_a_place": ("rank", {"stated_value": "1.5"}, "stated_value", "is not a rank"),
    "year_passed_outside": (
        "threshold_year",
        {"stated_value": "2040"},
        "stated_value",
        "not between",
    ),
    "spaces": ("level", {"paraphrase": " so "}, "paraphrase", "spaces around"),
    "no_paraphrase": ("level", {"paraphrase": ""}, "paraphrase", "must not be empty"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_row_is_refused_with_its_line_and_column(register: Path, name: str) -> None:
    kind, cells, column, said = BAD[name]
    path = register / "published_claims.csv"
    rows = rows_of(path)
    at = next(i for i, row in enumerate(rows) if row["kind"] == kind)
    rows[at] |= cells
    write(path, rows)
    with pytest.raises(ClaimsError) as refused:
        check_register(register)
    place = f"published_claims.csv, line {at + 2}, column {column}: "
    found = [line for line in str(refused.value).splitlines() if line.startswith(place)]
    assert found, str(refused.value)
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"published_on": "13 January 2025"}, "published_on", "is not a day"),
        ({"published_on": "2025-02-30"}, "published_on", "is not a day"),
        ({"publisher": ""}, "publisher", "must not be empty"),
        ({"document_id": "khabarhub_2026"}, "document_id", "occurs twice"),
        ({"document_id": "Über uns"}, "document_id", "a-z"),
    ],
)
def test_a_bad_document_is_refused(register: Path, cells: Row, column: str, said: str) -> None:
    path = register / "published_documents.csv"
    rows = rows_of(path)
    rows[0] |= cells
    write(path, rows)
    with pytest.raises(ClaimsError, match=rf"column {column}: .*{re.escape(said)}"):
        check_register(register)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("document_id,claim_id", "document,claim_id", "Missing: document_id. Unknown: document"),
        (",Figures by year,", ",Figures, by year,", "26 values where the header has 25"),
    ],
)
def test_a_file_of_another_shape_is_refused(register: Path, old: str, new: str, said: str) -> None:
    path = register / "published_claims.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ClaimsError, match=re.escape(said)):
        check_register(register)


def test_every_problem_is_told_at_once(register: Path) -> None:
    path = register / "published_claims.csv"
    rows = rows_of(path)
    rows[0]["origin_iso3"] = "QQQ"
    rows[7]["tolerance"] = "-3"
    write(path, rows)
    with pytest.raises(ClaimsError) as refused:
        check_register(register)
    assert "(2)" in str(refused.value)
    assert "line 2, column origin_iso3" in str(refused.value)
    assert "line 9, column tolerance" in str(refused.value)


def test_a_bad_row_stops_a_build_before_anything_is_touched(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = register / "published_claims.csv"
    rows = rows_of(path)
    rows[3]["base_from_year"] = ""
    write(path, rows)
    monkeypatch.setattr(claims.check_register, "__defaults__", (register,))
    settings = Settings(data_dir=tmp_path / "data")
    with pytest.raises(ClaimsError, match="line 5, column base_from_year"):
        dbt.build(settings)
    assert not settings.data_dir.exists()


@given(
    st.fixed_dictionaries(
        {name: st.one_of(st.just(""), st.text(max_size=12)) for name in CLAIM_COLUMNS}
    )
)
def test_whatever_stands_in_a_row_it_is_judged_and_nothing_breaks(cells: Row) -> None:
    with pytest.raises(ClaimsError):
        check_claim(cells, date(2026, 2, 1))
