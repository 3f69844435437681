"""The data package says what is in the files, and what it says is so."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.small_build import (
    LINEAGE,
    NEWEST,
    ask,
    build,
    copied,
    exported,
    settings_in,
)
from warehouse.exports.datapackage import export_datapackage, field_type, unit_of
from warehouse.exports.tables import export_tables
from warehouse.published.write import publish
from warehouse.settings import Settings

# Of the Table Schema and Data Package standard, version 2.
FIELD_TYPES = {
    *("string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date"),
    *("time", "year", "yearmonth", "duration", "geopoint", "geojson", "any"),
}
REQUIRED = {
    "package": {"resources"},
    "resource": {"name", "path"},
    "license": {"name", "path"},
    "field": {"name"},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path / "data")
    copied(settings, exported)
    return settings


@pytest.fixture
def package(settings: Settings) -> dict[str, Any]:
    return json.loads((settings.exports_dir / "datapackage.json").read_text(encoding="utf-8"))


def test_the_package_has_the_shape_the_standard_asks_for(package: dict[str, Any]) -> None:
    assert REQUIRED["package"] <= package.keys()
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    for text in ("title", "description", "homepage", "version"):
        assert isinstance(package[text], str) and package[text]
    for licence in package["licenses"]:
        assert REQUIRED["license"] <= licence.keys()
        assert re.fullmatch(r"[-a-zA-Z0-9._]+", licence["name"])
    for source in package["sources"]:
        assert source["title"] and source["path"].startswith("https://")
    assert package["resources"]
    for resource in package["resources"]:
        assert REQUIRED["resource"] <= resource.keys()
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", resource["hash"])
        assert isinstance(resource["bytes"], int)
        assert re.fullmatch(r"^[^/]+/[^/]+$", resource["mediatype"])
        # Relative, and never out of the package.
        assert re.fullmatch(r"(?!/)(?!.*\.\.)(?!.*:).+", resource["path"])
        fields = resource["schema"]["fields"]
        assert fields
        assert len({field["name"] for field in fields}) == len(fields)
        for field in fields:
            assert REQUIRED["field"] <= field.keys()
            assert field["type"] in FIELD_TYPES
            assert field.get("constraints", {}).keys() <= {"required"}
        assert all(isinstance(value, str) for value in resource["schema"]["missingValues"])
        names = {field["name"] for field in fields}
        for key in (
            resource["schema"].get("primaryKey", []),
            *resource["schema"].get("uniqueKeys", []),
        ):
            assert set(key) <= names
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)


def test_it_names_source_licence_terms_and_release(package: dict[str, Any]) -> None:
    assert package["version"] == package["release"] == LINEAGE["release"]
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["sources"][0]["title"] == "UNHCR Refugee Population Statistics Database"
    assert package["terms"] in package["description"]
    assert "not endorsed by UNHCR" in package["description"]
    assert package["created"] == NEWEST


def test_paths_sizes_and_hashes_are_those_of_the_files(
    settings: Settings, package: dict[str, Any]
) -> None:
    described = set()
    for resource in package["resources"]:
        content = (settings.exports_dir / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert resource["path"].endswith("." + resource["format"].rpartition(".")[2])
        described.add(settings.exports_dir / resource["path"])
    assert described == set((settings.exports_dir / "tables").iterdir())


def test_fields_are_the_columns_of_the_csv_in_order(
    settings: Settings, package: dict[str, Any]
) -> None:
    for resource in package["resources"]:
        if resource["format"] != "csv":
            continue
        path = settings.exports_dir / resource["path"]
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        fields = resource["schema"]["fields"]
        assert header == [field["name"] for field in fields]
        for row in rows:
            for cell, field in zip(row, fields, strict=True):
                assert cell != "" or "constraints" not in field
                if cell != "":
                    assert fits(cell, field["type"]), (field, cell)


def fits(cell: str, kind: str) -> bool:
    """Whether a cell is written as the standard's default format of a type."""
    pattern = {
        "string": r"(?s).*",
        "integer": r"[+-]?\d+",
        "number": r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|NaN|-?INF",
        "boolean": r"true|false|True|False|TRUE|FALSE|1|0",
        "date": r"\d{4}-\d\d-\d\d",
        "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?",
        "array": r"(?s)\[.*\]",
        "object": r"(?s)\{.*\}",
    }[kind]
    return re.fullmatch(pattern, cell) is not None


def test_descriptions_are_those_of_the_database_and_not_null_is_required(
    settings: Settings, package: dict[str, Any]
) -> None:
    for resource in package["resources"]:
        table = resource["path"].removeprefix("tables/").split(".")[0]
        columns = ask(
            settings.published_db,
            "select column_name, is_nullable, comment from duckdb_columns() "
            f"where database_name = 'asked' and table_name = '{table}' order by column_index",
        )
        assert [
            (f["name"], "constraints" not in f, f.get("description"))
            for f in resource["schema"]["fields"]
        ] == columns


def test_a_key_with_a_part_that_is_null_is_unique_but_not_primary(
    package: dict[str, Any],
) -> None:
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert schemas["dim_country"]["primaryKey"] == ["unhcr_code"]
    assert "primaryKey" not in schemas["mart_destination_yearly"]
    assert "asylum_unhcr_code" in schemas["mart_destination_yearly"]["uniqueKeys"][0]


def test_a_table_whose_key_is_not_known_has_none(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "other")
    build(settings)
    publish(settings, lineage=LINEAGE)
    export_tables(settings)
    package = json.loads(export_datapackage(settings).read_text())
    assert not [
        r for r in package["resources"] if {"primaryKey", "uniqueKeys"} & r["schema"].keys()
    ]


def test_without_a_time_of_retrieval_nothing_is_said_of_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "other")
    build(settings)
    publish(settings, lineage=LINEAGE | {"snapshots": []})
    export_tables(settings)
    package = json.loads(export_datapackage(settings).read_text())
    assert "created" not in package


def test_a_table_that_was_not_exported_is_not_described(settings: Settings) -> None:
    before = (settings.exports_dir / "datapackage.json").read_bytes()
    (settings.exports_dir / "tables" / "dim_country.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"dim_country\.csv"):
        export_datapackage(settings)
    assert (settings.exports_dir / "datapackage.json").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("asylum_seekers_stock", "BIGINT", "persons"),
        ("asylum_seekers_stock_change", "BIGINT", "persons"),
        ("asylum_seekers_stock_baseline", "BIGINT", "persons"),
        ("asylum_seekers_stock_change_rate", "DOUBLE", "fraction"),
        ("asylum_seekers_stock_baseline_ratio", "DOUBLE", "ratio"),
        ("asylum_seekers_stock_highest_year_to_date", "INTEGER", None),
        ("asylum_seekers_stock_highest_to_date", "BIGINT", "persons"),
        ("asylum_seekers_stock_first_year_above_1000", "INTEGER", None),
        ("asylum_seekers_stock_world_share", "DOUBLE", "fraction"),
        ("asylum_seekers_unknown_count", "BIGINT", None),
        ("asylum_seekers_stock_years", "BIGINT", "person-years"),
        ("asylum_seekers_rank", "BIGINT", None),
        ("asylum_seekers_share", "DOUBLE", "fraction"),
        ("asylum_seekers_per_1000_inhabitants", "DOUBLE", "persons per 1,000 inhabitants"),
        ("inhabitants", "BIGINT", "persons"),
        ("inhabitants_year", "INTEGER", None),
        ("applications_new", "BIGINT", "persons or cases, as counting_unit says"),
        ("decisions_recognized", "BIGINT", "persons or cases, as counting_unit says"),
        ("applications_new_change_rate", "DOUBLE", "fraction"),
        ("applications_release_id", "VARCHAR", None),
        ("refugee_recognition_rate", "DOUBLE", "fraction"),
        ("herfindahl_index", "DOUBLE", "fraction"),
        ("top_5_share", "DOUBLE", "fraction"),
        ("returned_refugees", "BIGINT", "persons"),
        ("reference_year", "INTEGER", None),
        ("is_asylum_seekers_stock_change_on_small_count", "BOOLEAN", None),
        ("stock_note", "VARCHAR", None),
    ],
)
def test_units_are_told_from_names(name: str, kind: str, unit: str | None) -> None:
    assert unit_of(name, kind) == unit


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("BIGINT", "integer"),
        ("HUGEINT", "integer"),
        ("DOUBLE", "number"),
        ("DECIMAL(18,3)", "number"),
        ("VARCHAR", "string"),
        ("ENUM('a', 'b')", "string"),
        ("BOOLEAN", "boolean"),
        ("DATE", "date"),
        ("TIMESTAMP", "datetime"),
        ("TIMESTAMP WITH TIME ZONE", "datetime"),
        ("VARCHAR[]", "array"),
        ("INTEGER[]", "array"),
        ("STRUCT(a INTEGER)", "object"),
        ("JSON", "object"),
        ("UUID", "string"),
    ],
)
def test_every_type_of_duckdb_has_one_of_table_schema(kind: str, expected: str) -> None:
    assert field_type(kind) == expected
