"""How rows become a sheet of a workbook: typed cells, readable columns, text that is never run.

Cells hold what tables hold: numbers, days, true and false, text. A name that begins with = stays a
name. What a sheet cannot hold as a number or a day is shown as text, unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from warehouse.core.wording import SHOWN_INSTEAD
from warehouse.exports.datapackage import field_type, unit_of

# What a sheet and a cell can hold; beyond it is an error, or is cut where that can be seen.
SHEET_ROWS = 1_048_575
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
_CUT = " … [cut]"
# Beyond it a spreadsheet rounds, and its calendar begins in 1900.
_EXACT = 2**53
_FIRST_YEAR = 1900
# XML has no way to write these, and a cell keeps all else as the table holds it: it runs nothing.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDEST = 48
_NARROWEST = 10
# So many rows decide how wide a column is.
_ROWS_MEASURED = 200
_DATE_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}


def new_book(path: Path) -> Workbook:
    """A workbook to be written to `path`, in which no text is taken for a formula or an address."""
    return xlsxwriter.Workbook(
        str(path),
        {
            # Rows go to the disk as they come, not all into memory.
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": _DATE_FORMATS["date"],
        },
    )


def cell_text(text: str) -> str:
    """`text` as a cell can hold it: without what XML cannot write, and cut where it is too long."""
    text = NOT_IN_XML.sub(SHOWN_INSTEAD, text)
    if len(text) > CELL_CHARACTERS:
        text = text[: CELL_CHARACTERS - len(_CUT)] + _CUT
    return text


def readable(column: str, kind: str) -> str:
    """A column as a sheet can hold it: lists as JSON, times in UTC without a zone, no infinity."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        column = f"({column} at time zone 'UTC')"
    match field_type(kind):
        case "array" | "object":
            return f"to_json({column})::varchar"
        case "date" | "datetime":
            return f"case when isfinite({column}) then {column} end"
        case "number" if kind in {"FLOAT", "DOUBLE"}:
            return f"case when isfinite({column}) then {column} end"
        case "string" if kind != "VARCHAR":
            return f"{column}::varchar"
        case _:
            return column


def fill(
    book: Workbook,
    page: Worksheet,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Write headings and typed cells. `columns`: names with DuckDB types, of `readable` values."""
    names = [name for name, _ in columns]
    for index, name in enumerate(names):
        lengths = [_length(row[index]) for row in rows[:_ROWS_MEASURED]]
        page.set_column(index, index, min(_WIDEST, max([_NARROWEST, len(name) + 2, *lengths])))
    writers = [_writer(page, kind, _number_format(book, name, kind)) for name, kind in columns]
    heading = book.add_format({"bold": True, "bottom": 1})
    for index, name in enumerate(names):
        page.write_string(0, index, cell_text(name), heading)
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if value is not None:
                writers[index](number, index, value)
    keys = sum(name.endswith(("_iso3", "_unhcr_code", "_id")) for name in names[:2])
    page.freeze_panes(1, max(1, keys))
    page.autofilter(0, 0, max(len(rows), 1), len(names) - 1)


def _number_format(book: Workbook, name: str, kind: str) -> Format | None:
    type_ = field_type(kind)
    if type_ in _DATE_FORMATS:
        return book.add_format({"num_format": _DATE_FORMATS[type_]})
    if type_ not in {"integer", "number"}:
        return None
    unit = unit_of(name, kind)
    if unit == "fraction":
        return book.add_format({"num_format": "0.0%"})
    if unit == "ratio":
        return book.add_format({"num_format": "#,##0.00"})
    if re.search(r"(^|_)year(_|$)", name) and not name.endswith(("_count", "_stock")):
        return book.add_format({"num_format": "0"})
    return book.add_format({"num_format": "#,##0" if type_ == "integer" else "#,##0.###"})


def _writer(page: Worksheet, kind: str, form: Format | None) -> Callable[[int, int, Any], Any]:
    """How a value of the column is written: by its type in the table, never by its looks."""

    def text(row: int, column: int, value: Any) -> Any:
        return page.write_string(row, column, cell_text(str(value)))

    def number(row: int, column: int, value: Any) -> Any:
        if abs(value) > _EXACT and float(value) != value:
            return text(row, column, value)
        return page.write_number(row, column, float(value), form)

    def day(row: int, column: int, value: Any) -> Any:
        # DuckDB gives a day before our era, or after the year 9999, as text.
        if isinstance(value, str) or value.year < _FIRST_YEAR:
            return text(row, column, value)
        return page.write_datetime(row, column, value, form)

    match field_type(kind):
        case "integer" | "number":
            return number
        case "boolean":
            return page.write_boolean
        case "date" | "datetime":
            return day
        case _:
            return text


def _length(value: Any) -> int:
    if isinstance(value, datetime):
        return 20
    if isinstance(value, (date, int, float)):
        return _NARROWEST + 1
    return len(str(value)) + 1 if value is not None else 0
