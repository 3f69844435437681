"""How a DuckDB file is opened: the same limits everywhere, nothing fetched from the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.settings import Settings


class DatabaseBusyError(Exception):
    """Another process holds the file."""


@contextmanager
def connect(path: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open `path` for writing (it is created if missing) and close it whatever happens.

    Raises DatabaseBusyError when another process holds the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    spill = settings.data_dir / "tmp"
    try:
        con = duckdb.connect(
            str(path),
            config={
                "memory_limit": settings.memory_limit,
                "temp_directory": str(spill),
                "threads": str(settings.threads),
                "autoinstall_known_extensions": "false",
            },
        )
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise DatabaseBusyError(
            f"{path} is held by another process ({error}). "
            f"Only the build opens this file: close whatever else does and run again."
        ) from error
    try:
        yield con
    finally:
        con.close()


def literal(value: str | None) -> str:
    """A SQL text literal, for places where DuckDB takes no parameter."""
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
