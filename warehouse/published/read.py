"""Opens the published file for every reader of this project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.core.database import MEMORY, connect, is_in_use, literal, with_our_settings
from warehouse.core.repairs import is_damage
from warehouse.settings import Settings


class PublishedMissingError(Exception):
    """There is no published file, or it cannot be read."""


class NoReleaseError(Exception):
    """No release was out on the day that is asked for; the message says which is the first."""


class Column(NamedTuple):
    """A column of a table: its name, DuckDB type, whether it may be NULL, and what it means."""

    name: str
    type: str
    nullable: bool
    comment: str | None


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Read the published file; its tables are found without a schema name.

    It is attached to a connection of its own: a second `duckdb.connect` to the same path would
    be given the file that another connection of this process still holds, after a swap the old
    one. Raises PublishedMissingError when there is none, it cannot be read, or what is read while
    it is open turns out to be damaged.
    """
    path = published_path(settings)
    with connect(MEMORY, settings) as con:
        try:
            con.execute(f"attach {literal(str(path))} as asylum (read_only)")
        except duckdb.Error as error:
            raise unreadable(path, error) from error
        use_published(con)
        try:
            yield con
        except duckdb.Error as error:
            if is_damage(str(error)):
                raise unreadable(path, error) from error
            raise


def published_path(settings: Settings) -> Path:
    """Where the published file is. Raises PublishedMissingError when there is none."""
    path = settings.published_db
    if not path.exists():
        raise PublishedMissingError(
            f"There is no published file yet at {path}. Create it with `asylum run`."
        )
    return path


def unreadable(path: Path, error: duckdb.Error) -> PublishedMissingError:
    """The error for a published file that does not open, or is damaged; it says what to do."""
    if is_in_use(error):
        return PublishedMissingError(
            f"{path} is in use by another process ({error}). Close it there and run again."
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return PublishedMissingError(f"{path} cannot be opened: {with_our_settings(str(error))}")
    return PublishedMissingError(
        f"{path} cannot be read: {error}. `asylum doctor` looks for damage, and `asylum run` "
        "rebuilds the file."
    )


def use_published(con: duckdb.DuckDBPyConnection) -> None:
    """Have a connection to the published file, or a cursor of one, find tables by their names."""
    con.execute("use asylum")


def read_columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    """The columns of each table of an opened published file, in their order; tables by name.

    One look through the catalogue, which takes as long for one table as for all.
    """
    columns: dict[str, list[Column]] = {}
    for table, *column in con.execute(
        "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'main' "
        "order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(Column(*column))
    return columns


def read_about(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table `about` of an opened published file, as value by item."""
    return dict(con.execute("select item, value from about").fetchall())


def release_on(con: duckdb.DuckDBPyConnection, day: date) -> str:
    """The newest release of a day, of those in an opened published file. Raises NoReleaseError."""
    [(release, first, first_day)] = con.execute(
        "select max_by(release_id, published_on) filter (where published_on <= $day), "
        "min_by(release_id, published_on), min(published_on) from dim_release where is_held",
        {"day": day},
    ).fetchall()
    if release is None:
        raise NoReleaseError(
            f"The warehouse holds no release that was out on {day}: its first is {first}, "
            f"published on {first_day}. Give a later day, or bring older releases with "
            "`asylum backfill --all`."
        )
    return str(release)


def published_fingerprint(settings: Settings) -> str | None:
    """The fingerprint of the build that was published last; None if there is no file that says."""
    try:
        with open_published(settings) as con:
            return read_about(con).get("build_fingerprint")
    except (PublishedMissingError, duckdb.Error):
        # Whatever is wrong with the file, a new one is the remedy, and None brings it about.
        return None
