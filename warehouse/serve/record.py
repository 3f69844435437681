"""What Dagster's SQLite files keep of runs that it no longer knows: removed, room given back.

Dagster deletes a run's rows and leaves its file, the results of its checks, and the room. Only what
belongs to no run is touched here; where these files are laid out otherwise, nothing is.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from pathlib import Path

_SECONDS_TO_WAIT = 60
_INDEX = "index"
# Events of no run: what a sensor looked at. The newest of each asset and kind stays.
_OLD_EVENTS = """
    delete from event_logs
    where run_id = '' and timestamp < ? and id not in (
        select max(id) from event_logs where run_id = '' group by asset_key, dagster_event_type
    )
"""
_RUNS_OF_CHECKS = "select distinct run_id from asset_check_executions where run_id <> ''"
_CHECKS_OF_RUN = "delete from asset_check_executions where run_id = ?"
_OLD_CHECKS = """
    delete from asset_check_executions
    where run_id = '' and create_timestamp < ? and id not in (
        select max(id) from asset_check_executions group by asset_key, check_name
    )
"""


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def forget_deleted_runs(home: Path, known: Collection[str], older_than: datetime) -> int:
    """Remove what is left of runs that are not `known`, and events of no run that are older; give
    the room back. Returns how many files of runs were removed.
    """
    folder = home / "history" / "runs"
    removed = 0
    for path in sorted(folder.glob("*.db")):
        if path.stem not in {*known, _INDEX}:
            for part in folder.glob(f"{path.name}*"):
                part.unlink(missing_ok=True)
            removed += 1
    index = folder / f"{_INDEX}.db"
    if index.exists():
        _clean(index, known, older_than)
    for path in (index, home / "history" / "runs.db", home / "schedules" / "schedules.db"):
        if path.exists():
            with closing(sqlite3.connect(path, timeout=_SECONDS_TO_WAIT)) as con:
                con.execute("vacuum")
                con.execute("pragma wal_checkpoint(truncate)")
    return removed


def _clean(index: Path, known: Collection[str], older_than: datetime) -> None:
    with closing(sqlite3.connect(index, timeout=_SECONDS_TO_WAIT)) as con, con:
        stamp = older_than.replace(tzinfo=None).isoformat(sep=" ")
        con.execute(_OLD_EVENTS, [stamp])
        for (run_id,) in con.execute(_RUNS_OF_CHECKS).fetchall():
            if run_id not in known:
                con.execute(_CHECKS_OF_RUN, [run_id])
        con.execute(_OLD_CHECKS, [stamp])


def remove_old_files(data_dir: Path, patterns: Collection[str], older_than: datetime) -> list[str]:
    """Remove files and folders of these names that nothing was written to since then."""
    removed = []
    for pattern in patterns:
        for path in sorted(data_dir.glob(pattern)):
            if path.stat().st_mtime < older_than.timestamp():
                _remove(path)
                removed.append(str(path.relative_to(data_dir)))
    return removed


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
