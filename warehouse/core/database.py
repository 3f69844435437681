"""How a DuckDB file is opened, and how a word becomes part of a statement.

Every connection has the same limits and is locked: it reads and writes below the folders it was
given and nowhere else, reaches no network, loads no extension, and takes no further setting. A
value goes into a statement as a parameter; where DuckDB takes none, `literal` quotes a text and
`identifier` a name. Nothing else makes SQL of a word (a test holds this).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import duckdb

from warehouse.settings import Settings

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# A database that is gone when its connection is closed.
MEMORY = Path(":memory:")
# Of an answer that is read some rows at a time.
_ROWS_AT_ONCE = 1_000

# What DuckDB advises where it has run out of memory: settings that no connection takes here.
_ADVICE = re.compile(r"\s*Possible solutions:.*?tune_workloads", re.DOTALL)


class DatabaseBusyError(Exception):
    """Another process holds the file."""


@contextmanager
def connect(path: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open `path` for writing (it is created if missing) and close it whatever happens.

    Locked to `path`, the data folder, landing and exports; times are shown in UTC. Raises
    DatabaseBusyError when another process holds the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(str(path), config=limits(settings))
    except duckdb.IOException as error:
        if not is_in_use(error):
            raise
        raise DatabaseBusyError(
            f"{path} is in use by another process ({error}). "
            f"Only the build opens this file: close any other program that does and run again."
        ) from error
    try:
        con.execute("set TimeZone = 'UTC'")
        # Whoever wants to know how far it is says so: DuckDB would draw bars into any output.
        con.execute("set enable_progress_bar = false")
        # Landing or the exports may be links to another disk; no other link leads out.
        lock(con, [settings.data_dir, settings.landing_dir, settings.exports_dir])
        yield con
    finally:
        con.close()


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is written inside is kept, or after an error nothing of it."""
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def side_by_side(
    con: duckdb.DuckDBPyConnection,
    threads: int,
    items: Sequence[_Item],
    work: Callable[[duckdb.DuckDBPyConnection, _Item], _Result],
    *,
    stopped: Event | None = None,
) -> list[_Result]:
    """`work(cursor, item)` for each item, so many at a time, each with a cursor of its own; what
    it returned, in the order of `items`.

    One statement of DuckDB often keeps one core busy. A cursor has none of what `con` was told
    for itself: the database it uses, the time zone. What runs out of memory beside others is begun
    once more when they have ended, alone: `work` goes on from what it left. Any other error, or
    Ctrl-C, sets `stopped`, interrupts what runs and begins nothing further.
    """
    ends = stopped or Event()

    def work_on(cursor: duckdb.DuckDBPyConnection, item: _Item) -> list[_Result] | None:
        if ends.is_set():
            return []
        try:
            return [work(cursor, item)]
        except duckdb.OutOfMemoryException:
            return None
        except BaseException:
            ends.set()  # here, before this thread takes up another
            raise

    with ExitStack() as until_all_end, ThreadPoolExecutor(threads) as pool:
        cursors = [until_all_end.enter_context(con.cursor()) for _ in items]
        begun = [
            pool.submit(work_on, cursor, item) for cursor, item in zip(cursors, items, strict=True)
        ]
        try:
            for one in as_completed(begun):
                one.result()
        except BaseException:  # the user stops it, among others
            ends.set()
            for cursor in cursors:
                cursor.interrupt()
            raise
        results: list[_Result] = []
        for cursor, item, one in zip(cursors, items, begun, strict=True):
            found = one.result()
            results += [work(cursor, item)] if found is None else found
        return results


def is_in_use(error: duckdb.Error) -> bool:
    """Whether DuckDB says that another holds the file. (Of a damaged one it names a *block*.)"""
    return "Could not set lock" in str(error)


def with_our_settings(message: str) -> str:
    """What DuckDB says of an error; where memory ran out, with the settings that change that."""
    unless_set = Settings.model_fields["memory_limit"].default
    return _ADVICE.sub(
        f". Set ASYLUM_MEMORY_LIMIT higher than it is ({unless_set} where it is not set), or "
        f"ASYLUM_THREADS lower, and run again.",
        message,
    )


def limits(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    """The options every connection is opened with: memory, threads, where it spills.

    One step of DuckDB's optimizer is left out, which takes half the time of a question as large as
    that on claims (benchmarks/README.md).
    """
    return {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(settings.data_dir / "tmp"),
        "threads": str(settings.threads),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "disabled_optimizers": "projection_pullup",
    }


def lock(
    con: duckdb.DuckDBPyConnection, folders: Sequence[Path], files: Sequence[Path] = ()
) -> None:
    """Keep an open database from all files but those below `folders`, `files` and its own.

    From then on it reaches no network, loads no extension and takes no setting. DuckDB resolves
    `..` in the words of the path, then links, before it compares: behind a link, `..` can lead out.
    It knows no folder that can be read and not written.
    """
    con.execute(f"set allowed_directories = [{literals(str(folder) for folder in folders)}]")
    con.execute(f"set allowed_paths = [{literals(str(file) for file in files)}]")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")


def named_rows(answer: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of an answer, each as value by name of column."""
    return list(each_row(answer))


def each_row(answer: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """The same, some at a time, of an answer that need not be in memory as a whole: to be read
    before the connection is asked anything else.
    """
    names = [column[0] for column in answer.description or []]
    while rows := answer.fetchmany(_ROWS_AT_ONCE):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def literal(value: str | None) -> str:
    """A SQL text literal, for places where DuckDB takes no parameter.

    Raises ValueError for a text that is not Unicode (it holds half a surrogate pair).
    """
    return "null" if value is None else "'" + _unicode(value).replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """SQL text literals with commas between."""
    return ", ".join(literal(value) for value in values)


def identifier(name: str) -> str:
    """A quoted SQL identifier. Raises ValueError for an empty name, and one that is not Unicode.

    DuckDB reads quoted names without regard to case: "FootNote" and "footnote" are one name.
    """
    if not name:
        raise ValueError(f"{name!r} is no name of a table or column")
    return '"' + _unicode(name).replace('"', '""') + '"'


def identifiers(names: Iterable[str], *, of: str = "") -> str:
    """Quoted SQL identifiers with commas between; `of` is the name of a table or struct before
    each.
    """
    prefix = f"{identifier(of)}." if of else ""
    return ", ".join(f"{prefix}{identifier(name)}" for name in names)


def _unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{text!r} is not Unicode: it holds half a surrogate pair") from error
    return text
