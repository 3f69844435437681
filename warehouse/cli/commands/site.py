"""`asylum site`: all countries and releases as static files for a web server."""

from __future__ import annotations

import functools
import http.server
import socketserver
import sys
from pathlib import Path
from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import refuse_taken
from warehouse.settings import load_settings

HOST = "127.0.0.1"
PORT = 8000


def site(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder to write: a new or empty one, or an earlier site. "
            "Default: exports/site in the data folder.",
            show_default=False,
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Then show it on loopback, until Ctrl-C.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            help=f"Port to listen on, with --serve. Default: {PORT}.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a site of all countries and releases, for any web server."""
    with failures():
        settings = load_settings()
        if port is not None and not serve:
            raise typer.BadParameter("--port needs --serve: nothing listens without it")
        if serve:
            refuse_taken(HOST, port or PORT)
        from warehouse.cli import render
        from warehouse.exports.site import FOLDER, SiteFolderError, write_site

        folder = out or settings.exports_dir / FOLDER
        try:
            written = write_site(settings, folder)
        except SiteFolderError as error:
            raise typer.BadParameter(str(error)) from error
        render.console().print(render.plain(f"{folder}: {written.summary}"), soft_wrap=True)
        if serve:
            _serve(folder, port or PORT)


def _serve(folder: Path, port: int) -> None:
    handler = functools.partial(_Quiet, directory=str(folder))
    with socketserver.ThreadingTCPServer((HOST, port), handler) as server:
        server.daemon_threads = True
        typer.echo(f"http://{HOST}:{port}/ (Ctrl-C stops it)")
        sys.stdout.flush()
        server.serve_forever()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of one folder, on loopback, without a line for each."""

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""
