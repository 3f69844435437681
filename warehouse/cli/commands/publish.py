"""`asylum publish`: the published tables into PostgreSQL, or into an object store."""

from __future__ import annotations

from functools import partial
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
            help="postgresql://USER@HOST/DATABASE, or s3://BUCKET/PREFIX. Default: "
            "ASYLUM_POSTGRES_URL, or else ASYLUM_LAKE_URL. Put a password or key in a variable: "
            "other users of the machine can see a command line.",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            help="Schema of PostgreSQL to create or replace. Default: asylum.", show_default=False
        ),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(
            help="Role of PostgreSQL that may read it; created if missing. Default: asylum_reader.",
            show_default=False,
        ),
    ] = None,
    wait: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Seconds to wait for PostgreSQL's other publisher and readers. Default: 60.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Publish even if the same build is already there.")
    ] = False,
    verbose: VerboseOption = False,
) -> None:
    """Publish the tables to PostgreSQL or an object store; readers see all change at once."""
    with failures(verbose):
        settings = load_settings()
        log(verbose)
        from pydantic import SecretStr

        from warehouse.cli import render

        is_lake = to.startswith("s3:") if to else not settings.postgres_url and settings.lake_url
        if is_lake:
            given = {"--schema": schema, "--reader": reader, "--wait": wait}
            for option, value in given.items():
                if value is not None:
                    raise typer.BadParameter(
                        f"{option} is of PostgreSQL; the tables go to an object store here"
                    )
            from warehouse.published import lake

            with render.progress(render.console(stderr=True)) as on_progress:
                stands = lake.publish(
                    settings, to, force=force, on_table=partial(on_progress, "lake")
                )
            typer.echo(stands.sentence())
            return
        from warehouse.published import postgresql

        with render.progress(render.console(stderr=True)) as on_progress:
            done = postgresql.publish(
                settings,
                SecretStr(to) if to else None,
                schema=schema,
                reader=reader,
                wait=wait,
                force=force,
                on_table=partial(on_progress, "postgresql"),
            )
        typer.echo(done.sentence())
