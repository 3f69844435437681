"""`asylum accept` and `asylum hold`: decide on a snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings

SnapshotArgument = Annotated[
    str,
    typer.Argument(
        help="DATASET@RELEASE, such as demographics@2025-12.1; or a snapshot's id, or DATASET/ID. "
        "`asylum status` lists them.",
        show_default=False,
    ),
]
WhyOption = Annotated[
    str,
    typer.Option("--why", help="The reason; it is stored with the snapshot.", show_default=False),
]


def accept(snapshot: SnapshotArgument, why: WhyOption) -> None:
    """Release a snapshot from quarantine; the next run uses it."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render
        from warehouse.serve import quarantine

        render.console().print(render.decided(quarantine.accept(settings, snapshot, why)))


def hold(snapshot: SnapshotArgument, why: WhyOption) -> None:
    """Quarantine a snapshot; from the next run on it is not used until somebody accepts it."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render
        from warehouse.serve import quarantine

        render.console().print(render.decided(quarantine.hold(settings, snapshot, why)))
