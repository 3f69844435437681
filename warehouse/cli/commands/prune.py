"""`asylum prune`: removes old runs, their events, and damaged files that were rebuilt."""

from __future__ import annotations

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings


def prune() -> None:
    """Remove runs older than ASYLUM_KEEP_DAYS or beyond ASYLUM_KEEP_RUNS, and old damaged files."""
    with failures():
        settings = load_settings()
        from orchestration.housekeeping import prune as remove_old
        from orchestration.instance import open_instance, record_errors_told
        from orchestration.resources import exclusive

        with (
            exclusive(settings, patience=0),
            record_errors_told(settings),
            open_instance(settings) as instance,
        ):
            done = remove_old(settings, instance)
        typer.echo(
            f"{done.runs} runs and {len(done.files)} files removed. Dagster's record: "
            f"{done.bytes_before / 1e6:,.1f} MB before, {done.bytes_after / 1e6:,.1f} MB now."
        )
