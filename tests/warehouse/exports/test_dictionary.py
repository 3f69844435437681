"""Data dictionary and Table Schemas: every published table, whole, harmless, and the same twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from warehouse.exports import dictionary
from warehouse.settings import Settings

COMMENT = "=1+1 is what a spreadsheet would run"


@pytest.fixture
def published(tmp_path: Path) -> tuple[Settings, duckdb.DuckDBPyConnection]:
    """A published file of two tables, one of them not exported as a file."""
    con = duckdb.connect()
    con.execute("create table about_tables (table_name varchar, key_columns varchar[])")
    con.execute(
        "create table fct_people_yearly (origin_iso3 varchar not null, reference_year integer, "
        "asylum_seekers_stock bigint, retrieved_at timestamp)"
    )
    con.execute("create table decision_levels (dec_level varchar not null)")
    con.execute(f"comment on column fct_people_yearly.reference_year is '{COMMENT}'")
    con.execute("comment on column fct_people_yearly.origin_iso3 is 'of, \"origin\"'")
    con.execute(
        "insert into about_tables values "
        "('fct_people_yearly', ['reference_year', 'origin_iso3']), ('decision_levels', null)"
    )
    con.execute("insert into fct_people_yearly values ('CHN', 2024, 5, null)")
    return Settings(data_dir=tmp_path), con


def test_a_line_for_each_column_of_each_table(
    published: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    settings, con = published
    path, *schemas = dictionary.write_dictionary(con, settings)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.reader(lines))
    assert found[0] == list(dictionary.HEADER)
    of_people = [row[1:] for row in found if row[0] == "fct_people_yearly"]
    assert of_people == [
        ["origin_iso3", "VARCHAR", "no", "2", "", 'of, "origin"'],
        # no spreadsheet runs it
        ["reference_year", "INTEGER", "yes", "1", "", f"'{COMMENT}"],
        ["asylum_seekers_stock", "BIGINT", "yes", "", "persons", ""],
        ["retrieved_at", "TIMESTAMP", "yes", "", "", ""],
    ]
    assert ["decision_levels", "dec_level", "VARCHAR", "no", "", "", ""] in found
    assert dictionary.described_columns(path) == len(found) - 1 == 7
    assert [schema.stem for schema in schemas] == [
        "about_tables",
        "decision_levels",
        "fct_people_yearly",
    ]


def test_a_schema_has_types_units_keys_and_what_is_required(
    published: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    settings, con = published
    dictionary.write_dictionary(con, settings)
    path = settings.exports_dir / "schemas" / "fct_people_yearly.json"
    schema = json.loads(path.read_text("utf-8"))
    assert schema["primaryKey"] == ["reference_year", "origin_iso3"]
    assert schema["fields"] == [
        {
            "name": "origin_iso3",
            "type": "string",
            "description": 'of, "origin"',
            "constraints": {"required": True},
        },
        {"name": "reference_year", "type": "integer", "description": COMMENT},
        {"name": "asylum_seekers_stock", "type": "integer", "unit": "persons"},
        {"name": "retrieved_at", "type": "datetime"},
    ]


def test_equal_files_give_equal_bytes_and_a_table_that_is_gone_loses_its_schema(
    published: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    settings, con = published
    before = {p: p.read_bytes() for p in dictionary.write_dictionary(con, settings)}
    assert {p: p.read_bytes() for p in dictionary.write_dictionary(con, settings)} == before
    con.execute("drop table decision_levels")
    left = dictionary.write_dictionary(con, settings)
    assert sorted((settings.exports_dir / "schemas").iterdir()) == sorted(left[1:])
    assert "decision_levels" not in left[0].read_text("utf-8")
