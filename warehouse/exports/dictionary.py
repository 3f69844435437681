"""What every published table and column is, for programs and for people: `exports/schemas/` holds a
Table Schema (Frictionless) for each table, `exports/data_dictionary.csv` a line for each column.

From the published file alone, all of its tables, whether or not they are exported as files. Equal
files give equal bytes; text that a spreadsheet would run as a formula has a ' put in front.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.core import files
from warehouse.core.wording import BYTE_ORDER_MARK, harmless
from warehouse.exports.datapackage import table_schema, unit_of
from warehouse.published.read import Column, open_published, read_columns
from warehouse.settings import Settings

FILE_NAME = "data_dictionary.csv"
FOLDER = "schemas"
HEADER = ("table", "column", "type", "nullable", "key", "unit", "description")


def export_dictionary(settings: Settings) -> list[Path]:
    """Write the dictionary and the schemas; returns their paths, the dictionary first.

    Schemas of tables that are no longer published are removed. Raises PublishedMissingError when
    nothing is published.
    """
    with open_published(settings) as con:
        return write_dictionary(con, settings)


def write_dictionary(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[Path]:
    """`export_dictionary` for a published file that is already open."""
    folder = settings.exports_dir / FOLDER
    written = []
    keys = dict(con.execute("select table_name, key_columns from about_tables").fetchall())
    columns = read_columns(con)
    for table, of_table in columns.items():
        path = folder / f"{table}.json"
        schema = table_schema(con, table, of_table, keys.get(table))
        files.write_text(path, json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
        written.append(path)
    for path in folder.glob("*.json"):
        if path not in written:
            path.unlink()
    dictionary = settings.exports_dir / FILE_NAME
    files.write_text(dictionary, BYTE_ORDER_MARK + _text(columns, keys))
    return [dictionary, *written]


def _text(columns: Mapping[str, Sequence[Column]], keys: Mapping[str, Sequence[str] | None]) -> str:
    """The dictionary as CSV: tables by name, columns in their order.

    `key` is the place of the column in the table's key, from 1 on; empty where it is no part of it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for table, of_table in columns.items():
        key = keys.get(table) or ()
        for column in of_table:
            cells = (
                table,
                column.name,
                column.type,
                "yes" if column.nullable else "no",
                str(key.index(column.name) + 1) if column.name in key else "",
                unit_of(column.name, column.type) or "",
                column.comment or "",
            )
            writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def described_columns(path: Path) -> int:
    """How many columns a dictionary has a line for."""
    with path.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.DictReader(lines))
