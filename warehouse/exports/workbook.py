"""`asylum.xlsx`: the marts of one origin for a spreadsheet, a sheet each, with what to know first.

Equal published files give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from warehouse.core.database import identifier, literal
from warehouse.exports.datapackage import field_type, unit_of
from warehouse.exports.findings import origin_figures
from warehouse.exports.findings.parts import Figure
from warehouse.exports.origins import Origin
from warehouse.exports.sheets import (
    NOT_IN_XML,
    SHEET_ROWS,
    cell_text,
    fill,
    new_book,
    readable,
)
from warehouse.exports.tables import is_exported
from warehouse.published.read import Column, read_about, read_columns

README = "readme"
COLUMNS = "columns"
PREFIX = "mart_"
SHEET_NAME_CHARACTERS = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$")


class WorkbookError(Exception):
    """A table does not fit into a sheet."""


@dataclass(frozen=True)
class _Sheet:
    """A table of the published file, as far as it is about the origin."""

    table: str
    name: str
    description: str
    columns: list[Column]
    where: str


def write(con: duckdb.DuckDBPyConnection, origin: Origin, path: Path) -> dict[str, int]:
    """Write the workbook of an origin, from an opened published file; returns rows by sheet."""
    about = read_about(con)
    sheets, empty = _sheets(con, origin)
    rows: dict[str, int] = {}
    with new_book(path) as book:
        book.set_properties(
            {
                "title": cell_text(f"{origin.of('People')} who seek asylum abroad"),
                "subject": about["source_sentence"],
                "author": about["project"],
                "comments": f"{about['how_to_cite']} {about['endorsement']}",
                # Not the time of writing: equal figures give equal bytes.
                "created": datetime.fromisoformat(about["built_at"]).astimezone(UTC),
            }
        )
        readme = book.add_worksheet(README)
        dictionary = book.add_worksheet(COLUMNS)
        for sheet in sheets:
            rows[sheet.name] = _write_sheet(con, book, sheet, origin)
        _write_columns(book, dictionary, sheets)
        _write_readme(
            book,
            readme,
            origin=origin,
            about=about,
            figures=origin_figures(con, origin),
            sheets=sheets,
            rows=rows,
            empty=empty,
        )
        readme.activate()
    return rows


def sheet_name(table: str, taken: Iterable[str] = ()) -> str:
    """A name for the sheet of `table` that every spreadsheet accepts and no other sheet has."""
    plain = _NOT_IN_SHEET_NAMES.sub("_", NOT_IN_XML.sub("_", table)) or "_"
    used = {name.casefold() for name in taken}
    name, number = plain[:SHEET_NAME_CHARACTERS], 1
    while name.casefold() in used or name.casefold() == "history":  # Excel keeps that for itself
        number += 1
        ending = f"_{number}"
        name = plain[: SHEET_NAME_CHARACTERS - len(ending)] + ending
    return name


def _sheets(con: duckdb.DuckDBPyConnection, origin: Origin) -> tuple[list[_Sheet], list[str]]:
    """The marts with a column that says of which origin a row is, and what goes with them; and
    names of those that have no row of this origin.
    """
    tables = con.execute(
        """
        select table_name, coalesce(description, '') from about_tables
        where starts_with(table_name, ?) or table_name in ('dim_era', 'dim_release')
        order by
            table_name = 'mart_origin_yearly' desc, starts_with(table_name, ?) desc, table_name
        """,
        [PREFIX, PREFIX],
    ).fetchall()
    columns = read_columns(con)
    sheets: list[_Sheet] = []
    empty: list[str] = []
    for table, description in tables:
        if table.startswith(PREFIX) and not is_exported(table):
            continue
        where = _of_origin(table, {column.name for column in columns[table]}, origin)
        if where is None:
            continue
        if not con.execute(f"select 1 from {identifier(table)} where {where} limit 1").fetchall():
            empty.append(table)
            continue
        name = sheet_name(table, [README, COLUMNS, *(sheet.name for sheet in sheets)])
        sheets.append(_Sheet(table, name, description, columns[table], where))
    return sheets, empty


def _of_origin(table: str, columns: set[str], origin: Origin) -> str | None:
    """The condition on a row to be about the origin; None where a table has no origins."""
    code, iso3 = literal(origin.code), literal(origin.iso3 or "")
    if {"origin_iso3", "origin_unhcr_code"} <= columns:
        return f"coalesce(origin_iso3, origin_unhcr_code) = {code}"
    if "origin_iso3" in columns:
        return f"origin_iso3 = {iso3}"
    about = {
        "dim_era": f"country_iso3 = {iso3}",
        "dim_release": "true",
        "mart_claim_summary": "document_id in (select document_id from mart_claim_audit "
        f"where origin_iso3 = {iso3})",
    }
    return about.get(table)


def _write_sheet(
    con: duckdb.DuckDBPyConnection, book: Workbook, sheet: _Sheet, origin: Origin
) -> int:
    page = book.add_worksheet(sheet.name)
    columns = ", ".join(readable(identifier(one.name), one.type) for one in sheet.columns)
    # In the published order, which a join would otherwise be free to change.
    found = con.execute(
        f"select {columns} from {identifier(sheet.table)} where {sheet.where} order by rowid"
    ).fetchall()
    if len(found) > SHEET_ROWS:
        raise WorkbookError(
            f"{sheet.table} has {len(found):,} rows of {origin.name}, and a sheet holds "
            f"{SHEET_ROWS:,}. Use exports/tables/{sheet.table}.parquet."
        )
    fill(book, page, [(one.name, one.type) for one in sheet.columns], found)
    return len(found)


def _write_columns(book: Workbook, page: Worksheet, sheets: list[_Sheet]) -> None:
    """What each column of each sheet is."""
    heading = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for index, (name, width) in enumerate(
        (("sheet", 32), ("column", 44), ("type", 12), ("unit", 38), ("description", 110))
    ):
        page.set_column(index, index, width)
        page.write_string(0, index, name, heading)
    number = 0
    for sheet in sheets:
        for column in sheet.columns:
            number += 1
            unit = unit_of(column.name, column.type) or ""
            kind = field_type(column.type)
            row = (sheet.name, column.name, kind, unit, column.comment or "")
            for index, text in enumerate(row):
                if text:
                    page.write_string(number, index, cell_text(text), wrapped)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(number, 1), 4)


def _write_readme(
    book: Workbook,
    page: Worksheet,
    *,
    origin: Origin,
    about: dict[str, str],
    figures: Sequence[Figure],
    sheets: list[_Sheet],
    rows: dict[str, int],
    empty: Sequence[str],
) -> None:
    """What a reader must know before anything else: the newest figures first."""
    bold = book.add_format({"bold": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 16})
    heading = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    count = book.add_format({"num_format": "#,##0", "valign": "top", "align": "left"})
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 100)
    page.set_column(2, 2, 12)
    page.hide_gridlines(2)
    page.write_string(0, 0, cell_text(f"{origin.of('People')} who seek asylum abroad"), title)
    facts = [
        *(("Held back", line) for line in about.get("held_back", "").splitlines()),
        *(
            (
                figure.nature.capitalize(),
                "; ".join([f"{figure.value} {figure.counts}", *figure.clauses]),
            )
            for figure in figures
        ),
        ("Origin", f"{origin.name} ({origin.code})"),
        ("Release", about["release"]),
        ("Source", f"{about['source']}, {about['source_address']}"),
        ("How to cite", about["how_to_cite"]),
        ("Licence", f"{about['licence']}, {about['licence_address']}"),
        ("Terms of use", about["terms_address"]),
        ("Other providers", about["other_providers"]),
        ("Endorsement", about["endorsement"]),
        ("Retrieved (UTC)", about["retrieved_at"] or "not known"),
        ("Built (UTC)", about["built_at"]),
        (
            "How to read it",
            "An empty cell is not known, never zero. Stocks are persons on a day and are never "
            "added up over years; flows happened within a year. Persons and cases are never added: "
            "counting_unit says which a row counts. Rates and shares are fractions, shown in per "
            "cent. Times are UTC. Characters that a sheet cannot hold are shown as \ufffd.",
        ),
    ]
    if empty:
        facts.append(("No rows of this origin", f"{', '.join(empty)}."))
    for number, (term, text) in enumerate(facts, start=2):
        page.write_string(number, 0, term, bold)
        page.write_string(number, 1, cell_text(text), wrapped)
    first = len(facts) + 3
    for index, name in enumerate(("Sheet", "What a row is", "Rows")):
        page.write_string(first, index, name, heading)
    listed: list[tuple[str, str, int | None]] = [
        (COLUMNS, "What each column of the sheets is.", None)
    ]
    listed += [(sheet.name, sheet.description, rows[sheet.name]) for sheet in sheets]
    for number, (name, description, size) in enumerate(listed, start=first + 1):
        page.write_url(number, 0, f"internal:'{name}'!A1", string=name)
        page.write_string(number, 1, cell_text(description), wrapped)
        if size is not None:
            page.write_number(number, 2, size, count)
