"""Marts -> the read-only file that readers open.

All tables of the build's schemas `marts` and `reference` go into schema `main` of a new file, in
the format DuckDB 1.5 reads too, sorted by their key, with types, NOT NULL and comments kept; so do
the tables of schema `intermediate` that are asked for, and table functions over all these. The
finished file takes the old one's place in one step. Beside them stand four tables about them:
`about` (what a reader must know, one fact a row), `about_snapshots` (what it was made from),
`about_tables` (rows and key of each table) and `about_functions` (how each is called).
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout
from pydantic import ValidationError

from warehouse.build.lineage import SCHEMAS, Lineage
from warehouse.core import atomic, attribution
from warehouse.core.database import DatabaseBusyError, connect, identifier, literal
from warehouse.settings import PROJECT_NAME, Settings

# Of this one only what is asked for.
ON_REQUEST = "intermediate"
# Readers may have an older DuckDB than the build.
STORAGE_VERSION = "v1.5.0"
# The tables about the tables, and the columns that tell their rows apart.
ABOUT_KEYS = {
    "about": ("item",),
    "about_snapshots": ("endpoint", "snapshot_id"),
    "about_tables": ("table_name",),
    "about_functions": ("function_name",),
}
# What the build's own tool leaves behind when it is killed between two renames.
_LEFT_BY_DBT = "__dbt_"
_LOCK_SECONDS = 120
_MEMORY = Path(":memory:")
# What says of a column from when on it was not NULL, within a row of a history.
KNOWN_FROM = "_known_from"


class PublishError(Exception):
    """The build cannot be published as it is; the published file stands as it was."""


class PublishedMissingError(Exception):
    """There is no published file, or it cannot be read."""


@dataclass(frozen=True)
class Published:
    """The file as published: rows by table, `built_at` in UTC, size in bytes."""

    path: Path
    release: str
    built_at: datetime
    build_fingerprint: str
    rows: dict[str, int] = field(default_factory=dict)
    bytes: int = 0


@dataclass(frozen=True)
class _Column:
    name: str
    type: str
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class _Function:
    """A function that answers with a table; `query` names tables as the published file does.

    `history` is the table it filters by a day, where it does no more than that.
    """

    name: str
    parameters: list[str]
    query: str
    comment: str | None
    history: str | None = None


@dataclass(frozen=True)
class _Table:
    schema: str
    name: str
    comment: str | None
    columns: list[_Column]
    key: list[str]
    rows: int

    @property
    def in_build(self) -> str:
        return f"build.{identifier(self.schema)}.{identifier(self.name)}"

    @property
    def published(self) -> str:
        return f"published.main.{identifier(self.name)}"

    @property
    def order(self) -> list[str]:
        """The key first; the other columns make the order one even where no key is known."""
        return [*self.key, *(c.name for c in self.columns if c.name not in self.key)]


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
            atomic.replace(temporary, target)
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
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Read the published file; its tables are found without a schema name.

    It is attached to a connection of its own: a second `duckdb.connect` to the same path would
    be given the file that another connection of this process still holds, after a swap the old
    one. Raises PublishedMissingError when there is none or it cannot be read.
    """
    path = settings.published_db
    if not path.exists():
        raise PublishedMissingError(
            f"There is no published file yet at {path}. Make one with `asylum run`."
        )
    with connect(_MEMORY, settings) as con:
        try:
            con.execute(f"attach {literal(str(path))} as asylum (read_only)")
        except duckdb.Error as error:
            raise PublishedMissingError(
                f"{path} cannot be read: {error}. Make it anew with `asylum run`."
            ) from error
        con.execute("use asylum")
        yield con


def read_about(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table `about` of an opened published file, as value by item."""
    return dict(con.execute("select item, value from about").fetchall())


def published_fingerprint(settings: Settings) -> str | None:
    """The fingerprint of the build that was published last; None if there is no file that says."""
    try:
        with open_published(settings) as con:
            return read_about(con).get("build_fingerprint")
    except (PublishedMissingError, duckdb.Error):
        # Whatever is wrong with the file, a new one is the remedy, and None brings it about.
        return None


def project_version() -> str:
    """The version of this project as installed."""
    try:
        return version(PROJECT_NAME)
    except PackageNotFoundError:
        return "not installed"


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
) -> tuple[list[_Table], list[_Function]]:
    with connect(_MEMORY, settings) as con:
        _attach_build(con, settings.build_db)
        tables = _described_alike(_tables(con, settings.build_db, keys, only), described_like)
        found = [
            *_as_of_functions(settings.build_db, tables, as_of),
            *_functions(con, settings.build_db, functions),
        ]
        con.execute(
            f"attach {literal(str(temporary))} as published "
            f"(storage_version {literal(STORAGE_VERSION)})"
        )
        # One transaction: else every comment is written to the disk on its own.
        con.execute("begin")
        for table in tables:
            _copy(con, table)
        _describe(con, lineage, built_at, tables, found)
        con.execute("commit")
        con.execute("detach build")  # no function can lean on it
        _create(con, found)
        # Detaching writes everything into the file itself and removes its journal.
        con.execute("detach published")
    return tables, found


def _attach_build(con: duckdb.DuckDBPyConnection, build: Path) -> None:
    try:
        con.execute(f"attach {literal(str(build))} as build (read_only)")
    except duckdb.Error as error:
        if "lock" not in str(error) and "already attached" not in str(error):
            raise
        raise DatabaseBusyError(
            f"{build} is still open elsewhere ({error}). "
            f"Close what holds it (or end the build that does) and run again."
        ) from error


def _tables(
    con: duckdb.DuckDBPyConnection,
    build: Path,
    keys: Mapping[str, Sequence[str]],
    only: Collection[str] | None,
) -> list[_Table]:
    """What is to be published, by name; refuses what cannot be."""
    schemas = ", ".join(literal(schema) for schema in SCHEMAS)
    requested = f"[{', '.join(literal(name) for name in only or ())}]::varchar[]"
    views = con.execute(
        f"select schema_name || '.' || view_name from duckdb_views() "
        f"where database_name = 'build' and schema_name in ({schemas}) order by all"
    ).fetchall()
    if views:
        raise PublishError(
            f"{build}: {', '.join(name for (name,) in views)} is a view. Only tables are "
            f"published, since a view names the file it was made in: materialise it as a table."
        )
    found = con.execute(
        f"select schema_name, table_name, comment from duckdb_tables() "
        f"where database_name = 'build' "
        f"and (schema_name in ({schemas}) or schema_name = {literal(ON_REQUEST)} "
        f"and list_contains({requested}, table_name)) "
        f"and not contains(table_name, {literal(_LEFT_BY_DBT)}) order by table_name, schema_name"
    ).fetchall()
    if only is not None:
        missing = sorted(set(only) - {name for _, name, _ in found})
        if missing:
            raise PublishError(
                f"{build}: {', '.join(missing)} is not in schema {' or '.join(SCHEMAS)}. "
                f"Build everything before publishing."
            )
        found = [row for row in found if row[1] in only]
    if not found:
        raise PublishError(
            f"{build}: no tables in schema {' or '.join(SCHEMAS)}. Build before publishing."
        )
    taken: dict[str, str] = dict.fromkeys(ABOUT_KEYS, "this file")
    for schema, name, _ in found:
        if name.lower() in taken:
            raise PublishError(
                f"{build}: {schema}.{name} has the name of a table of {taken[name.lower()]}. "
                f"Published tables share one schema: rename one of the two."
            )
        taken[name.lower()] = f"schema {schema}"
    return [
        _table(con, build, schema, name, comment=comment, key=keys.get(name))
        for schema, name, comment in found
    ]


def _table(
    con: duckdb.DuckDBPyConnection,
    build: Path,
    schema: str,
    name: str,
    *,
    comment: str | None,
    key: Sequence[str] | None,
) -> _Table:
    columns = [
        _Column(*row)
        for row in con.execute(
            "select column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where database_name = 'build' and schema_name = ? and table_name = ? "
            "order by column_index",
            [schema, name],
        ).fetchall()
    ]
    if key is None:
        constraint = con.execute(
            "select constraint_column_names from duckdb_constraints() where database_name = 'build'"
            " and schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'",
            [schema, name],
        ).fetchall()
        key = constraint[0][0] if constraint else []
    unknown = sorted(set(key) - {column.name for column in columns})
    if unknown:
        raise PublishError(
            f"{build}: the key of {schema}.{name} names {', '.join(unknown)}, which is not among "
            f"its columns. Correct the key where the model is described."
        )
    table = _Table(schema, name, comment, columns, list(key), rows=0)
    [(rows,)] = con.execute(f"select count(*) from {table.in_build}").fetchall()
    return dataclasses.replace(table, rows=rows)


def _copy(con: duckdb.DuckDBPyConnection, table: _Table) -> None:
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


def _described_alike(tables: Sequence[_Table], described_like: Mapping[str, str]) -> list[_Table]:
    """The tables, with comments of the columns that have none from tables of which they are kin."""
    comments = {table.name: {c.name: c.comment for c in table.columns} for table in tables}

    def text(table: str, column: str) -> str | None:
        found = comments[table].get(column)
        while found is None and table in described_like:
            table = described_like[table]
            found = comments[table].get(column)
            if found is None:
                found = comments[table].get(column.removeprefix("last_"))
        return found

    return [
        dataclasses.replace(
            table,
            columns=[
                dataclasses.replace(c, comment=text(table.name, c.name)) for c in table.columns
            ],
        )
        for table in tables
    ]


def as_of_query(columns: Sequence[str], table: str, day: str) -> str:
    """The query for the rows of a history that stood on a day, in SQL that DuckDB and PostgreSQL
    read alike.

    `columns` are all those of the table, `table` its name, quoted, and `day` an expression for a
    date. A column that has a `…_known_from` beside it was NULL before that day.
    """
    shown = [
        f"case when coalesce({identifier(name + KNOWN_FROM)} <= {day}, true) "
        f"then {identifier(name)} end as {identifier(name)}"
        if name + KNOWN_FROM in columns
        else identifier(name)
        for name in columns
    ]
    return (
        f"select {', '.join(shown)} from {table} "
        f"where valid_from <= {day} and (valid_to > {day} or valid_to is null)"
    )


def _as_of_functions(
    build: Path, tables: Sequence[_Table], as_of: Mapping[str, str]
) -> list[_Function]:
    by_name = {table.name: table for table in tables}
    missing = sorted(set(as_of.values()) - by_name.keys())
    if missing:
        raise PublishError(
            f"{build}: {', '.join(missing)} is not among the tables, and {len(missing)} functions "
            f"as of a day are to be made of them. Build everything before publishing."
        )
    return [
        _Function(
            name,
            ["as_of_day"],
            as_of_query(
                [column.name for column in by_name[table].columns],
                identifier(table),
                "cast(as_of_day as date)",
            ),
            f"{name}(day): the rows of {table} that stood on that day; the same columns, units "
            f"and meaning of NULL. release_id is the release that brought the row, "
            f"last_release_id the newest that still has it.",
            history=table,
        )
        for name, table in sorted(as_of.items())
    ]


def _functions(
    con: duckdb.DuckDBPyConnection, build: Path, names: Collection[str]
) -> list[_Function]:
    """The table functions of these names, each after those it calls."""
    left = {
        name: _Function(name, parameters, query, comment)
        for name, parameters, query, comment in con.execute(
            "select function_name, parameters, macro_definition, comment from duckdb_functions() "
            "where database_name = 'build' and schema_name = 'marts' "
            "and function_type = 'table_macro' order by function_name"
        ).fetchall()
        if name in names
    }
    missing = sorted(set(names) - left.keys())
    if missing:
        raise PublishError(
            f"{build}: the function {', '.join(missing)} is not in schema marts. "
            f"Build everything before publishing."
        )
    ordered: list[_Function] = []
    while left:
        ready = [
            one
            for one in left.values()
            if not any(re.search(rf"\b{re.escape(other)}\(", one.query) for other in left)
        ]
        if not ready:
            raise PublishError(
                f"{build}: the functions {', '.join(sorted(left))} call each other in a circle."
            )
        ordered += ready
        for one in ready:
            del left[one.name]
    return ordered


def _create(con: duckdb.DuckDBPyConnection, functions: Sequence[_Function]) -> None:
    """Create the functions. They name tables alone, without a catalogue: a reader may open the file
    under any name. So the file must be the one in use while they are made.
    """
    con.execute("use published")
    con.execute("begin")
    for function in functions:
        name = identifier(function.name)
        parameters = ", ".join(identifier(parameter) for parameter in function.parameters)
        with _must_answer(function):
            con.execute(f"create macro {name}({parameters}) as table ({function.query})")
        if function.comment is not None:
            con.execute(f"comment on macro table {name} is {literal(function.comment)}")
    con.execute("commit")
    con.execute("use memory")


@contextmanager
def _must_answer(function: _Function) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise PublishError(
            f"The function {function.name} does not answer from the published tables alone: "
            f"{error}. What it reads and calls must be published too."
        ) from error


def _describe(
    con: duckdb.DuckDBPyConnection,
    lineage: Lineage,
    built_at: datetime,
    tables: Sequence[_Table],
    functions: Sequence[_Function],
) -> None:
    """The tables about the tables."""
    times = [used.retrieved_at for used in lineage.snapshots if used.retrieved_at]
    newest = max(times).astimezone(UTC) if times else None
    held_back = [("held_back", "\n".join(lineage.held_back), "say it first, a line a dataset")]
    facts = [
        *(held_back if lineage.held_back else ()),
        ("release", lineage.release, "the newest release of the source in here"),
        ("source", attribution.SOURCE_TITLE, "whose figures these are"),
        ("source_address", attribution.SOURCE_URL, "where the source publishes them"),
        ("source_sentence", attribution.source_sentence(lineage.release), "put it under a table"),
        (
            "how_to_cite",
            attribution.citation(lineage.release, newest.date().isoformat() if newest else None),
            "for a bibliography",
        ),
        ("licence", attribution.LICENCE_NAME, attribution.LICENCE_TITLE),
        ("licence_address", attribution.LICENCE_URL, "the licence's text"),
        ("terms_address", attribution.TERMS_URL, "the source's terms of use for its datasets"),
        ("other_providers", attribution.OTHER_PROVIDERS, "name them where you show their series"),
        ("endorsement", attribution.NO_ENDORSEMENT, "do not claim another"),
        ("retrieved_at", _utc(newest), "when the newest snapshot was taken, UTC"),
        ("built_at", _utc(built_at), "when this file was made, UTC"),
        ("snapshots", str(len(lineage.snapshots)), "see table about_snapshots"),
        ("tables", str(len(tables)), "see table about_tables"),
        ("functions", str(len(functions)), "see table about_functions"),
        ("project", PROJECT_NAME, "what made this file"),
        ("project_version", project_version(), "its version"),
        ("build_fingerprint", lineage.build_fingerprint, "equal means made from the same"),
    ]
    _small_table(
        con,
        "about",
        "What to know before using these figures: one fact a row.",
        {
            "item": ("varchar not null", "name of the fact"),
            "value": ("varchar", "the fact, as text; times are ISO 8601 in UTC"),
            "explanation": ("varchar not null", "what it means or what to do with it"),
        },
        facts,
    )
    _small_table(
        con,
        "about_snapshots",
        "The snapshots of the source that the tables were made from: one a row.",
        {
            "endpoint": ("varchar not null", "dataset, as in the address of the source's API"),
            "snapshot_id": ("varchar not null", "name of the snapshot's folder in landing"),
            "release_id": ("varchar", "the release it belongs to; NULL if not known"),
            "source": ("varchar", "api, archive or starter"),
            "retrieved_at": ("timestamp with time zone", "when it was taken"),
            "row_count": ("bigint", "rows of the source's answer, all queries together"),
        },
        sorted(
            (
                (s.endpoint, s.snapshot_id, s.release_id, s.source, _utc(s.retrieved_at), s.rows)
                for s in lineage.snapshots
            ),
            key=lambda row: row[:2],
        ),
    )
    _small_table(
        con,
        "about_tables",
        "The tables of this file: one a row.",
        {
            "table_name": ("varchar not null", "name of the table"),
            "room": ("varchar not null", "marts, or reference for facts kept by hand"),
            "row_count": ("bigint not null", "number of rows"),
            "key_columns": ("varchar[]", "columns that tell the rows apart; NULL if not stated"),
            "description": ("varchar", "grain, unit and meaning of NULL"),
        },
        [(t.name, t.schema, t.rows, t.key or None, t.comment) for t in tables],
    )
    _small_table(
        con,
        "about_functions",
        "The functions of this file that answer with a table: one a row. "
        "Ask them with select * from NAME(PARAMETERS).",
        {
            "function_name": ("varchar not null", "name of the function"),
            "parameters": ("varchar[] not null", "what is given to it, in order"),
            "history_table": ("varchar", "the table that it filters; NULL: it does more"),
            "description": ("varchar", "what a row of its answer is"),
        },
        sorted((f.name, f.parameters, f.history, f.comment) for f in functions),
    )


def _small_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    comment: str,
    columns: Mapping[str, tuple[str, str]],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    table = f"published.main.{identifier(name)}"
    definition = ", ".join(f"{identifier(c)} {kind}" for c, (kind, _) in columns.items())
    con.execute(f"create table {table} ({definition})")
    if rows:
        con.executemany(
            f"insert into {table} values ({', '.join('?' for _ in columns)})",
            [list(row) for row in rows],
        )
    con.execute(f"comment on table {table} is {literal(comment)}")
    for column, (_, meaning) in columns.items():
        con.execute(f"comment on column {table}.{identifier(column)} is {literal(meaning)}")


def _utc(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _verify(
    settings: Settings, temporary: Path, tables: Sequence[_Table], functions: Sequence[_Function]
) -> None:
    """Open what was written as a reader would, and hold it against the build."""
    if _journal(temporary).exists():
        raise PublishError(
            f"{temporary}: DuckDB left a journal beside the finished file, so the file is not "
            f"whole. The published file was not touched; run again."
        )
    with connect(_MEMORY, settings) as con:
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
            with _must_answer(function):
                con.execute(f"from {identifier(function.name)}({given}) limit 0")
