"""Running a reader's SQL against the published file: nothing else can be read, nothing written.

The file is opened read-only, then DuckDB is set to touch no other file and no network and to
take no further settings. Results leave through one scratch folder that is named to it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Literal, TypeVar

import duckdb

from warehouse.core.database import identifier, limits, literal, lock
from warehouse.core.repairs import is_damage
from warehouse.exports.sheets import SHEET_COLUMNS, SHEET_ROWS, fill, new_book, readable
from warehouse.published.read import published_path, read_about, read_columns, unreadable
from warehouse.settings import Settings

FileFormat = Literal["csv", "json", "parquet", "xlsx"]
# Not a name anybody gives a table.
_RESULT = "_asylum_result"
# What a workbook says of where its rows are from: items of table `about`.
_SOURCE = ("held_back", "release", "how_to_cite", "licence", "terms_address", "endorsement")
T = TypeVar("T")


class QueryError(Exception):
    """A statement that cannot be run; the message is for the one who wrote it."""


@dataclass(frozen=True)
class Head:
    """The first rows of a result, and how many there are in all."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    total: int


class Session:
    """A connection to the published file. Use `open_session`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path, scratch: Path) -> None:
        self._con = con
        self._path = path
        self._scratch = scratch

    def run(self, text: str) -> Iterator[duckdb.DuckDBPyRelation]:
        """Run the statements of `text` in turn and yield the result of each that has one.

        A SELECT runs when its result is asked for. Raises QueryError with DuckDB's message, and for
        what is not text.
        """
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise QueryError(
                "The statement is not UTF-8. Save it as UTF-8 and run it again."
            ) from error
        for statement in self._do(lambda: self._con.extract_statements(text)):
            result = self._do(partial(self._con.sql, _bare(statement.query)))
            if result is not None and not _is_note(statement, result):
                yield result

    def head(self, result: duckdb.DuckDBPyRelation, limit: int) -> Head:
        """The first `limit` rows. The rest is counted, not fetched."""
        rows = self._do(lambda: result.limit(limit + 1).fetchall())
        total = len(rows)
        if total > limit:
            [(total,)] = self._do(lambda: result.aggregate("count(*)").fetchall())
        return Head(result.columns, [str(t) for t in result.types], rows[:limit], total)

    def write(self, result: duckdb.DuckDBPyRelation, format_: FileFormat) -> Path:
        """Write a result to a file of the scratch folder and return its path.

        csv: UTF-8 with a header, NULL is empty. json: an array of objects; a number that JSON has
        no word for (infinite, not a number) is null. parquet: zstd. xlsx: a sheet with the rows,
        and one that says their source.
        """
        path = self._scratch / f"result.{format_}"
        if format_ == "xlsx":
            self._write_workbook(result, path)
            return path
        options = {
            "csv": "format csv, header",
            "json": "format json, array true",
            "parquet": "format parquet, compression zstd",
        }[format_]
        columns = "*" if format_ != "json" else _json_columns(result)
        copy = f"copy (select {columns} from {_RESULT}) to {literal(str(path))} ({options})"
        self._do(lambda: result.query(_RESULT, copy), is_ours=True)
        return path

    def interrupt(self) -> None:
        """End what runs; whoever waits for it hears KeyboardInterrupt. From any thread."""
        self._con.interrupt()

    def _write_workbook(self, result: duckdb.DuckDBPyRelation, path: Path) -> None:
        columns = [
            (name, str(kind)) for name, kind in zip(result.columns, result.types, strict=True)
        ]
        if len(columns) > SHEET_COLUMNS:
            raise QueryError(
                f"The result has {len(columns):,} columns, and a sheet holds "
                f"{SHEET_COLUMNS:,}. Write csv or parquet."
            )
        # Counted before any is fetched: a million rows in Python are gigabytes.
        [(many,)] = self._do(
            lambda: result.limit(SHEET_ROWS + 1).aggregate("count(*)").fetchall(), is_ours=True
        )
        _refuse_more_than_a_sheet(many)
        # By place: two columns of a result may have one name.
        places = ", ".join(identifier(f"column_{place}") for place in range(len(columns)))
        values = ", ".join(
            readable(identifier(f"column_{place}"), kind) for place, (_, kind) in enumerate(columns)
        )
        select = f"select {values} from {_RESULT} as result ({places}) limit {SHEET_ROWS + 1}"
        found = self._do(lambda: result.query(_RESULT, select), is_ours=True)
        rows = self._do(found.fetchall, is_ours=True) if found else []
        _refuse_more_than_a_sheet(len(rows))  # chance in a query may give more now
        about = read_about(self._con)
        with new_book(path) as book:
            fill(book, book.add_worksheet("result"), columns, rows)
            fill(
                book,
                book.add_worksheet("source"),
                [("item", "VARCHAR"), ("text", "VARCHAR")],
                [(item, about[item]) for item in _SOURCE if about.get(item)],
            )

    def tables(self) -> list[tuple[str, int, str]]:
        """Name, rows and description of each published table."""
        return self._con.execute(
            "select table_name, estimated_size, coalesce(comment, '') from duckdb_tables() "
            "where database_name = current_database() and not temporary order by table_name"
        ).fetchall()

    def functions(self) -> list[tuple[str, str]]:
        """Each published function as it is called, with its description."""
        return self._con.execute(
            "select function_name || '(' || array_to_string(parameters, ', ') || ')', "
            "coalesce(comment, '') from duckdb_functions() where function_type = 'table_macro' "
            "and database_name = current_database() and not internal order by function_name"
        ).fetchall()

    def columns(self, table: str) -> list[tuple[str, str, str]]:
        """Name, type and description of each column of a table. Raises QueryError if unknown."""
        known = {name.lower(): columns for name, columns in read_columns(self._con).items()}
        if table.lower() not in known:
            raise QueryError(f"There is no table {table!r}. .tables lists all tables.")
        return [(one.name, one.type, one.comment or "") for one in known[table.lower()]]

    def _do(self, work: Callable[[], T], *, is_ours: bool = False) -> T:
        """Do it in another thread, so that Ctrl-C is heard here while DuckDB is busy.

        is_ours: an error shows no line of the statement, which the reader did not write.
        """
        doing: Future[T] = Future()

        def do() -> None:
            if not doing.set_running_or_notify_cancel():
                return
            try:
                doing.set_result(work())
            except BaseException as error:
                doing.set_exception(error)

        try:
            # Ctrl-C may come while the thread starts, so what it does is known beforehand.
            Thread(target=do).start()
            return doing.result()
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error  # DuckDB noticed Ctrl-C before we did
        except duckdb.Error as error:
            told = unreadable(self._path, error) if is_damage(str(error)) else error
            said = str(told)
            raise QueryError(said.partition("\n\nLINE ")[0] if is_ours else said) from error
        finally:
            # Whatever ended the wait: what has not begun never does, and a query that has only just
            # begun does not hear the first interrupt.
            doing.cancel()
            while not doing.done():
                self._con.interrupt()
                wait([doing], timeout=0.1)


@contextmanager
def open_session(settings: Settings, scratch_in: Path | None = None) -> Iterator[Session]:
    """Open the published file for queries; results are written beneath `scratch_in` (the system's
    folder for temporary files by default) and removed at the end.

    Raises PublishedMissingError when there is no published file or it cannot be read.
    """
    path = published_path(settings)
    with tempfile.TemporaryDirectory(prefix=".asylum-", dir=scratch_in) as scratch:
        try:
            con = duckdb.connect(str(path), read_only=True, config=limits(settings))
        except duckdb.Error as error:
            raise unreadable(path, error) from error
        try:
            con.execute("set TimeZone = 'UTC'")
            lock(con, [Path(scratch)])
            yield Session(con, path, Path(scratch))
        finally:
            con.close()


def _bare(statement: str) -> str:
    """A statement without the `;` at its end and comments around that: what DuckDB asks of its
    result, it writes behind it.
    """
    text = statement.encode()
    for at, kind in reversed(duckdb.tokenize(statement)):
        if kind != duckdb.token_type.comment and text[at : at + 1] != b";":
            break
        text = text[:at]
    return text.decode()


def _is_note(statement: duckdb.Statement, result: duckdb.DuckDBPyRelation) -> bool:
    """Statements without rows of their own answer with one column that only says so."""
    return statement.type != duckdb.StatementType.SELECT and result.columns in (
        ["Success"],
        ["Count"],
    )


def _refuse_more_than_a_sheet(rows: int) -> None:
    if rows > SHEET_ROWS:
        raise QueryError(
            f"The result has more rows than a sheet holds, which is {SHEET_ROWS:,}. "
            f"Write csv or parquet."
        )


def _json_columns(result: duckdb.DuckDBPyRelation) -> str:
    """The columns of a result as JSON can hold them."""
    repeated = sorted({name for name in result.columns if result.columns.count(name) > 1})
    if repeated:
        raise QueryError(
            f"Two columns of the result are called {', '.join(repeated)}, and a JSON object "
            f"cannot hold both: give one another name with `as`."
        )
    return ", ".join(
        f"if(isfinite({identifier(name)}), {identifier(name)}, null) as {identifier(name)}"
        if str(kind) in {"FLOAT", "DOUBLE"}
        else identifier(name)
        for name, kind in zip(result.columns, result.types, strict=True)
    )
