"""Marts -> the read-only file that readers open.

All tables of the build's schemas `marts` and `reference` go into schema `main` of a new file, in
the format DuckDB 1.5 reads too, sorted by their key, with types, NOT NULL and comments kept; so do
the tables of schema `intermediate` that are asked for, table functions over all these, and the
tables about them (`warehouse.published.about`). The finished file takes the old one's place in one
step.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout
from pydantic import ValidationError

from warehouse.build.lineage import Lineage
from warehouse.core import files
from warehouse.core.database import (
    MEMORY,
    DatabaseBusyError,
    connect,
    identifier,
    is_in_use,
    literal,
)
from warehouse.published.about import ABOUT_KEYS, describe
from warehouse.published.built import BuiltTable, PublishError, built_tables, described_alike
from warehouse.published.functions import (
    TableFunction,
    as_of_functions,
    built_functions,
    create,
    must_answer,
)
from warehouse.settings import Settings

# Readers may have an older DuckDB than the build.
STORAGE_VERSION = "v1.5.0"
_LOCK_SECONDS = 120


@dataclass(frozen=True)
class Published:
    """The file as published: rows by table, `built_at` in UTC, size in bytes."""

    path: Path
    release: str
    built_at: datetime
    build_fingerprint: str
    rows: dict[str, int] = field(default_factory=dict)
    bytes: int = 0


def publish(
    settings: Settings,
    *,
    lineage: Mapping[str, Any],
    keys: Mapping[str, Sequence[str]] | None = None,
    only: Collection[str] | None = None,
    functions: Collection[str] = (),
    as_of: Mapping[str, str] | None = None,
    described_like: Mapping[str, str] | None = None,
) -> Published:
    """Publish the build and return what stands there now.

    `lineage` has the fields of `Lineage`. `keys` gives the columns of a table's primary key, by
    table name; without it the key is the table's PRIMARY KEY constraint, if it has one. `only`
    names the tables that belong to the project as it is now: others (left by models since
    deleted) are not published, and one that is missing is an error. `functions` names the table
    functions of schema `marts` to publish; what they read must be among the tables. `as_of` gives
    the functions to make of tables whose rows stand from a day to a day, as table by name of the
    function: NAME(day) answers with the rows that stood on that day. A column without a comment
    takes that of the table that `described_like` names for its table.

    Raises PublishError when the build has nothing to publish, has a view among its tables, two
    tables of one name, a function that does not answer from what is published, or when the new
    file does not hold what the build holds;
    DatabaseBusyError when another process holds the build. In all these cases, and when it is
    killed, the old published file stays.
    """
    try:
        known = Lineage.model_validate(dict(lineage))
    except ValidationError as error:
        raise PublishError(f"Cannot publish without a whole lineage: {error}") from error
    if not settings.build_db.exists():
        raise PublishError(f"There is no build at {settings.build_db}. Run `asylum run` first.")

    target = settings.published_db
    target.parent.mkdir(parents=True, exist_ok=True)
    with _one_publisher(target):
        for left in _temporaries(target):
            left.unlink()
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        built_at = datetime.now(UTC).replace(microsecond=0)
        try:
            tables, found = _write(
                settings,
                temporary,
                known,
                built_at,
                keys=keys or {},
                only=only,
                functions=functions,
                as_of=as_of or {},
                described_like=described_like or {},
            )
            _verify(settings, temporary, tables, found)
            # A journal beside the old file can only come from somebody who wrote into it; DuckDB
            # would replay it into the new one.
            _journal(target).unlink(missing_ok=True)
            files.replace(temporary, target)
        finally:
            for left in _temporaries(target):
                left.unlink()
    return Published(
        path=target,
        release=known.release,
        built_at=built_at,
        build_fingerprint=known.build_fingerprint,
        rows={table.name: table.rows for table in tables},
        bytes=target.stat().st_size,
    )


@contextmanager
def _one_publisher(target: Path) -> Iterator[None]:
    lock = FileLock(target.with_name(f".{target.name}.lock"), timeout=_LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise PublishError(
            f"Another process has been publishing {target} for {_LOCK_SECONDS} seconds. "
            f"Wait for it to end and run again."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _temporaries(target: Path) -> list[Path]:
    """Unfinished files, of this run or of killed ones, with their journals."""
    return sorted(target.parent.glob(f".{target.name}.*.tmp*"))


def _journal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _write(
    settings: Settings,
    temporary: Path,
    lineage: Lineage,
    built_at: datetime,
    *,
    keys: Mapping[str, Sequence[str]],
    only: Collection[str] | None,
    functions: Collection[str],
    as_of: Mapping[str, str],
    described_like: Mapping[str, str],
) -> tuple[list[BuiltTable], list[TableFunction]]:
    with connect(MEMORY, settings) as con:
        _attach_build(con, settings.build_db)
        tables = described_alike(
            built_tables(con, settings.build_db, keys, only, reserved=ABOUT_KEYS), described_like
        )
        found = [
            *as_of_functions(settings.build_db, tables, as_of),
            *built_functions(con, settings.build_db, functions),
        ]
        con.execute(
            f"attach {literal(str(temporary))} as published "
            f"(storage_version {literal(STORAGE_VERSION)})"
        )
        # One transaction: else every comment is written to the disk on its own.
        con.execute("begin")
        for table in tables:
            _copy(con, table)
        describe(con, lineage, built_at, tables, found)
        con.execute("commit")
        con.execute("detach build")  # no function can lean on it
        create(con, found)
        # Detaching writes everything into the file itself and removes its journal.
        con.execute("detach published")
    return tables, found


def _attach_build(con: duckdb.DuckDBPyConnection, build: Path) -> None:
    try:
        con.execute(f"attach {literal(str(build))} as build (read_only)")
    except duckdb.Error as error:
        if not is_in_use(error) and "already attached" not in str(error):
            raise
        raise DatabaseBusyError(
            f"{build} is still open elsewhere ({error}). "
            f"Close what holds it (or end the build that does) and run again."
        ) from error


def _copy(con: duckdb.DuckDBPyConnection, table: BuiltTable) -> None:
    columns = ", ".join(
        f"{identifier(c.name)} {c.type}{'' if c.nullable else ' not null'}" for c in table.columns
    )
    names = ", ".join(identifier(c.name) for c in table.columns)
    order = ", ".join(identifier(name) for name in table.order)
    con.execute(f"create table {table.published} ({columns})")
    con.execute(
        f"insert into {table.published} ({names}) "
        f"select {names} from {table.in_build} order by {order}"
    )
    if table.comment is not None:
        con.execute(f"comment on table {table.published} is {literal(table.comment)}")
    for column in table.columns:
        if column.comment is not None:
            con.execute(
                f"comment on column {table.published}.{identifier(column.name)} "
                f"is {literal(column.comment)}"
            )


def _verify(
    settings: Settings,
    temporary: Path,
    tables: Sequence[BuiltTable],
    functions: Sequence[TableFunction],
) -> None:
    """Open what was written as a reader would, and hold it against the build."""
    if _journal(temporary).exists():
        raise PublishError(
            f"{temporary}: DuckDB left a journal beside the finished file, so the file is not "
            f"whole. The published file was not touched; run again."
        )
    with connect(MEMORY, settings) as con:
        con.execute(f"attach {literal(str(temporary))} as published (read_only)")
        for table in tables:
            [(rows,)] = con.execute(f"select count(*) from {table.published}").fetchall()
            if rows != table.rows:
                raise PublishError(
                    f"{table.name}: {table.rows:,} rows in the build, {rows:,} in the file to be "
                    f"published. The published file was not touched; run again."
                )
        con.execute("use published")
        names = {table.name for table in tables}
        for function in functions:
            # A parameter that stands for a table is called like one that fits.
            given = ", ".join(literal(p) if p in names else "null" for p in function.parameters)
            with must_answer(function):
                con.execute(f"from {identifier(function.name)}({given}) limit 0")
