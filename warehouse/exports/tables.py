"""Marts and dimensions as CSV and Parquet under `exports/tables/`, from the published file only.

Equal data give equal bytes: rows in the published order, fixed settings, nothing of the day or
the machine.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.core import files
from warehouse.core.database import identifier, literal, side_by_side
from warehouse.core.wording import BYTE_ORDER_MARK, CONTROL, RUN_BY_SPREADSHEETS, SHOWN_INSTEAD
from warehouse.published.read import (
    Column,
    open_published,
    read_about,
    read_columns,
    use_published,
)
from warehouse.settings import Settings

_PREFIXES = ("dim_", "mart_")
# Histories are many times the newest rows: they are asked where they can be filtered by a day.
_NOT_EXPORTED = "_history"
FOLDER = "tables"
_FINGERPRINT_FILE = ".built_from"


def is_exported(table: str) -> bool:
    """Whether a published table is among the exports: marts and dimensions as they are now."""
    return table.startswith(_PREFIXES) and not table.endswith(_NOT_EXPORTED)


def exported_tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    """The tables that are exported, of an opened published file: their columns by name."""
    return {name: columns for name, columns in read_columns(con).items() if is_exported(name)}


def export_tables(settings: Settings) -> list[Path]:
    """Write the tables of the published file; returns the paths, CSV and Parquet of each table.

    Files of tables that are no longer published are removed. Raises PublishedMissingError when
    nothing is published.
    """
    with open_published(settings) as con:
        return _write(con, settings)


@contextmanager
def table_files(
    con: duckdb.DuckDBPyConnection, settings: Settings, *, just_exported: bool
) -> Iterator[list[Path]]:
    """The files of all tables of an opened published file, CSV and Parquet.

    Those under `exports/tables/`, where they were made from it (`just_exported` says so while a run
    is not complete); else they are written to a folder that is removed afterwards.
    """
    tables = exported_tables(con)
    names = [f"{table}.{kind}" for table in tables for kind in ("csv", "parquet")]
    if just_exported or exported_fingerprint(settings) == read_about(con)["build_fingerprint"]:
        yield [settings.exports_dir / FOLDER / name for name in names]
        return
    settings.exports_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{FOLDER}-", dir=settings.exports_dir) as folder:
        _write_tables(con, settings, tables, Path(folder))
        yield [Path(folder) / name for name in names]


def _write(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[Path]:
    folder = settings.exports_dir / FOLDER
    with files.all_in_place_of(folder) as staging:
        written = _write_tables(con, settings, exported_tables(con), staging)
    targets = [folder / path.name for path in written]
    for path in folder.iterdir():
        if path.suffix in {".csv", ".parquet"} and path not in targets:
            path.unlink()
    return targets


def _write_tables(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    tables: Mapping[str, Sequence[Column]],
    folder: Path,
) -> list[Path]:
    """Write tables to `folder`, several at a time: the files of one keep one core busy."""

    def write(
        cursor: duckdb.DuckDBPyConnection, named: tuple[str, Sequence[Column]]
    ) -> tuple[Path, Path]:
        use_published(cursor)
        return _write_table(cursor, *named, folder)

    each = side_by_side(con, settings.threads, list(tables.items()), write)
    return [path for paths in each for path in paths]


def _write_table(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], folder: Path
) -> tuple[Path, Path]:
    """Write a table to `folder` as CSV and Parquet, whose locked connection may write there."""
    csv, parquet = folder / f"{table}.csv", folder / f"{table}.parquet"
    con.execute(
        f"copy (select {_csv_columns(columns)} from {identifier(table)}) "
        f"to {literal(str(csv))} (format csv, header, delimiter ',', quote '\"', "
        f"escape '\"', nullstr '')"
    )
    con.execute(
        f"copy {identifier(table)} to {literal(str(parquet))} "
        f"(format parquet, compression zstd, row_group_size 122880)"
    )
    return csv, parquet


def exported_fingerprint(settings: Settings) -> str | None:
    """The fingerprint of the build the exports were made from; None if they are not complete."""
    path = settings.exports_dir / _FINGERPRINT_FILE
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def forget_fingerprint(settings: Settings) -> None:
    """Say that the exports are being replaced."""
    (settings.exports_dir / _FINGERPRINT_FILE).unlink(missing_ok=True)


def keep_fingerprint(settings: Settings, fingerprint: str) -> None:
    """Say which build the exports were made from, once all are there."""
    files.write_text(settings.exports_dir / _FINGERPRINT_FILE, fingerprint + "\n")


def _csv_columns(columns: Sequence[Column]) -> str:
    """The columns as a CSV shows them: text that no spreadsheet runs, times in ISO 8601.

    The first heading begins with the mark by which spreadsheets know UTF-8.
    """
    return ", ".join(
        f"{_csv_value(identifier(one.name), one.type)} "
        f"as {identifier(BYTE_ORDER_MARK * (not at) + one.name)}"
        for at, one in enumerate(columns)
    )


def _csv_value(column: str, kind: str) -> str:
    if kind == "VARCHAR" or kind.startswith("ENUM"):
        # Not `in (...)`: DuckDB plans a long list as a join, and after a join several threads
        # write the rows in an order of their own. All these characters come before 'A', which
        # spares most cells the expression.
        text = (
            f"regexp_replace(replace({column}::varchar, chr(0), {literal(SHOWN_INSTEAD)}), "
            f"{literal(CONTROL)}, {literal(SHOWN_INSTEAD)}, 'g')"
        )
        hostile = f"{text} < 'A' and regexp_matches({text}, {literal(RUN_BY_SPREADSHEETS)})"
        return f"case when {hostile} then chr(39) || {text} else {text} end"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _iso(f"{column} at time zone 'UTC'") + " || 'Z'"
    if kind.startswith("TIMESTAMP"):
        return _iso(column)
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return f"to_json({column})"
    return column


def _iso(timestamp: str) -> str:
    return f"replace(({timestamp})::varchar, ' ', 'T')"
