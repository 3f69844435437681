"""Dagster's own storage: a home in the data folder, set up here and nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import sqlalchemy
import yaml

from orchestration.keys import WRITERS
from warehouse.core import files
from warehouse.settings import Settings, load_settings

CONFIG_FILE = "dagster.yaml"
COMMAND_CONFIG_FILE = "command.yaml"

CONFIG = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {
        "pools": {"default_limit": 1, "granularity": "op"},
        "runs": {"max_concurrent_runs": 1},
    },
    # A run whose process died is found and marked so; what it had claimed is given back.
    "run_monitoring": {
        "enabled": True,
        "start_timeout_seconds": 600,
        "free_slots_after_run_end_seconds": 60,
    },
    "retention": {
        "schedule": {"purge_after_days": 365},
        "sensor": {"purge_after_days": {"skipped": 7, "failure": 90, "success": 365}},
    },
}


# A run on the command line shows its own progress: its output is not to be taken away.
COMMAND_CONFIG = CONFIG | {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
    }
}


def ensure_home(settings: Settings) -> Path:
    """The folder DAGSTER_HOME is to point at, with its configuration as it is now."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    for name, config in ((CONFIG_FILE, CONFIG), (COMMAND_CONFIG_FILE, COMMAND_CONFIG)):
        wanted = (
            f"# Written by {__name__}; changes made here do not last. Pool {WRITERS} has size 1.\n"
            + yaml.safe_dump(config, sort_keys=False)
        )
        if not (home / name).exists() or (home / name).read_bytes() != wanted.encode():
            files.write_text(home / name, wanted)
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance for runs in this process. The UI shows the same runs."""
    home = str(ensure_home(settings))
    with _kept_open(), dg.DagsterInstance.from_config(home, COMMAND_CONFIG_FILE) as instance:
        yield instance


@contextmanager
def _kept_open() -> Iterator[None]:
    """Keep a connection to each of Dagster's SQLite files for as long as this lasts.

    Dagster reopens a file for each event, and SQLite empties its write-ahead log whenever the
    last connection closes: a run of some thousand events waited for the disk longer than it built.
    Nothing is lost when the process is killed; after a power cut the newest events of Dagster's own
    record may be gone, never a figure.
    """
    kept: dict[str, sqlite3.Connection] = {}

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("pragma synchronous = normal")
        [(_, _, file)] = connection.execute("pragma database_list").fetchall()
        if file not in kept:
            kept[file] = sqlite3.connect(file, timeout=60, check_same_thread=False)
        # Without a read it has no part in the log.
        kept[file].execute("select count(*) from sqlite_schema").fetchall()

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", connected)
    try:
        yield
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "connect", connected)
        for connection in kept.values():
            connection.close()


if __name__ == "__main__":
    # What starts Dagster's own programs, as a service does, makes their home first.
    print(ensure_home(load_settings()))
