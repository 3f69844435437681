"""`asylum claims` and `asylum check`: published figures, compared with the database."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import day_given, iso3_codes
from warehouse.settings import load_settings

ClaimFormat = Literal["table", "json", "csv", "markdown"]
CheckKind = Literal["level", "sum", "change", "ratio", "share", "rank"]


def claims(
    document: Annotated[
        str | None,
        typer.Option("--document", help="Only the claims of this document.", show_default=False),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Treat this day as today, YYYY-MM-DD.", show_default=False),
    ] = None,
    format_: Annotated[
        ClaimFormat, typer.Option("--format", help="Output format; json includes the inputs.")
    ] = "table",
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the explanation and the inputs of each claim.")
    ] = False,
) -> None:
    """Compare figures in published documents with the database, at publication and now."""
    with failures():
        settings = load_settings()
        day = day_given("--as-of", as_of)
        from warehouse.claims import audit  # noqa: PLC0415
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published.read import open_published  # noqa: PLC0415

        with open_published(settings) as con:
            found = audit.audit(con, document, day)
        if format_ == "table":
            render.console().print(render.claims(found, explain=explain))
        else:
            written = {"json": audit.as_json, "csv": audit.as_csv, "markdown": audit.as_markdown}
            typer.echo(written[format_](found).rstrip("\n"))


def check(  # noqa: PLR0917 - options, given by name
    year: Annotated[int, typer.Option(help="Year of the figure.", show_default=False)],
    published: Annotated[
        str,
        typer.Option(help="Day on which the claim was published, YYYY-MM-DD.", show_default=False),
    ],
    value: Annotated[
        float, typer.Option(help="The figure: persons, percent, ratio or rank.", show_default=False)
    ],
    origin: Annotated[
        str | None, typer.Option(help="Country of origin as ISO3.", show_default=False)
    ] = None,
    asylum: Annotated[
        str | None, typer.Option(help="Country of asylum as ISO3.", show_default=False)
    ] = None,
    measure: Annotated[
        str, typer.Option(help="The measure, by its column name.")
    ] = "asylum_seekers_stock",
    unit: Annotated[
        Literal["persons", "cases"], typer.Option(help="Counting unit: persons or cases.")
    ] = "persons",
    kind: Annotated[CheckKind, typer.Option(help="Kind of claim.")] = "level",
    from_year: Annotated[
        int | None, typer.Option("--from-year", help="First year of a sum.", show_default=False)
    ] = None,
    base_year: Annotated[
        int | None,
        typer.Option("--base-year", help="Base year of a change or ratio.", show_default=False),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0, help="Largest difference that still agrees. Default: 0, and 0.5 for percent."
        ),
    ] = None,
    read_as: Annotated[
        Literal["stock", "flow"] | None,
        typer.Option(
            "--read-as",
            help="How the claim reads the figure: stock (people waiting) or flow (claims of the "
            "year). Default: what the measure is.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
) -> None:
    """Check one figure: did UNHCR's database have it at publication, and does it now?"""
    with failures():
        settings = load_settings()
        day = day_given("--published", published)
        assert day is not None
        origin, asylum = (iso3_codes([code])[0] if code else None for code in (origin, asylum))
        from warehouse.claims import audit  # noqa: PLC0415
        from warehouse.claims.asked import asked  # noqa: PLC0415
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published.read import open_published  # noqa: PLC0415

        cells = asked(
            origin=origin,
            asylum=asylum,
            year=year,
            measure=measure,
            value=value,
            kind=kind,
            unit=unit,
            from_year=from_year,
            base_year=base_year,
            tolerance=tolerance,
            read_as=read_as,
        )
        with open_published(settings) as con:
            found = audit.check(con, cells, day)
        if format_ == "json":
            typer.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        else:
            render.console().print(render.checked(found))
