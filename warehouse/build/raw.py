"""Landing -> schema `raw`: the same answers in DuckDB, nothing interpreted, every snapshot kept.

One table an endpoint, all columns of the API that we know as text, between four of ours:
`_snapshot_id`, `_slice` (which query of the snapshot) and `_row_number` (position in the slice,
from 1) in front, and at the end `_added`, what else the source sent, a JSON object. Beside them
what the manifests say: `snapshots`, `snapshot_coverage`, and `loads`, the book of what has been
loaded. With the rows of a snapshot come its counts and checksums,
`snapshot_profiles` and `snapshot_codes` (releases/profiles.py): they are made in the transaction
that loads it, so that one that cannot be counted is set aside like one that cannot be read. Which
release a snapshot is, the next step says (releases/assign.py).
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import NamedTuple

import duckdb

from warehouse.core.database import connect, identifier, identifiers, side_by_side, transaction
from warehouse.core.files import unpack
from warehouse.core.manifest import FILE_NAME, Manifest, Page
from warehouse.landing import set_aside
from warehouse.landing.snapshots import SnapshotSetAside, all_set_aside, incoming, sound_manifests
from warehouse.releases import profiles
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, Endpoint
from warehouse.sources.unhcr_api.pages import (
    ADDED,
    ROW_NUMBER,
    SMALLEST_BUFFER,
    UnreadablePagesError,
    pages_of,
    rows_of,
)

# What DuckDB says of the content of a page, and of nothing else.
_OF_THE_CONTENT = (
    *(duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfRangeException),
)

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class LoadResult:
    """What `load` found and did: rows by raw table afterwards; snapshots as (endpoint, id)."""

    rows: dict[str, int] = field(default_factory=dict)
    loaded: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    set_aside: list[SnapshotSetAside] = field(default_factory=list)


def columns(endpoint: Endpoint) -> dict[str, str]:
    """The columns of an endpoint's table in order, with their types in DuckDB."""
    own = {"_snapshot_id": "varchar", "_slice": "varchar", ROW_NUMBER: "bigint"}
    return own | dict.fromkeys(endpoint.columns, "varchar") | {ADDED: "json"}


def load(settings: Settings, on_progress: Progress | None = None) -> LoadResult:
    """Bring schema `raw` of the build database in line with the landing folder.

    Snapshots not yet loaded are loaded, each in a transaction of its own; snapshots that are gone
    from the landing folder are taken out. One that cannot be loaded is set aside and the rest goes
    on. Loading twice changes nothing. Raises DatabaseBusyError when another process holds the build
    database, LandingBusyError when one writes to the landing folder while a snapshot has to be set
    aside, ValueError when a note of what was set aside cannot be used.
    """
    landed = sound_manifests(settings)
    result = LoadResult()
    with connect(settings.build_db, settings) as con:
        _create_tables(con)
        known = set(
            con.execute(
                "select endpoint, snapshot_id, content_sha256, profile_version from raw.loads"
            ).fetchall()
        )
        wanted = {_entry(m): (p, m) for p, m in landed}
        for endpoint, snapshot_id, *_ in sorted(known - wanted.keys()):
            _remove(con, endpoint, snapshot_id)
            result.removed.append((endpoint, snapshot_id))
        missing = [entry for entry in wanted if entry not in known]
        refused = _load_all(con, settings, [wanted[entry] for entry in missing], on_progress)
        result.loaded.extend(e[:2] for e in missing if wanted[e][0] not in refused)
        if refused:
            with incoming(settings) as temporary:
                for folder, refusal in refused.items():
                    set_aside.write(folder, refusal.reason, temporary, is_damage=refusal.is_damage)
        result.set_aside.extend(all_set_aside(settings))
        not_loaded = {one.path for one in result.set_aside}
        landed = [one for one in landed if one[0] not in not_loaded]
        _describe_snapshots(con, [path / FILE_NAME for path, _ in landed])
        result.rows.update(
            (one.table, con.execute(f"select count(*) from {_table(one)}").fetchall()[0][0])
            for one in ENDPOINTS.values()
        )
    if on_progress:
        on_progress("load", len(missing), len(missing))
    return result


def _entry(manifest: Manifest) -> tuple[str, str, str, int]:
    """The row of a snapshot in `raw.loads`: one whose row is another is loaded again."""
    version = profiles.version(ENDPOINTS[manifest.endpoint])
    return manifest.endpoint, manifest.snapshot_id, manifest.content_sha256, version


def _create_tables(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create schema if not exists raw")
    con.execute(
        "create table if not exists raw.loads ("
        "endpoint varchar, snapshot_id varchar, content_sha256 varchar, profile_version integer, "
        "primary key (endpoint, snapshot_id))"
    )
    profiles.create_tables(con)
    for endpoint in ENDPOINTS.values():
        _drop_earlier_form(con, endpoint)
        definition = ", ".join(f"{identifier(c)} {kind}" for c, kind in columns(endpoint).items())
        con.execute(f"create table if not exists {_table(endpoint)} ({definition})")


def _drop_earlier_form(con: duckdb.DuckDBPyConnection, endpoint: Endpoint) -> None:
    """A table as an earlier version made it is refilled: it stored added columns differently."""
    there = con.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name = 'raw' and table_name = ? order by column_index",
        [endpoint.table],
    ).fetchall()
    if there and [name for (name,) in there] != list(columns(endpoint)):
        with transaction(con):
            con.execute(f"drop table {_table(endpoint)}")
            con.execute("delete from raw.loads where endpoint = ?", [endpoint.name])


def _table(endpoint: Endpoint) -> str:
    return f"raw.{identifier(endpoint.table)}"


def _remove(con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str) -> None:
    with transaction(con):
        con.execute(
            f"delete from {_table(ENDPOINTS[endpoint])} where _snapshot_id = ?", [snapshot_id]
        )
        profiles.remove(con, endpoint, snapshot_id)
        con.execute(
            "delete from raw.loads where endpoint = ? and snapshot_id = ?", [endpoint, snapshot_id]
        )


class _Refusal(NamedTuple):
    """Why a snapshot cannot be loaded, and whether it is other than it was when it was landed."""

    reason: str
    is_damage: bool


def _load_all(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    missing: Sequence[tuple[Path, Manifest]],
    on_progress: Progress | None,
) -> dict[Path, _Refusal]:
    """Load each snapshot or say why it cannot be loaded, by its folder.

    Each thread loads the snapshots of one endpoint at a time, in the order of `missing`: so the
    rows of a table lie in one order, and while one thread unpacks pages or ends a transaction,
    which keeps one core busy, another goes on. The largest endpoint comes first, so that it is not
    left when the others have ended. An error, or Ctrl-C, ends all threads.
    """
    of_endpoint: dict[str, list[tuple[Path, Manifest]]] = {}
    for one in missing:
        of_endpoint.setdefault(one[1].endpoint, []).append(one)
    largest_first = sorted(
        of_endpoint.values(), key=lambda those: sum(one.rows for _, one in those), reverse=True
    )
    refused: dict[Path, _Refusal] = {}
    done, stopped, lock = 0, Event(), Lock()

    def load_endpoint(
        cursor: duckdb.DuckDBPyConnection, those: list[tuple[Path, Manifest]]
    ) -> None:
        nonlocal done
        while those and not stopped.is_set():
            folder, manifest = those[0]
            with lock:
                if on_progress:
                    on_progress(f"load {manifest.endpoint}", done, len(missing))
            refusal = _load_or_refuse(cursor, folder, manifest)
            if refusal is not None:
                refused[folder] = refusal
            del those[0]
            with lock:
                done += 1

    side_by_side(con, settings.threads, largest_first, load_endpoint, stopped=stopped)
    return refused


def _load_or_refuse(
    con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest
) -> _Refusal | None:
    changed = changed_since(folder, manifest)
    if changed is not None:
        return _Refusal(changed, is_damage=True)
    try:
        _load_snapshot(con, folder, manifest)
    except (UnreadablePagesError, *_OF_THE_CONTENT) as error:
        # A full disk, or whatever else is no fault of the snapshot's, is raised.
        reason = f"its pages are unchanged, but cannot be loaded: {error}"
        return _Refusal(reason, is_damage=False)
    return None


def changed_since(folder: Path, manifest: Manifest) -> str | None:
    """Which page is not as it was landed, by its sha256; None where all are."""
    for part in manifest.slices:
        for page in part.pages:
            if not _is_as_landed(folder / page.file, page):
                return f"{page.file} is missing or was changed after landing"
    return None


def _is_as_landed(path: Path, page: Page) -> bool:
    try:
        return hashlib.sha256(unpack(path)).hexdigest() == page.sha256
    except (FileNotFoundError, EOFError, zlib.error, gzip.BadGzipFile):
        return False


def _load_snapshot(con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> None:
    endpoint = ENDPOINTS[manifest.endpoint]
    names = (ROW_NUMBER, *endpoint.columns, ADDED)
    with transaction(con):
        for part in manifest.slices:
            if not part.pages:
                continue
            con.execute(
                f"insert into {_table(endpoint)} (_snapshot_id, _slice, {identifiers(names)}) "
                f"select $snapshot_id, $slice, {identifiers(names)} "
                f"from ({rows_of(endpoint, part)})",
                pages_of(part, folder) | {"snapshot_id": manifest.snapshot_id, "slice": part.slice},
            )
        [(rows,)] = con.execute(
            f"select count(*) from {_table(endpoint)} where _snapshot_id = ?",
            [manifest.snapshot_id],
        ).fetchall()
        if rows != manifest.rows:
            raise UnreadablePagesError(
                f"DuckDB reads {rows:,} rows, its manifest says {manifest.rows:,}"
            )
        profiles.make(con, endpoint, manifest.snapshot_id)
        con.execute("insert into raw.loads values (?, ?, ?, ?)", [*_entry(manifest)])


def _describe_snapshots(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """What the manifests say, as tables; they are small, so rebuilt each time."""
    typed = ", ".join(f"{identifier(name)} {kind}" for name, kind in _MANIFEST_COLUMNS.items())
    with transaction(con):
        con.execute(f"create or replace temp table manifest ({typed})")
        if files:
            con.execute(
                "insert into manifest from read_json($files, columns = $columns, "
                "format = 'unstructured', maximum_object_size = $buffer)",
                {
                    "files": [str(path) for path in files],
                    "columns": _MANIFEST_COLUMNS,
                    "buffer": max(SMALLEST_BUFFER, *(path.stat().st_size + 1 for path in files)),
                },
            )
        for statement in _DESCRIPTIONS:
            con.execute(statement)


# What is read of a manifest.
_MANIFEST_COLUMNS = {
    **dict.fromkeys(("endpoint", "snapshot_id", "source", "source_url", "release_id"), "varchar"),
    **dict.fromkeys(("started_at", "finished_at"), "timestamptz"),
    "rows": "bigint",
    "content_sha256": "varchar",
    "seen_again_at": "timestamptz[]",
    "restarts": "varchar[]",
    "slices": "struct(slice varchar, rows bigint, added_columns varchar[], coverage "
    "struct(origins json, asylums json, year_from bigint, year_to bigint))[]",
}

# '*' stands for every country, '-' for a dimension that is summed, as in the API's own rows.
_DESCRIPTIONS = (
    """
    create or replace table raw.snapshots as
    select
        endpoint,
        snapshot_id,
        source,
        source_url,
        release_id,
        started_at,
        finished_at,
        coalesce(list_max(seen_again_at), finished_at) as last_seen_at,
        1 + len(seen_again_at) as times_seen,
        rows as row_count,
        content_sha256,
        len(restarts) as restart_count
    from manifest
    order by endpoint, snapshot_id
    """,
    """
    create or replace table raw.snapshot_coverage as
    with part as (
        select endpoint, snapshot_id, unnest(slices) as slice from manifest
    ),
    bounds as (
        select
            endpoint,
            snapshot_id,
            slice.slice as slice,
            slice.rows as row_count,
            case
                when json_type(slice.coverage.origins) = 'ARRAY'
                    then from_json(slice.coverage.origins, '["varchar"]')
                when slice.coverage.origins ->> '$' = 'summed' then ['-']
                else ['*']
            end as origins,
            case
                when json_type(slice.coverage.asylums) = 'ARRAY'
                    then from_json(slice.coverage.asylums, '["varchar"]')
                when slice.coverage.asylums ->> '$' = 'summed' then ['-']
                else ['*']
            end as asylums,
            slice.coverage.year_from as year_from,
            slice.coverage.year_to as year_to
        from part
    ),
    by_origin as (
        select * exclude (origins), unnest(origins) as origin_iso3 from bounds
    ),
    by_pair as (
        select * exclude (asylums), unnest(asylums) as asylum_iso3 from by_origin
    )
    select endpoint, snapshot_id, slice, row_count, origin_iso3, asylum_iso3, year_from, year_to
    from by_pair
    order by all
    """,
)
