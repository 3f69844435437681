"""Flow workbooks as UNHCR makes them, from made-up rows in the API's shape."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from warehouse.sources.unhcr_flows.workbook import COLUMNS, SHEET

Row = dict[str, Any]


def sheet_of(rows: Iterable[Row], columns: Mapping[str, str] = COLUMNS) -> list[list[Any]]:
    """The cells of sheet DATA: the headings, then a line a row; `columns` by heading."""
    return [list(columns), *([one[name] for name in columns.values()] for one in rows)]


def workbook(
    lines: Sequence[Sequence[Any]],
    *,
    name: str = SHEET,
    before: Sequence[str] = ("README", "Codes"),
    after: Sequence[str] = (),
) -> bytes:
    """A workbook with these cells in sheet `name`, among others. Numbers are numbers, all else is
    text, a formula too; None is an empty cell. The same cells make the same bytes.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 7, 1, tzinfo=UTC)})
        for other in before:
            book.add_worksheet(other).write_string(0, 0, "Forced displacement flow dataset")
        sheet = book.add_worksheet(name)
        for at, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                    sheet.write_number(at, column, cell)
                elif isinstance(cell, bool):
                    sheet.write_boolean(at, column, cell)
                elif cell is not None:
                    sheet.write_string(at, column, cell)
        for other in after:
            book.add_worksheet(other).write_string(0, 0, "Notes")
    return out.getvalue()


def as_landed(rows: Iterable[Row]) -> list[Row]:
    """The same rows as they are landed: no ids, no spaces around a text."""
    return [
        {name: v.strip() if isinstance(v, str) else v for name, v in row.items()}
        | {"coo_id": None, "coa_id": None}
        for row in rows
    ]


def flow_workbook(rows: Iterable[Row]) -> bytes:
    """The workbook of these rows."""
    return workbook(sheet_of(rows))
