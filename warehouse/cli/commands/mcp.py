"""`asylum mcp`: answers for assistants, over standard input and output."""

from __future__ import annotations

import importlib.util

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings


def mcp() -> None:
    """Answer assistants by the Model Context Protocol, over standard input and output."""
    with failures():
        if importlib.util.find_spec("mcp") is None:
            raise typer.BadParameter("the SDK is missing: pip install 'asylum-warehouse[mcp]'")
        settings = load_settings()
        from warehouse.serve.mcp import server

        server(settings).run("stdio")
