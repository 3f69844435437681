"""Dagster's SQLite storage, for a run in this process: the same files, opened once.

Dagster opens a database anew and waits for the disk for each event, three times over for an asset
check. A run here has some thousand events, and this took longer than building the warehouse. What
is kept safe is the same against a killed process; after a power cut the newest events of Dagster's
own record may be gone, never a figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _event_logs_directory
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool


class OpenEventLogStorage(SqliteEventLogStorage):
    """Keeps the connection to each of its databases until `dispose`."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.get(shard)
            if engine is None:
                engine = self._engines[shard] = _engine(
                    create_db_conn_string(self._base_dir, shard)
                )
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; Dagster asks it for each check, and none goes away."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the databases."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


class OpenSqliteStorage(DagsterSqliteStorage):
    """The storage of a home, with the event log above."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = OpenEventLogStorage(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> OpenSqliteStorage:
        """Made by Dagster from what `instance.open_instance` says."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _engine(address: str) -> Engine:
    engine = sqlalchemy.create_engine(
        address,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": 60},
    )

    @sqlalchemy.event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.execute("pragma synchronous = normal")

    return engine
