"""The report of one origin as a page, a text or a workbook, from the published file alone.

`exports/report.html`, `report.md` and `asylum.xlsx` are made by every run; `asylum report` makes
any of them for any other origin.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse import atomic
from warehouse.exports import findings, page, plaintext, workbook
from warehouse.exports.findings import Findings
from warehouse.exports.origins import Origin, default_origin, find_origin
from warehouse.publish import open_published
from warehouse.settings import Settings

if TYPE_CHECKING:
    from warehouse.exports.charts import Drawing

PAGE = "report.html"
TEXT = "report.md"
WORKBOOK = "asylum.xlsx"
FORMATS = (".html", ".md", ".xlsx")


class ReportFormatError(Exception):
    """The file's name says no format that a report is written in."""


def write_report(settings: Settings, code: str, path: Path) -> Findings:
    """Write the report of the origin `code` to `path`, as its ending says; returns what it says.

    `code` is an ISO3 code, or UNHCR's for an origin that has none. The file is the old one or the
    new one, whatever happens. Raises ReportFormatError for another ending, UnknownOriginError,
    PublishedMissingError, and OSError where the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise ReportFormatError(
            f"{path} does not end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}: the ending says "
            f"what is written."
        )
    with open_published(settings) as con:
        origin = find_origin(con, code)
        if kind == ".xlsx":
            write_workbook(con, origin, path)
            return Findings(origin, {})
        found = findings.find(con, origin)
        drawn = draw(con, origin) if kind == ".html" and found.has_figures else []
    write_text(path, page.render(found, drawn) if kind == ".html" else plaintext.render(found))
    return found


def export_page(settings: Settings) -> tuple[Path, Findings]:
    """Write `exports/report.html`, for China, or for the largest origin where China is not held."""
    return _exported(settings, PAGE)


def export_text(settings: Settings) -> tuple[Path, Findings]:
    """Write `exports/report.md`, for the same origin."""
    return _exported(settings, TEXT)


def export_workbook(settings: Settings) -> tuple[Path, dict[str, int]]:
    """Write `exports/asylum.xlsx`, for the same origin; returns the rows by sheet."""
    path = settings.exports_dir / WORKBOOK
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_published(settings) as con:
        return path, write_workbook(con, find_origin(con, default_origin(con)), path)


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Sequence[Drawing]:
    """The charts of an origin."""
    # What draws takes long to import: only a page waits for it.
    from warehouse.exports import charts  # noqa: PLC0415

    return charts.drawings(con, origin.code)


def write_text(path: Path, text: str) -> None:
    """Write `text` in one step; a folder that is not there is an error."""
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.absolute().parent}")
    atomic.write_text(path, text)


def write_workbook(con: duckdb.DuckDBPyConnection, origin: Origin, path: Path) -> dict[str, int]:
    """Write the workbook of an origin in one step; returns the rows by sheet."""
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.absolute().parent}")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        rows = workbook.write(con, origin, temporary)
        atomic.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def _exported(settings: Settings, name: str) -> tuple[Path, Findings]:
    path = settings.exports_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_published(settings) as con:
        code = default_origin(con)
    return path, write_report(settings, code, path)
