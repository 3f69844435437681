"""`asylum report`: one country of origin as a web page, text, a workbook or a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import DEFAULT_ORIGIN
from warehouse.reference.places import PlaceError
from warehouse.settings import load_settings

Chart = Literal["yearly", "releases", "flows", "destinations", "heatmap", "rank", "carried_forward"]


def report(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File to write: .html for a web page, .md for text, .xlsx for a workbook, "
            ".png or .svg for a chart.",
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
    chart: Annotated[
        Chart | None,
        typer.Option(help="Which chart to write. Default: yearly.", show_default=False),
    ] = None,
) -> None:
    """Write a report on one country of origin: a web page, text, a workbook or a chart."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render
        from warehouse.exports.report import ReportFormatError, write_report

        try:
            written = write_report(settings, origin, out, chart)
        except (PlaceError, ReportFormatError) as error:
            raise typer.BadParameter(str(error)) from error
        out_ = render.console()
        out_.print(render.plain(f"{out}: {written.summary}"), soft_wrap=True)
