"""`asylum doctor`: checks all of the data folder and repairs what can be made again."""

from __future__ import annotations

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings


def doctor() -> None:
    """Check every landed file, both databases and all notes; repair what can be made again."""
    with failures():
        settings = load_settings()
        from orchestration.resources import exclusive
        from warehouse.cli import render
        from warehouse.serve.doctor import examine

        with exclusive(settings, patience=0):
            found = examine(settings)
        render.console().print(render.findings(found))
        if any(one.outcome == "problem" for one in found):
            raise typer.Exit(1)
