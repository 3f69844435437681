"""Which of UNHCR's notes bear on a claim: those on its countries, its years and what it counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from warehouse.claims.notes import notes_on_claims

# note: origin, asylum, year (None: any), population type, measure
NOTES = {
    "everywhere": (None, None, None, None, None),
    "of China": ("CHN", None, None, None, None),
    "of China in Germany": ("CHN", "DEU", None, None, None),
    "in Germany": (None, "DEU", None, None, None),
    "in Germany in 2020": (None, "DEU", 2020, None, None),
    "refugees in Germany": (None, "DEU", None, "REF", "refugees_stock"),
    "asylum-seekers in Germany": (None, "DEU", None, "ASY", "asylum_seekers_stock"),
    "in France": (None, "FRA", None, None, None),
}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(
            "create table mart_footnotes (footnote varchar, origin_name varchar, "
            "asylum_name varchar, reference_years varchar, population_type varchar, "
            "is_on_any_origin boolean, is_on_any_asylum boolean, is_on_any_year boolean, "
            "origin_code varchar, asylum_code varchar, reference_year integer, measure varchar)"
        )
        opened.execute("create table measures (endpoint varchar, measure varchar)")
        opened.execute("insert into measures values ('asylum-decisions', 'decisions_total')")
        for footnote, (origin, asylum, year, kind, measure) in NOTES.items():
            opened.execute(
                "insert into mart_footnotes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [footnote, origin, asylum, year and str(year), kind, origin is None,
                 asylum is None, year is None, origin, asylum, year, measure],
            )  # fmt: skip
        yield opened


def notes(con: duckdb.DuckDBPyConnection, **cells: Any) -> set[str]:
    claim = {
        "origin": "*", "asylum": "*", "from_year": None, "reference_year": 2024,
        "measure": "refugees_stock",
    }  # fmt: skip
    [found] = notes_on_claims(con, [claim | cells])
    return {sentence.rpartition(": ")[2] for sentence in found}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"everywhere"}),
        ({"origin": "CHN"}, {"everywhere", "of China", "of China in Germany"}),
        (
            {"asylum": "DEU"},
            {"everywhere", "in Germany", "of China in Germany", "refugees in Germany"},
        ),
        (
            {"origin": "CHN", "asylum": "DEU"},
            {"everywhere", "of China", "in Germany", "of China in Germany", "refugees in Germany"},
        ),
        (
            {"asylum": "DEU", "from_year": 2019},
            {
                "everywhere",
                "in Germany",
                "in Germany in 2020",
                "of China in Germany",
                "refugees in Germany",
            },
        ),
        (
            {"asylum": "DEU", "measure": "decisions_total"},
            {"everywhere", "in Germany", "of China in Germany", "asylum-seekers in Germany"},
        ),
        ({"asylum": "DEU+FRA"}, {"everywhere"}),
        ({"reference_year": None}, set()),
    ],
)
def test_a_note_stands_beside_the_claims_that_it_bears_on(
    con: duckdb.DuckDBPyConnection, cells: dict[str, Any], expected: set[str]
) -> None:
    assert notes(con, **cells) == expected


def test_each_claim_has_its_own_notes_in_the_order_of_the_claims(
    con: duckdb.DuckDBPyConnection,
) -> None:
    claims = [
        {"origin": "*", "asylum": asylum, "from_year": None, "reference_year": 2024,
         "measure": "asylum_seekers_stock"}
        for asylum in ("FRA", "DEU", "FRA")
    ]  # fmt: skip
    first, second, third = notes_on_claims(con, claims)
    assert first == third
    assert "UNHCR on people in FRA, any year: in France" in first
    assert any("asylum-seekers in Germany" in sentence for sentence in second)


def test_a_file_of_before_there_were_notes_has_none() -> None:
    claim = {
        "origin": "*", "asylum": "*", "from_year": None, "reference_year": 2024,
        "measure": "refugees_stock",
    }  # fmt: skip
    with duckdb.connect() as old:
        assert notes_on_claims(old, [claim]) == [()]
