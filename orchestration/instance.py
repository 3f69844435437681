"""Dagster's own storage: a home in the data folder, set up here and nowhere else."""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

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


class RecordError(Exception):
    """Dagster's record of runs cannot be opened, read or written; nothing is made from it."""


@contextmanager
def record_errors_told(settings: Settings) -> Iterator[None]:
    """What SQLite says of the record of runs, as a RecordError that says what to do."""
    try:
        yield
    except (sqlite3.DatabaseError, sqlalchemy.exc.DatabaseError) as error:
        said = str(error).partition("\n")[0]
        raise RecordError(
            f"{settings.dagster_home}: the record of runs cannot be read or written: {said}. "
            f"See whether the disk is full, then run again; "
            f"`asylum run` replaces a record that is damaged."
        ) from error


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance for runs in this process. The UI shows the same runs."""
    home = str(ensure_home(settings))
    with (
        dg.DagsterInstance.from_config(home, COMMAND_CONFIG_FILE) as instance,
        _kept_open(instance.event_log_storage),
    ):
        yield instance


@contextmanager
def _kept_open(storage: Any) -> Iterator[None]:
    """Keep a connection to each SQLite file of Dagster's event log for as long as this lasts.

    Dagster makes an engine and opens a file for each statement, three times for a check. So 600
    checks of one asset took 10 to 13 s of CPU, and take 4 to 5 s on connections that stay. It asks
    for each check, too, whether tables and columns are there that it made itself: they are asked
    for once.
    SQLite, too, empties its write-ahead log whenever the last connection closes.
    Nothing is lost when the process is killed; after a power cut the newest events of Dagster's own
    record may be gone, never a figure.
    """
    kept: dict[str | None, sqlalchemy.Connection] = {}
    one_at_a_time = threading.Lock()

    @contextmanager
    def connected(
        file: str | None, first: AbstractContextManager[sqlalchemy.Connection]
    ) -> Iterator[sqlalchemy.Connection]:
        with one_at_a_time:
            if file not in kept:
                with first as connection:  # makes its tables
                    address = connection.engine.url
                kept[file] = sqlalchemy.create_engine(
                    address,
                    poolclass=sqlalchemy.StaticPool,
                    connect_args={"timeout": 60, "check_same_thread": False},
                ).connect()
                kept[file].exec_driver_sql("pragma synchronous = normal")
                kept[file].commit()
            with kept[file].begin():
                yield kept[file]

    of_run, of_all = storage.run_connection, storage.index_connection
    table_is_there, column_is_there = storage.has_table, storage.has_asset_key_col
    storage.run_connection = lambda run_id: connected(run_id, of_run(run_id))
    storage.index_connection = lambda: connected(None, of_all())
    storage.has_table = functools.cache(table_is_there)
    storage.has_asset_key_col = functools.cache(column_is_there)
    try:
        yield
    finally:
        storage.run_connection, storage.index_connection = of_run, of_all
        storage.has_table, storage.has_asset_key_col = table_is_there, column_is_there
        for connection in kept.values():
            connection.close()
            connection.engine.dispose()


if __name__ == "__main__":
    # What starts Dagster's own programs, as a service does, makes their home first.
    print(ensure_home(load_settings()))
