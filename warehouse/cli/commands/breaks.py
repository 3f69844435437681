"""`asylum breaks`: where series break because of how countries of asylum report."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import countries, day_given
from warehouse.settings import load_settings


def breaks(
    asylum: Annotated[
        str | None,
        typer.Option(
            "--asylum", help="Only this country of asylum: ISO3 or name.", show_default=False
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only this kind.", show_default=False)
    ] = None,
    from_year: Annotated[
        int | None,
        typer.Option("--from-year", help="Only from this year on.", show_default=False),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="As known on this day, YYYY-MM-DD.", show_default=False),
    ] = None,
) -> None:
    """List breaks of reporting: withheld origins, silent countries, moved units and categories."""
    with failures():
        settings = load_settings()
        day = day_given("--as-of", as_of)
        from warehouse.cli import render
        from warehouse.published.countries import known_countries
        from warehouse.published.read import open_published
        from warehouse.reference.break_kinds import kinds
        from warehouse.serve import breaks as listing

        if kind is not None and kind not in kinds():
            raise typer.BadParameter(f"--kind {kind!r} is none of {', '.join(kinds())}")
        with open_published(settings) as con:
            chosen = countries([asylum] if asylum else [], "--asylum", known_countries(con))
            known = listing.thresholds(con)
            found = listing.breaks(
                con, asylum=next(iter(chosen), None), kind=kind, from_year=from_year, as_of=day
            )
        render.console().print(render.breaks(known, found))
