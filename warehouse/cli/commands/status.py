"""`asylum status`: what is landed, quarantined and published, and how the last run ended."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings


def status(
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    held: Annotated[
        bool, typer.Option("--held", help="Only quarantined snapshots, with all findings.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also every snapshot and every published table.")
    ] = False,
) -> None:
    """Show snapshots, releases, the quarantine, the published file and the last run."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render
        from warehouse.serve.status import gather

        state = gather(settings)
        if format_ == "json":
            if held:
                state = {name: state[name] for name in ("held_back", "quarantined")}
            typer.echo(json.dumps(state, indent=1, ensure_ascii=False))
        else:
            shown = render.held(state) if held else render.status(state, everything=everything)
            render.console().print(shown)
