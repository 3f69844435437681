"""`asylum claims`, `asylum check` and `asylum audit`: published figures, compared with the
database.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import day_given
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from warehouse.claims.audit import Audit

ClaimFormat = Literal["table", "json", "csv", "markdown"]
FormatOption = Annotated[
    ClaimFormat, typer.Option("--format", help="Output format; json includes the inputs.")
]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Show the explanation and the inputs of each claim.")
]


def claims(
    document: Annotated[
        str | None,
        typer.Option("--document", help="Only the claims of this document.", show_default=False),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Treat this day as today, YYYY-MM-DD.", show_default=False),
    ] = None,
    format_: FormatOption = "table",
    explain: ExplainOption = False,
) -> None:
    """Compare figures in published documents with the database, at publication and now."""
    with failures():
        settings = load_settings()
        day = day_given("--as-of", as_of)
        from warehouse.claims import audit as audits
        from warehouse.published.read import open_published

        with open_published(settings) as con:
            found = audits.audit(con, document, day)
        _show(found, format_, explain=explain)


def audit(
    file: Annotated[Path, typer.Argument(help="CSV with columns of published_claims.csv.")],
    published: Annotated[
        str | None,
        typer.Option(
            help="Day of publication of the claims that give none, YYYY-MM-DD.", show_default=False
        ),
    ] = None,
    format_: FormatOption = "table",
    explain: ExplainOption = False,
) -> None:
    """Check the claims of a file of your own, in the register's shape."""
    with failures():
        settings = load_settings()
        day = day_given("--published", published)
        from warehouse.claims import audit as audits
        from warehouse.published.read import open_published

        with open_published(settings) as con:
            found = audits.audit_file(con, file, day)
        _show(found, format_, explain=explain)


def _show(found: Audit, format_: ClaimFormat, *, explain: bool) -> None:
    from warehouse.claims import audit as audits
    from warehouse.cli import render

    if format_ == "table":
        render.console().print(render.claims(found, explain=explain))
    else:
        written = {"json": audits.as_json, "csv": audits.as_csv, "markdown": audits.as_markdown}
        typer.echo(written[format_](found).rstrip("\n"))


def check(  # noqa: PLR0917 - options, given by name
    year: Annotated[
        str,
        typer.Option(
            help="Year of the figure: 2024, several: 2012-2024, or a day: 2023-06-30.",
            show_default=False,
        ),
    ],
    published: Annotated[
        str,
        typer.Option(help="Day on which the claim was published, YYYY-MM-DD.", show_default=False),
    ],
    value: Annotated[
        str | None,
        typer.Option(
            help="The figure as printed: 1,158,739, 2.75m, 8.4 million, 13 %, '1 in 67'. "
            "A rate is told in percent, with its %.",
            show_default=False,
        ),
    ] = None,
    at_least: Annotated[
        str | None, typer.Option(help="The lowest that is stated.", show_default=False)
    ] = None,
    at_most: Annotated[
        str | None, typer.Option(help="The highest that is stated.", show_default=False)
    ] = None,
    wording: Annotated[
        str | None,
        typer.Option(
            help="How the figure is hedged: about, over, nearly, almost, under, equals, "
            "slightly_below or slightly_above.",
            show_default=False,
        ),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            help="Countries of origin: ISO3 or name, a group, several with +, top:5; default: all.",
            show_default=False,
        ),
    ] = None,
    asylum: Annotated[
        str | None,
        typer.Option(help="Countries of asylum, in the same way.", show_default=False),
    ] = None,
    measure: Annotated[
        str,
        typer.Option(help="The measure, or a sum: refugees_stock+oip_stock, forcibly_displaced."),
    ] = "asylum_seekers_stock",
    population_type: Annotated[
        str | None,
        typer.Option(help="Of demographics: REF, ASY, IDP, …", show_default=False),
    ] = None,
    unit: Annotated[
        Literal["persons", "cases"], typer.Option(help="Counting unit: persons or cases.")
    ] = "persons",
    kind: Annotated[str, typer.Option(help="Kind of claim, by claim_kinds.")] = "level",
    from_year: Annotated[
        int | None, typer.Option("--from-year", help="First of several years.", show_default=False)
    ] = None,
    base_year: Annotated[
        str | None,
        typer.Option("--base-year", help="Year or years it is compared with.", show_default=False),
    ] = None,
    base_measure: Annotated[
        str | None,
        typer.Option(help="Measure it is compared with: a denominator.", show_default=False),
    ] = None,
    base_origin: Annotated[
        str | None, typer.Option(help="Origin it is compared with.", show_default=False)
    ] = None,
    base_asylum: Annotated[
        str | None, typer.Option(help="Country of asylum it is compared with.", show_default=False)
    ] = None,
    relation: Annotated[
        str | None, typer.Option(help="Of a comparison: above, below, equal.", show_default=False)
    ] = None,
    among: Annotated[
        str | None,
        typer.Option(
            help="Of a place: origins, hosts, destinations or origins_in_host.", show_default=False
        ),
    ] = None,
    share_of: Annotated[
        str | None, typer.Option(help="Of a share: origin, host, world, base.", show_default=False)
    ] = None,
    count_of: Annotated[
        str | None,
        typer.Option(help="Of a count: countries, hosts, origins, years.", show_default=False),
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            help="Of a count: the lowest that counts. Of a threshold_year: the sum passed.",
            show_default=False,
        ),
    ] = None,
    threshold_high: Annotated[
        str | None,
        typer.Option(help="Of a count: the highest that counts.", show_default=False),
    ] = None,
    per: Annotated[
        str | None, typer.Option(help="Per so many inhabitants: 1000.", show_default=False)
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Largest difference that still agrees. Default: as the last digit is rounded.",
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
    options = dict(locals())
    with failures():
        settings = load_settings()
        day = day_given("--published", published)
        assert day is not None
        from warehouse.claims import audit as audits
        from warehouse.claims.asked import AskedError, asked_as, asked_in_options
        from warehouse.cli import render
        from warehouse.published.countries import known_countries
        from warehouse.published.read import open_published

        with open_published(settings) as con:
            try:
                cells = asked_in_options(
                    options, known_countries(con), "the command line", audits.regions(con)
                )
            except AskedError as error:
                named = f"{_option(error.option)}: " if error.option else ""
                raise typer.BadParameter(f"{named}{error}") from error
            called = {column: _option(name) for column, name in asked_as(options).items()}
            found = audits.check(con, cells, day, called)
        if format_ == "json":
            typer.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        else:
            render.console().print(render.checked(found))


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
