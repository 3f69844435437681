"""`asylum metrics`: MetricFlow on the published file."""

from __future__ import annotations

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings


def metrics(context: typer.Context) -> None:
    """Query metrics with MetricFlow: `query --metrics … --group-by …`, `list metrics`."""
    with failures():
        settings = load_settings()
        from warehouse.serve import metrics as metricflow

        if context.args[:1] == ["query"] and (said := metricflow.partly_loaded(settings)):
            typer.echo(f"asylum: {said}", err=True)
        code = metricflow.run(settings, context.args)
        if code and context.args[:1] == ["query"]:
            typer.echo(
                "asylum: MetricFlow did not take the query. By what a metric can be grouped: "
                "asylum metrics list dimensions --metrics NAME",
                err=True,
            )
    raise typer.Exit(code)
