"""One origin as a web page, text, a workbook or a chart, from the published file only.

`exports/report.html`, `report.md` and `asylum.xlsx` are made by every run, and so are charts;
`asylum report` makes any of them for any other origin.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.core import files, wording
from warehouse.exports import charts, findings, page, plaintext, workbook
from warehouse.exports.charts import Drawing
from warehouse.exports.origins import Origin, default_origin, find_origin
from warehouse.published.read import open_published
from warehouse.settings import Settings

PAGE = "report.html"
TEXT = "report.md"
WORKBOOK = "asylum.xlsx"
PICTURES = (".png", ".svg")
FORMATS = (".html", ".md", ".xlsx", *PICTURES)
FIRST_CHART = "yearly"


class ReportFormatError(Exception):
    """The file's name says no format that a report is written in, or not the one of a chart."""


class NoChartError(Exception):
    """There are too few figures of the origin for the chart."""


@dataclass(frozen=True)
class Written:
    """A report as written; `summary` says it in one line, `preview` in a Markdown list or table."""

    path: Path
    origin: Origin
    summary: str
    preview: str


def write_report(settings: Settings, code: str, path: Path, chart: str | None = None) -> Written:
    """Write the report of the origin `code` to `path`, as its ending says; `chart` is the name of
    the one for a picture.

    `code` is an ISO3 code or a name, or UNHCR's code of an origin without ISO3. The file is the old
    one or the new one, whatever happens. Raises ReportFormatError for another ending, PlaceError,
    NoChartError, PublishedMissingError, and OSError where the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise ReportFormatError(
            f"{path} does not end in {wording.listed(FORMATS, 'or')}: the ending says what is "
            f"written."
        )
    if chart and kind not in PICTURES:
        raise ReportFormatError(
            f"{path} does not end in {wording.listed(PICTURES, 'or')}, as a chart does."
        )
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.absolute().parent}")
    with open_published(settings) as con:
        origin = find_origin(con, code)
        if kind in PICTURES:
            return _write_chart(con, origin, chart or FIRST_CHART, path)
        return _write(con, origin, path)


def export_report(settings: Settings, name: str) -> Written:
    """Write `exports/NAME`, one of PAGE, TEXT and WORKBOOK: for China, or for the largest origin
    where the published file has no figures of China.
    """
    path = settings.exports_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_published(settings) as con:
        return _write(con, find_origin(con, default_origin(con)), path)


def _write(con: duckdb.DuckDBPyConnection, origin: Origin, path: Path) -> Written:
    kind = path.suffix.lower()
    if kind == ".xlsx":
        with _in_place_of(path) as temporary:
            rows = workbook.write(con, origin, temporary)
        lines = [f"| {sheet} | {count:,} |" for sheet, count in rows.items()]
        return Written(
            path,
            origin,
            f"{sum(rows.values()):,} rows in {len(rows)} sheets, {origin.name}",
            "\n".join(["| sheet | rows |", "| --- | ---: |", *lines]),
        )
    found = findings.find(con, origin)
    if kind == ".html":
        text = page.render(found, _draw(con, origin) if found.has_figures else [])
    else:
        text = plaintext.render(found)
    files.write_text(path, text)
    preview = plaintext.headlines(found) or wording.markdown(findings.summary(found))
    return Written(path, origin, findings.summary(found), preview)


def _draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Sequence[Drawing]:
    return charts.drawings(con, origin)


def _write_chart(con: duckdb.DuckDBPyConnection, origin: Origin, name: str, path: Path) -> Written:
    drawn = charts.drawings(con, origin, [name])
    if not drawn:
        others = ", ".join(drawing.name for drawing in _draw(con, origin))
        raise NoChartError(
            f"There are too few figures on {origin.of('people')} for the chart {name!r}"
            + (f"; there are enough for {others}." if others else ", and for any other.")
        )
    with _in_place_of(path) as temporary:
        charts.write_drawing(drawn[0], temporary)
    return Written(path, origin, drawn[0].title, drawn[0].description)


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """A file to write that takes the place of `path` once it is whole."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        files.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
