"""`asylum docs`: dbt's documentation as one page."""

from __future__ import annotations

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings


def docs() -> None:
    """Write dbt's documentation of tables, columns, tests and metrics as one offline page."""
    with failures():
        settings = load_settings()
        from warehouse.exports import dbt_docs

        typer.echo(dbt_docs.export_dbt_docs(settings))
