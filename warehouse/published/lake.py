"""The published tables as Parquet in an object store that speaks S3, for more than one machine.

    PREFIX/current.json                          what stands: a folder, its tables and files
    PREFIX/releases/RELEASE-TIME/complete.json   the same, of each folder that is whole
    PREFIX/releases/RELEASE-TIME/TABLE/part-0.parquet
    PREFIX/releases/RELEASE-TIME/TABLE_history/reference_year=2025/part-0.parquet

Rows are sorted by key. A folder is written once and never changed. `current.json` is swapped when
all of it is there, so whoever begins there reads all of one build or all of another. The last few
folders are kept, for queries that are under way and for figures that were quoted.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import duckdb

from warehouse.core.database import identifier, literal
from warehouse.published.read import open_published, read_about, read_columns
from warehouse.settings import PROJECT_NAME, Settings, SettingsError

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as error:
    raise SettingsError(
        f"Publishing to an object store needs the package obstore ({error}). "
        f"Install it with: pip install '{PROJECT_NAME}[lake]'"
    ) from error

if TYPE_CHECKING:
    from obstore.store import S3Config

POINTER = "current.json"
COMPLETE = "complete.json"
_RELEASES = "releases/"
_PARTITION = "reference_year"
_HISTORY = "_history"
_PARQUET = "format parquet, compression zstd, row_group_size 122880"
_NO_YEAR = "__HIVE_DEFAULT_PARTITION__"

OnTable = Callable[[str, int, int], None]


class LakeError(Exception):
    """The object store cannot be used, or holds what it should not; the message says which."""


@dataclass(frozen=True)
class InLake:
    """What stands in the store now. `is_new`: this call wrote it."""

    release: str
    folder: str
    tables: int
    files: int
    bytes: int
    seconds: float
    is_new: bool
    removed: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What was done, for people."""
        if not self.is_new:
            return (
                f"Release {self.release} stands there already, as {self.folder}; nothing was done."
            )
        gone = f" Removed: {', '.join(self.removed)}." if self.removed else ""
        return (
            f"Published release {self.release} as {self.folder}: {self.tables} tables, "
            f"{self.files} files, {self.bytes / 1e6:,.1f} MB, {self.seconds:.1f} s.{gone}"
        )


def publish(
    settings: Settings,
    url: str | None = None,
    *,
    force: bool = False,
    on_table: OnTable | None = None,
) -> InLake:
    """Write the published tables to `url` (s3://bucket/prefix; default: the settings') and swap.

    Does nothing where the same build stands there, unless `force`. Raises LakeError when there is
    no address, the store refuses or another publisher was faster; readers then have what they had.
    PublishedMissingError when nothing is published.
    """
    started = time.monotonic()
    store = _store(settings, url or settings.lake_url)
    with _speaking(url or settings.lake_url or ""), open_published(settings) as con:
        about = read_about(con)
        before = _pointer(store)
        if before and not force and before["build_fingerprint"] == about["build_fingerprint"]:
            return InLake(
                before["release"],
                before["folder"],
                len(before["tables"]),
                *_totals(before),
                time.monotonic() - started,
                is_new=False,
            )
        folder = f"{_RELEASES}{about['release']}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}/"
        if _names(store, folder):
            raise LakeError(f"{folder} is there already: another publisher is at it. Try again.")
        with tempfile.TemporaryDirectory(prefix=".lake-", dir=settings.data_dir) as scratch:
            tables = _write(con, store, folder, Path(scratch), on_table or (lambda *_: None))
        written = _names(store, folder)
        wanted = {
            f"{folder}{file['path']}": file["bytes"]
            for table in tables.values()
            for file in table["files"]
        }
        if written != wanted:
            raise LakeError(
                f"{folder}: the store lists {len(written)} files of {len(wanted)} as they were "
                f"written. Nothing was swapped; publish again."
            )
        if _pointer(store) != before:
            raise LakeError("Another publisher swapped the pointer meanwhile. Publish again.")
        now: dict[str, Any] = {
            "folder": folder,
            "release": about["release"],
            "built_at": about["built_at"],
            "build_fingerprint": about["build_fingerprint"],
            "project_version": about["project_version"],
            "tables": tables,
        }
        for name in (f"{folder}{COMPLETE}", POINTER):
            obstore.put(store, name, json.dumps(now, indent=1).encode())
        removed = _remove_old(store, folder, settings.lake_keep)
    return InLake(
        now["release"],
        folder,
        len(tables),
        *_totals(now),
        time.monotonic() - started,
        is_new=True,
        removed=tuple(removed),
    )


def _store(settings: Settings, url: str | None) -> Any:
    if not url:
        raise LakeError(
            "No object store is set. Give one: `asylum publish --to s3://bucket/prefix`, or set "
            "ASYLUM_LAKE_URL."
        )
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or parts.username or parts.query:
        raise LakeError(
            "An object store is named s3://bucket/prefix, without keys: these are "
            "ASYLUM_LAKE_ACCESS_KEY and ASYLUM_LAKE_SECRET_KEY."
        )
    options: S3Config = {"region": settings.lake_region}
    if settings.lake_endpoint:
        options["endpoint"] = settings.lake_endpoint
        # A server of one's own has its buckets in the path.
        options["virtual_hosted_style_request"] = False
    if settings.lake_access_key and settings.lake_secret_key:
        options["access_key_id"] = settings.lake_access_key.get_secret_value()
        options["secret_access_key"] = settings.lake_secret_key.get_secret_value()
    return S3Store(
        parts.hostname,
        prefix=parts.path.strip("/") or None,
        config=options,
        client_options={
            "allow_http": (settings.lake_endpoint or "").startswith("http://"),
            "timeout": timedelta(seconds=settings.total_timeout),
            "connect_timeout": timedelta(seconds=settings.connect_timeout),
        },
        retry_config={
            "max_retries": settings.max_attempts - 1,
            "retry_timeout": timedelta(seconds=settings.total_timeout),
        },
    )


@contextmanager
def _speaking(url: str) -> Iterator[None]:
    """What the store's library raises, as an error that says what to do and holds no key."""
    try:
        yield
    except (BaseError, OSError) as error:
        said = " ".join(str(error).split())[:400]
        raise LakeError(
            f"{url}: {type(error).__name__}: {said}. Readers have what they had. See whether "
            f"ASYLUM_LAKE_ENDPOINT, bucket and keys are right, then publish again."
        ) from None


def _pointer(store: Any) -> dict[str, Any] | None:
    try:
        body = bytes(obstore.get(store, POINTER).bytes())
    except FileNotFoundError:
        return None
    try:
        found: dict[str, Any] = json.loads(body)
        return found if {"folder", "build_fingerprint", "tables", "release"} <= set(found) else None
    except (ValueError, TypeError):
        return None  # whatever it is, the next one takes its place


def _names(store: Any, folder: str) -> dict[str, int]:
    """All objects below a folder with their sizes in bytes."""
    return {one["path"]: one["size"] for page in obstore.list(store, folder) for one in page}


def _write(
    con: duckdb.DuckDBPyConnection, store: Any, folder: str, scratch: Path, on_table: OnTable
) -> dict[str, Any]:
    """All tables, a file at a time; returns what the pointer says of them."""
    known = read_columns(con)
    out: dict[str, Any] = {}
    for done, table in enumerate(known):
        on_table(table, done, len(known))
        columns = {column.name: column.type for column in known[table]}
        is_parted = table.endswith(_HISTORY) and _PARTITION in columns
        files = []
        for year in _years(con, table) if is_parted else [None]:
            local = scratch / "part.parquet"
            rows_of = _of_year(table, year) if is_parted else f"from {identifier(table)}"
            con.execute(f"copy ({rows_of}) to {literal(str(local))} ({_PARQUET})")
            [(rows,)] = con.execute(
                f"select count(*) from read_parquet({literal(str(local))})"
            ).fetchall()
            part = f"/{_PARTITION}={year or _NO_YEAR}" if is_parted else ""
            path = f"{table}{part}/part-0.parquet"
            size = local.stat().st_size
            obstore.put(store, f"{folder}{path}", local)
            local.unlink()
            files.append({"path": path, "rows": rows, "bytes": size})
        out[table] = {
            "rows": sum(file["rows"] for file in files),
            "columns": columns,
            "partitioned_by": [_PARTITION] if is_parted else [],
            "files": files,
        }
    on_table("tables", len(known), len(known))
    return out


def _years(con: duckdb.DuckDBPyConnection, table: str) -> list[str | None]:
    """The years of a history, None for rows without one."""
    found = con.execute(
        f"select distinct {identifier(_PARTITION)}::varchar from {identifier(table)} "
        f"order by 1 nulls first"
    ).fetchall()
    return [year for (year,) in found]


def _of_year(table: str, year: str | None) -> str:
    """A year of a history, in the published order, which is by key."""
    return (
        f"select * exclude ({identifier(_PARTITION)}) from {identifier(table)} "
        f"where {identifier(_PARTITION)}::varchar is not distinct from {literal(year)}"
    )


def _remove_old(store: Any, current: str, keep: int) -> list[str]:
    """Remove all folders but the newest `keep`, the current one among them, and those that a
    publisher left unfinished.
    """
    by_folder: dict[str, list[str]] = {}
    for name in _names(store, _RELEASES):
        by_folder.setdefault(name.removeprefix(_RELEASES).partition("/")[0], []).append(name)
    whole = [one for one in by_folder if f"{_RELEASES}{one}/{COMPLETE}" in by_folder[one]]
    newest_first = sorted(whole, key=lambda one: one.rpartition("-")[2], reverse=True)
    mine = current.removeprefix(_RELEASES).strip("/")
    kept = {mine, *[one for one in newest_first if one != mine][: keep - 1]}
    gone = sorted(set(by_folder) - kept)
    for one in gone:
        obstore.delete(store, by_folder[one])
    return gone


def _totals(pointer: dict[str, Any]) -> tuple[int, int]:
    files = [file for table in pointer["tables"].values() for file in table["files"]]
    return len(files), sum(file["bytes"] for file in files)
