"""`asylum report`: one country of origin as a web page, text or a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import DEFAULT_ORIGIN
from warehouse.settings import load_settings


def report(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File to write: .html for a web page, .md for text, .xlsx for a workbook.",
            show_default=False,
        ),
    ],
    origin: Annotated[
        str,
        typer.Option(
            help="Country of origin, by ISO3 code or name; STA (stateless), UKN (unknown) and TIB "
            "(Tibetan) for those without a code."
        ),
    ] = DEFAULT_ORIGIN,
) -> None:
    """Write a report on one country of origin: a web page, text or a workbook."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.exports.origins import UnknownOriginError  # noqa: PLC0415
        from warehouse.exports.report import ReportFormatError, write_report  # noqa: PLC0415

        try:
            written = write_report(settings, origin, out)
        except (UnknownOriginError, ReportFormatError) as error:
            raise typer.BadParameter(str(error)) from error
        out_ = render.console()
        out_.print(render.plain(f"{out}: {written.summary}"), soft_wrap=True)
