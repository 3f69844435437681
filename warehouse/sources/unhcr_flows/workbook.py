"""UNHCR_Flow_Data.xlsx: how it is fetched, and its sheet DATA as rows in the API's shape.

The workbook is read by python-calamine: 0.7 s of CPU for the 108,876 rows of release 2025-12.1
where openpyxl, read-only, takes 8.4 s (benchmarks/workbook.py).
"""

from __future__ import annotations

import math
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from warehouse.core.manifest import Manifest, OriginalFile
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.body import shown, told
from warehouse.sources.unhcr_api.client import Client, RefusedError, UpstreamError, user_agent
from warehouse.sources.unhcr_api.converted import write_pages
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS, LARGEST_COUNT

FILE = "UNHCR_Flow_Data.xlsx"
SHEET = "DATA"
# The sheet's headings, and what the column is called in rows of the API.
COLUMNS = {
    "Year": "year",
    "origin": "coo",
    "OriginISO": "coo_iso",
    "OriginName": "coo_name",
    "asylum": "coa",
    "AsylumISO": "coa_iso",
    "AsylumName": "coa_name",
    "PT": "pt",
    "Count": "count",
}
NOT_AVAILABLE = "-"
# The workbook has 4 MB, and 40 MB unpacked.
_LARGEST, _LARGEST_UNPACKED = 64 << 20, 256 << 20
# Sheet DATA has 1.3 million cells. A cell says where it is, <c r="AB12">, and so does a row.
_MOST_CELLS = 30_000_000
_REFERENCE = re.compile(rb"""\br\s*=\s*["']?\s*([A-Za-z]{0,9})([0-9]{1,18})""")
_NOWHERE = re.compile(rb"""[<:]c(?:\s+(?!r\s*=)[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*/?>""")
_SITE = "https://www.unhcr.org/refugee-statistics/"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Report = Callable[[str], None]


class WorkbookError(UpstreamError):
    """A file that is not the workbook we know; the message says sheet, row and column."""


@dataclass(frozen=True)
class FlowTable:
    """The rows of sheet DATA: `columns` in the API's order, then those not known to us."""

    columns: tuple[str, ...]
    _rows: Sequence[dict[str, Any]]
    _numbers: Sequence[int]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self._rows)

    def pages(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """The rows, `size` at a time: counts are int or "0", ids None, an empty cell is "-"."""
        for start in range(0, self.rows, size):
            yield list(self._rows[start : start + size])

    def place(self, row: int) -> str:
        """Where the row (from 1) stands in the workbook, for messages."""
        return f"{FILE}, sheet {SHEET}, row {self._numbers[row - 1]:,}"


def fetch(settings: Settings, folder: Path, report: Report) -> tuple[Path, Manifest]:
    """Fetch the workbook into a new folder in `folder` and write its pages beside it.

    Raises UpstreamError where it cannot be had, WorkbookError (or MalformedPageError) where it is
    not what it should be; nothing of it is left then.
    """
    home = folder / FLOWS
    home.mkdir()
    started_at = datetime.now(UTC)
    report("fetch")
    original = home / FILE
    got = _download(settings, original)
    report("read")
    try:
        table = read(original)
    except WorkbookError as error:
        raise WorkbookError(
            f"{settings.flows_url}: {error}. Try again later; if it stays so, see whether "
            f"ASYLUM_FLOWS_URL is right."
        ) from error
    part, digest = write_pages(ENDPOINTS[FLOWS], table, home, table.place, report)
    return home, Manifest(
        endpoint=FLOWS,
        snapshot_id=f"{started_at:%Y%m%dT%H%M%SZ}-{digest[:8]}",
        source="workbook",
        source_url=settings.flows_url,
        original=OriginalFile(file=FILE, bytes=got.size, sha256=got.sha256),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        rows=part.rows,
        content_sha256=digest,
        slices=[part],
    )


def _download(settings: Settings, path: Path) -> Any:
    """The file. The server refuses plain clients now and then: asked again as a browser asks,
    still saying who we are.
    """
    plain = {"Accept": f"{_XLSX}, */*;q=0.5", "Referer": _SITE}
    as_browser = {
        "Accept": f"text/html,application/xhtml+xml,{_XLSX};q=0.9,*/*;q=0.8",
        "Accept-Language": "en",
        "Referer": _SITE,
        "User-Agent": f"Mozilla/5.0 (compatible; {user_agent()})",
    }
    with Client(settings) as client:

        def ask(headers: dict[str, str]) -> Any:
            return client.download(
                settings.flows_url,
                path,
                what="the flow workbook",
                source="UNHCR's flow dataset",
                setting="ASYLUM_FLOWS_URL",
                largest=_LARGEST,
                headers=headers,
            )

        try:
            return ask(plain)
        except RefusedError:
            path.unlink(missing_ok=True)
            return ask(as_browser)


def read(path: Path) -> FlowTable:
    """The rows of sheet DATA, wherever it stands. Raises WorkbookError."""
    rows = _cells(path)
    headings = [str(cell).strip() for cell in next(rows, [])]
    missing = [name for name in COLUMNS if name not in headings]
    if missing:
        raise WorkbookError(
            f"{path.name}, sheet {SHEET}: no column {', '.join(missing)}; row 1 has "
            f"{shown(', '.join(headings))}"
        )
    added = [name for name in headings if name and name not in COLUMNS]
    names = [COLUMNS.get(name, name) for name in headings]
    known = ENDPOINTS[FLOWS].columns
    # A column of ours is taken too: one named `count` would stand in the place of `Count`.
    taken = [name.lower() for name in (*known, *added)]
    twice = sorted(
        {
            heading
            for heading, name in zip(headings, names, strict=True)
            if name and (headings.count(heading) > 1 or taken.count(name.lower()) > 1)
        }
    )
    if twice:
        raise WorkbookError(
            f"{path.name}, sheet {SHEET}, row 1: column {shown(', '.join(twice))} is there twice, "
            f"or has the name of a column of ours"
        )
    nothing = dict.fromkeys(known)
    out, numbers = [], []
    for number, cells in enumerate(rows, start=2):
        if all(cell == "" for cell in cells):
            continue
        where = f"{path.name}, sheet {SHEET}, row {number:,}"
        row = nothing | {
            name: _cell(where, heading, cell)
            for name, heading, cell in zip(names, headings, cells, strict=True)
            if name
        }
        row["year"] = _whole(where, "Year", row["year"])
        row["count"] = _whole(where, "Count", row["count"]) or "0"
        out.append(row)
        numbers.append(number)
    if not out:
        raise WorkbookError(f"{path.name}, sheet {SHEET}: no row")
    return FlowTable((*known, *added), out, numbers)


def _cells(path: Path) -> Iterator[list[Any]]:
    try:
        with (
            TemporaryDirectory(dir=path.parent, prefix=".unpacked-") as folder,
            CalamineWorkbook.from_path(_unpacked(path, Path(folder))) as book,
        ):
            sheets = {
                one.name: one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet
            }
            if SHEET not in sheets:
                raise WorkbookError(
                    f"{path.name}: no sheet {SHEET}; there are {shown(', '.join(sheets))}"
                )
            yield from book.get_sheet_by_name(SHEET).iter_rows()
    except (CalamineError, zipfile.BadZipFile, zlib.error, RuntimeError, OSError) as error:
        start = path.read_bytes()[:60]
        raise WorkbookError(
            f"{path.name}: not a workbook that can be read ({told(error)}); "
            f"it begins with {start!r}"
        ) from error


def _unpacked(path: Path, folder: Path) -> Path:
    """The same workbook without compression, in `folder`, once it is known to be of a sane size.

    The reader believes what the file says of itself and takes room for each cell up to the
    farthest: 6 KB can end the process. So it gets what was unpacked and measured here.
    """
    sane = folder / FILE
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(sane, "w") as unpacked:
        size = sum(part.file_size for part in packed.infolist())
        if size > _LARGEST_UNPACKED:
            raise WorkbookError(f"{path.name}: {size:,} bytes unpacked, more than a workbook has")
        if len(set(packed.namelist())) < len(packed.namelist()):
            raise WorkbookError(f"{path.name}: a part of it is there twice")
        for part in packed.infolist():
            where = f"{path.name}, {shown(part.filename)}"
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise WorkbookError(f"{where}: not compressed as in a workbook")
            declared = part.file_size
            part.file_size += 1  # or no more than it says would be read of it
            with packed.open(part) as source:
                content = source.read(declared + 1)
            if len(content) != declared:
                than = "more" if len(content) > declared else "less"
                raise WorkbookError(f"{where}: {than} than the {declared:,} bytes that it says")
            _refuse_vast(where, content)
            unpacked.writestr(part.filename, content)
    return sane


def _refuse_vast(where: str, content: bytes) -> None:
    """Raise WorkbookError where cells reach too far, or where they do not say how far."""
    if _NOWHERE.search(content):
        raise WorkbookError(f"{where}: a cell that does not say where it is")
    columns, farthest = set(), 0
    for found in _REFERENCE.finditer(content):
        letters, row = found.groups()
        columns.add(letters)
        farthest = max(farthest, int(row))
    column = max(map(_column_number, columns), default=0)
    if farthest * column > _MOST_CELLS:
        raise WorkbookError(
            f"{where}: its cells reach to row {farthest:,} and column {column:,}, farther than "
            f"those of a sheet of figures"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _cell(where: str, column: str, cell: Any) -> Any:
    """A cell as JSON has it: whole numbers as int, an empty cell as "-"."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, (int, float)) and math.isfinite(cell):
        return cell
    text = str(cell).strip() or NOT_AVAILABLE
    if "\0" in text:  # PostgreSQL's text cannot hold it
        raise WorkbookError(f"{where}, column {column}: {shown(text)} has a character NUL")
    return text


def _whole(where: str, column: str, value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise WorkbookError(
            f"{where}, column {column}: {shown(value)} where a whole number of at least 0 belongs"
        )
    return value
