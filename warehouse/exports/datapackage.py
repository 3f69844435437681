"""`exports/datapackage.json`: what the exported tables are, for programs and for people.

A Data Package of version 2 (https://datapackage.org/standard/data-package/): each table as a CSV
resource with its Table Schema, and as Parquet. Like the files it describes it holds nothing of
the day: `created` is the time of the newest snapshot.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.core import attribution, files
from warehouse.core.database import identifier
from warehouse.exports.tables import FOLDER, exported_tables
from warehouse.published.read import Column, open_published, read_about
from warehouse.settings import PROJECT_NAME, Settings

FILE_NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_CSV_NOTE = (
    "Text cells that a spreadsheet would run as a formula (they begin with = + - @, a tab or a "
    "line break) have a ' put in front; the Parquet file has them unchanged. NULL is an empty "
    'cell, an empty text is "" in quotes; both are read as missing. The file begins with a byte '
    "order mark, so that Excel reads it as UTF-8."
)

# The first that matches a column's name decides; what matches none has no unit.
_UNITS: tuple[tuple[re.Pattern[str], str | None], ...] = (
    (re.compile(r"_per_1000_inhabitants$"), "persons per 1,000 inhabitants"),
    (re.compile(r"^inhabitants$"), "persons"),
    (re.compile(r"^inhabitants_"), None),
    (re.compile(r"_(rate|share|index)(_|$)|^share$"), "fraction"),
    (re.compile(r"_ratio(_|$)"), "ratio"),
    (re.compile(r"_stock_years$"), "person-years"),
    (re.compile(r"_(year|years|rank|count)(_|$)"), None),
    (re.compile(r"_stock(_|$)"), "persons"),
    (re.compile(r"^(applications|decisions)_"), "persons or cases, as counting_unit says"),
    (re.compile(r"^(returned_refugees|returned_idps|resettlement|naturalisation)(_|$)"), "persons"),
)
_INTEGERS = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
}


def export_datapackage(settings: Settings) -> Path:
    """Describe the exported tables, which must have been written from the same published file.

    Raises PublishedMissingError when nothing is published, FileNotFoundError when a table has not
    been exported.
    """
    path = settings.exports_dir / FILE_NAME
    with open_published(settings) as con:
        package = describe(con, settings.exports_dir)
    files.write_text(path, json.dumps(package, indent=2, ensure_ascii=False) + "\n")
    return path


def describe(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """The data package of the tables exported under `folder`."""
    about = read_about(con)
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": PROJECT_NAME,
        "title": f"{attribution.SOURCE_TITLE}, arranged: release {about['release']}",
        "description": (
            f"{about['source_sentence']} {attribution.NO_ENDORSEMENT} "
            f"{attribution.OTHER_PROVIDERS} Terms of use: {attribution.TERMS_URL}"
        ),
        "homepage": attribution.SOURCE_URL,
        "version": about["release"],
        "release": about["release"],
        "licenses": [
            {
                "name": attribution.LICENCE_NAME,
                "title": attribution.LICENCE_TITLE,
                "path": attribution.LICENCE_URL,
            }
        ],
        "sources": [
            {
                "title": attribution.SOURCE_TITLE,
                "path": attribution.SOURCE_URL,
                "version": about["release"],
            }
        ],
        "terms": attribution.TERMS_URL,
        "citation": about["how_to_cite"],
    }
    if about["retrieved_at"]:
        package["created"] = about["retrieved_at"]
    package["resources"] = [
        resource
        for table, columns in exported_tables(con).items()
        for resource in _resources(con, folder, table, columns)
    ]
    return package


def _resources(
    con: duckdb.DuckDBPyConnection, folder: Path, table: str, columns: Sequence[Column]
) -> tuple[dict[str, Any], dict[str, Any]]:
    [(comment, key)] = con.execute(
        "select description, key_columns from about_tables where table_name = ?", [table]
    ).fetchall()
    description = comment or ""
    schema = table_schema(con, table, columns, key)
    csv = {
        "name": table,
        "type": "table",
        **_file(folder, f"{FOLDER}/{table}.csv"),
        "title": table,
        "description": f"{description} {_CSV_NOTE}".strip(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
    }
    parquet = {
        "name": f"{table}.parquet",
        **_file(folder, f"{FOLDER}/{table}.parquet"),
        "title": table,
        "description": description,
        # Not `parquet`, and no type: the standard's own validator reads such as a table, for which
        # it needs an extra, and fails the package without it.
        "format": "vnd.apache.parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    }
    return csv, parquet


def _file(folder: Path, path: str) -> dict[str, Any]:
    file = folder / path
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {"path": path, "bytes": file.stat().st_size, "hash": f"sha256:{digest}"}


def table_schema(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], key: list[str] | None
) -> dict[str, Any]:
    """The Table Schema of a table of an opened published file, with its key, types and units."""
    fields = []
    for name, kind, nullable, comment in columns:
        field: dict[str, Any] = {"name": name, "type": field_type(kind)}
        if comment:
            field["description"] = comment
        unit = unit_of(name, kind)
        if unit:
            field["unit"] = unit
        if not nullable:
            field["constraints"] = {"required": True}
        fields.append(field)
    schema: dict[str, Any] = {
        "$schema": TABLE_PROFILE,
        "fields": fields,
        "missingValues": [""],
    }
    if key:
        # Where a part of the key is NULL it still tells rows apart, but is no primary key.
        absent = " or ".join(f"{identifier(name)} is null" for name in key)
        [(with_absent,)] = con.execute(
            f"select count(*) from {identifier(table)} where {absent}"
        ).fetchall()
        if with_absent:
            schema["uniqueKeys"] = [key]
        else:
            schema["primaryKey"] = key
    return schema


def field_type(kind: str) -> str:
    """The Table Schema type of a DuckDB type; what has none of its own is a string."""
    for types, name in (
        (kind in _INTEGERS, "integer"),
        (kind in {"FLOAT", "DOUBLE"} or kind.startswith("DECIMAL"), "number"),
        (kind == "BOOLEAN", "boolean"),
        (kind == "DATE", "date"),
        (kind.startswith("TIMESTAMP"), "datetime"),
        (kind.endswith("]"), "array"),
        (kind.startswith(("STRUCT", "MAP")) or kind == "JSON", "object"),
    ):
        if types:
            return name
    return "string"


def unit_of(name: str, kind: str) -> str | None:
    """What a column counts, by its name; None if it counts nothing."""
    if field_type(kind) not in {"integer", "number"}:
        return None
    return next((unit for pattern, unit in _UNITS if pattern.search(name)), None)
