"""What other processes do until they are killed: at a place in the code, or by the test that has
begun them (`tests.other_processes.begin`). The test looks at what they leave behind.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import duckdb

from orchestration.runner import run_refresh
from tests.warehouse.small_build import KEYS, LINEAGE, export_all
from warehouse.build import dbt, raw
from warehouse.core import files
from warehouse.landing import backfill as archive
from warehouse.landing import snapshots
from warehouse.published import write
from warehouse.serve import quarantine
from warehouse.settings import Settings

FETCHED = ["population", "idmc", "regions"]


def _die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a process outlives SIGKILL")


def _dying(whole: Callable[..., Any], call: int) -> Callable[..., Any]:
    """A function in which this process dies at the call of this number, from 1."""
    calls = 0

    def function(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return _die() if calls == call else whole(*given, **named)

    return function


def crawl(settings: Settings, what: str, call: int) -> None:
    """Land three endpoints; die at the call of this number of "rename", "replace" or "fsync". At a
    "request" the test kills.
    """
    if what != "request":
        place: Any = os if what == "fsync" else Path
        setattr(place, what, _dying(getattr(place, what), call))
    snapshots.crawl(settings, endpoints=FETCHED)


def backfill(settings: Settings, archive_url: str, reference_dir: Path) -> None:
    """Land all releases of an archive."""
    archive.backfill(settings, archive_url=archive_url, reference_dir=reference_dir)


def accept(settings: Settings, snapshot_id: str, after: str) -> None:
    """Release a snapshot from quarantine; die after this function of `warehouse.core.files`."""
    whole = getattr(files, after)
    setattr(files, after, lambda *given: (whole(*given), _die()))
    quarantine.accept(settings, snapshot_id, "why")


def load(settings: Settings, seconds: float) -> None:
    """Load what is landed, and die after so many seconds."""
    threading.Timer(seconds, _die).start()
    raw.load(settings)


def forge(database: Path) -> None:
    """Write a row into a database, and die before it is in the file itself."""
    con = duckdb.connect(str(database))
    con.execute("pragma disable_checkpoint_on_shutdown")
    con.execute("insert into dim_country values ('XXX', null, 'Forged', null, 'Forged')")
    _die()


def build(settings: Settings, nodes: int) -> None:
    """Build with dbt, and die after so many nodes."""
    dbt.build(settings, lambda _, done, __: _die() if done == nodes else None)


def publish(settings: Settings, where: str) -> None:
    """Publish with the fingerprint "new", and die at a place."""
    module: Any = write
    if where == "between two tables":
        module._copy = _dying(write._copy, 2)
    elif where == "before the count":
        module._verify = _die
    elif where == "before the swap":
        files.replace = _die
    elif where == "after the swap":
        files.sync_folder = _die
    write.publish(settings, lineage=LINEAGE | {"build_fingerprint": "new"}, keys=KEYS)


def run(settings: Settings, stage: str) -> None:
    """Run everything, and die in a stage: in "models" after the first."""

    def see(at: str, _: str, done: int, __: int | None) -> None:
        if at == stage and done >= (stage == "models"):
            _die()

    run_refresh(settings, on_progress=see)


def export(settings: Settings, swaps: int) -> None:
    """Export all, and die after so many files were swapped."""
    files.replace = _dying(files.replace, swaps + 1)
    export_all(settings)
