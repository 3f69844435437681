"""`asylum accept` and `asylum hold`: decide on a snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings

SnapshotArgument = Annotated[
    str,
    typer.Argument(
        help="DATASET@RELEASE, such as demographics@2025-12.1, for all its snapshots, of the "
        "archive and of the API; or one by its id, or DATASET/ID. "
        "`asylum status --all` lists them.",
        show_default=False,
    ),
]
WhyOption = Annotated[
    str,
    typer.Option("--why", help="The reason; it is stored with the snapshot.", show_default=False),
]


def accept(snapshot: SnapshotArgument, why: WhyOption) -> None:
    """Release a snapshot, or those of a release, from quarantine; the next run uses them."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render
        from warehouse.serve import quarantine

        render.console().print(render.decided(quarantine.accept(settings, snapshot, why)))


def hold(snapshot: SnapshotArgument, why: WhyOption) -> None:
    """Quarantine a snapshot, or those of a release: not used until somebody accepts them."""
    with failures():
        settings = load_settings()
        from warehouse.cli import render
        from warehouse.serve import quarantine

        render.console().print(render.decided(quarantine.hold(settings, snapshot, why)))
