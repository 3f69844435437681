"""Another process that holds something."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from warehouse.settings import PROJECT_ROOT

_OPEN = "import duckdb, sys; con = duckdb.connect(sys.argv[1])"


@contextmanager
def after(code: str, *arguments: str) -> Iterator[None]:
    """For as long as this lasts another process is where `code` leads to."""
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; print('held', flush=True); input()", *arguments],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline()
        try:
            yield
        finally:
            holder.kill()


def held_by_another(database: Path) -> AbstractContextManager[None]:
    """For as long as this lasts another process has opened the file to write to it."""
    return after(_OPEN, str(database.absolute()))
