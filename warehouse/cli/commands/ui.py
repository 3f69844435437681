"""`asylum ui`: Dagster's web UI."""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import refuse_taken
from warehouse.settings import PROJECT_ROOT, Settings, load_settings

# Dagster would have its command replaced by one of a package for developers.
_OF_DAGSTERS_OWN = "ignore:Function `dev_command` is superseded"


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 3000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; Dagster has no authentication.")
    ] = "127.0.0.1",
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            help="Nothing can be started or changed; schedules and sensors do not run.",
        ),
    ] = False,
) -> None:
    """Start Dagster's web UI; Ctrl-C stops it."""
    with failures():
        settings = load_settings()
        refuse_taken(host, port)
        from orchestration.instance import ensure_home

        home = ensure_home(settings)
        if not os.access(home, os.W_OK):  # Dagster writes there, with --read-only too
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(home))
        typer.echo(f"http://{host}:{port} (Ctrl-C stops it)")
        sys.stdout.flush()
        os.chdir(PROJECT_ROOT)
        # Both take the definitions from pyproject.toml of the folder.
        words = ("dagster_webserver", "--read-only") if read_only else ("dagster", "dev")
        # A shell without job control has what it starts in the background ignore Ctrl-C. Dagster
        # ends by SIGTERM as it does by Ctrl-C, so it would ignore both.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # This process becomes Dagster's: signals and its exit code are Dagster's own.
        os.execve(  # noqa: S606 - no shell, fixed words
            sys.executable,
            [
                *(sys.executable, "-W", _OF_DAGSTERS_OWN, "-m", *words),
                *("--host", host, "--port", str(port)),
            ],
            {**os.environ, **_paths(settings), "DAGSTER_HOME": str(home)},
        )


def _paths(settings: Settings) -> dict[str, str]:
    """Our paths as they are understood here: a relative one would follow the new directory."""
    return {
        "ASYLUM_DATA_DIR": str(settings.data_dir),
        "ASYLUM_STARTER_DIR": str(settings.starter_dir),
    }
