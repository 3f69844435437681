"""`asylum publish`: the published tables into PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import VerboseOption, log
from warehouse.settings import load_settings


def publish(
    *,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="URL",
            help="postgresql://USER@HOST/DATABASE. Without it: ASYLUM_POSTGRES_URL, which is the "
            "place for a password, since a command line is seen by all users of the machine.",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(help="Schema to make, or to replace. Without it: asylum.", show_default=False),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(
            help="Role that may read it, made if there is none. Without it: asylum_reader.",
            show_default=False,
        ),
    ] = None,
    wait: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Seconds of patience with another publisher, and with readers. Without it: 60.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Publish even if the same build stands there already.")
    ] = False,
    verbose: VerboseOption = False,
) -> None:
    """Put the published tables into PostgreSQL, in one step for who reads there."""
    with failures(verbose):
        settings = load_settings()
        log(verbose)
        from pydantic import SecretStr  # noqa: PLC0415

        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published import postgresql  # noqa: PLC0415

        with render.progress(render.console(stderr=True)) as on_progress:
            done = postgresql.publish(
                settings,
                SecretStr(to) if to else None,
                schema=schema,
                reader=reader,
                wait=wait,
                force=force,
                on_table=lambda label, n, total: on_progress("postgresql", label, n, total),
            )
        typer.echo(done.sentence())
