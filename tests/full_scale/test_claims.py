"""The claims of the two documents with all countries of five real releases."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from warehouse.settings import Settings

pytestmark = pytest.mark.full_scale


@pytest.fixture(scope="module")
def audit(five_releases: Settings) -> dict[tuple[str, str], dict[str, Any]]:
    with duckdb.connect(str(five_releases.build_db), read_only=True) as con:
        found = con.execute("select * from marts.mart_claim_audit")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["document_id"].split("_")[0], row["claim_id"]): row for row in rows}


def test_every_claim_is_decided_where_all_countries_are_held(
    audit: dict[tuple[str, str], dict[str, Any]],
) -> None:
    assert [key for key, claim in audit.items() if claim["verdict"] == "not_checkable"] == []


def test_dozens_of_countries_and_many_single_digits_are_confirmed(
    audit: dict[tuple[str, str], dict[str, Any]], five_releases: Settings
) -> None:
    with duckdb.connect(str(five_releases.build_db), read_only=True) as con:
        [(above_zero, single_digit)] = con.execute(
            "select count(*), count(*) filter (where asylum_seekers_stock < 10) "
            "from marts.population_as_of(date '2026-02-01') "
            "where origin_iso3 = 'CHN' and reference_year = 2025 and asylum_seekers_stock > 0"
        ).fetchall()
    assert audit["khabarhub", "9a"]["value_on_the_day"] == above_zero >= 24
    assert audit["khabarhub", "9b"]["value_on_the_day"] == single_digit >= 10
    assert audit["khabarhub", "9a"]["verdict"] == "confirmed"
    assert audit["khabarhub", "9b"]["verdict"] == "confirmed"


def test_the_sum_of_the_decade_stands_beside_all_new_applications(
    audit: dict[tuple[str, str], dict[str, Any]],
) -> None:
    claim = audit["safeguard", "6"]
    assert claim["value_on_the_day"] == 1_161_728
    assert claim["new_application_year_count"] == 13
    assert claim["new_applications_newest"] < claim["value_newest"]


def test_a_fall_beside_a_rise_of_unknown_origin_is_told(
    audit: dict[tuple[str, str], dict[str, Any]],
) -> None:
    said = audit["khabarhub", "5a"]["explanation"]
    assert "the stock of unknown origin went from 10,494 to 1,437,190" in said
    assert "unknown origin" not in audit["safeguard", "1"]["explanation"]
