"""`asylum claims` and `asylum check`: figures that others state, held against the database."""

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
        typer.Option("--document", help="Claims of this document alone.", show_default=False),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The day that counts as now, YYYY-MM-DD.", show_default=False),
    ] = None,
    format_: Annotated[
        ClaimFormat, typer.Option("--format", help="How to write it; json has the inputs, too.")
    ] = "table",
    explain: Annotated[
        bool, typer.Option("--explain", help="Each claim with its explanation and its inputs.")
    ] = False,
) -> None:
    """Figures that published documents state, held against the database of the day and of now."""
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
    year: Annotated[int, typer.Option(help="The year the figure is for.", show_default=False)],
    published: Annotated[
        str,
        typer.Option(help="Day the claim was published, YYYY-MM-DD.", show_default=False),
    ],
    value: Annotated[
        float, typer.Option(help="The figure: persons, percent, times, place.", show_default=False)
    ],
    origin: Annotated[
        str | None, typer.Option(help="Country of origin as ISO3.", show_default=False)
    ] = None,
    asylum: Annotated[
        str | None, typer.Option(help="Country of asylum as ISO3.", show_default=False)
    ] = None,
    measure: Annotated[str, typer.Option(help="What is counted.")] = "asylum_seekers_stock",
    unit: Annotated[
        Literal["persons", "cases"], typer.Option(help="persons or cases.")
    ] = "persons",
    kind: Annotated[CheckKind, typer.Option(help="What is claimed of the figure.")] = "level",
    from_year: Annotated[
        int | None, typer.Option("--from-year", help="First year of a sum.", show_default=False)
    ] = None,
    base_year: Annotated[
        int | None,
        typer.Option("--base-year", help="Year a change or ratio is from.", show_default=False),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0, help="How far off still agrees. Without it: exactly, and 0.5 for percent."
        ),
    ] = None,
    read_as: Annotated[
        Literal["stock", "flow"] | None,
        typer.Option(
            "--read-as",
            help="What the claim makes of it: stock (people waiting) or flow (claims of the year). "
            "Without it: what the measure is.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
) -> None:
    """One claim on the spot: did UNHCR's database say so on that day, and does it now?"""
    with failures():
        settings = load_settings()
        day = day_given("--published", published)
        assert day is not None
        origin, asylum = (iso3_codes([code])[0] if code else None for code in (origin, asylum))
        from warehouse.claims import audit  # noqa: PLC0415
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published.read import open_published  # noqa: PLC0415

        percent = kind in {"change", "share"}
        cells = {
            "document_id": "asked",
            "claim_id": "1",
            "kind": kind,
            "measure": measure,
            "counting_unit": unit,
            "origin_iso3": origin,
            "asylum_iso3": asylum,
            "from_year": year if from_year is None else from_year,
            "to_year": year,
            "base_from_year": base_year,
            "base_to_year": base_year,
            "stated_value": value,
            "tolerance": (0.5 if percent else 0) if tolerance is None else tolerance,
            "document_word": "people who apply" if read_as == "flow" else measure,
            "read_as": read_as or ("stock" if measure.endswith("_stock") else "flow"),
            "paraphrase": "The claim asked for",
            "location": "the command line",
        }
        with open_published(settings) as con:
            found = audit.check(con, cells, day)
        if format_ == "json":
            typer.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        else:
            render.console().print(render.checked(found))
