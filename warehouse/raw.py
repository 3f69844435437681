"""Landing -> schema `raw`: the same answers in DuckDB, nothing interpreted, every snapshot kept.

One table an endpoint, all of the API's columns as text, with three of ours in front:
`_snapshot_id`, `_slice` (which query of the snapshot) and `_row_number` (position in the slice,
from 1). Beside them what the manifests say: `snapshots`, `snapshot_coverage`,
`control_differences`, and `loads`, the book of what has been loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from warehouse.database import connect, identifier, literal
from warehouse.landing import manifests
from warehouse.manifest import FILE_NAME, Manifest, Slice
from warehouse.settings import Settings
from warehouse.unhcr.endpoints import ENDPOINTS, Endpoint

OWN_COLUMNS = ("_snapshot_id", "_slice", "_row_number")
# DuckDB holds two buffers of this size for each thread, so it is no larger than it must be.
SMALLEST_BUFFER = 16 * 1024 * 1024

Progress = Callable[[str, int, int | None], None]


class RawLoadError(Exception):
    """Landed pages that do not hold what their manifest says."""


@dataclass(frozen=True)
class LoadResult:
    """What `load` found and did: rows by raw table afterwards; snapshots as (endpoint, id)."""

    rows: dict[str, int] = field(default_factory=dict)
    loaded: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)


def load(settings: Settings, on_progress: Progress | None = None) -> LoadResult:
    """Bring schema `raw` of the build database in line with the landing folder.

    Snapshots not yet loaded are loaded, each in a transaction of its own; snapshots that are gone
    from the landing folder are taken out. Loading twice changes nothing. Raises RawLoadError when
    a snapshot's pages hold another number of rows than its manifest says, DatabaseBusyError when
    another process holds the build database.
    """
    landed = manifests(settings)
    result = LoadResult()
    with connect(settings.build_db, settings) as con:
        _create_tables(con, landed)
        known = set(
            con.execute("select endpoint, snapshot_id, content_sha256 from raw.loads").fetchall()
        )
        wanted = {(m.endpoint, m.snapshot_id, m.content_sha256): (p, m) for p, m in landed}
        for endpoint, snapshot_id, _ in sorted(known - wanted.keys()):
            _remove(con, endpoint, snapshot_id)
            result.removed.append((endpoint, snapshot_id))
        missing = [entry for entry in wanted if entry not in known]
        for done, entry in enumerate(missing):
            if on_progress:
                on_progress(f"load {entry[0]}", done, len(missing))
            _load_snapshot(con, *wanted[entry])
            result.loaded.append(entry[:2])
        _describe_snapshots(con, [path / FILE_NAME for path, _ in landed])
        result.rows.update(
            (name, con.execute(f"select count(*) from raw.{identifier(name)}").fetchall()[0][0])
            for name in (endpoint.table for endpoint in ENDPOINTS.values())
        )
    if on_progress:
        on_progress("load", len(missing), len(missing))
    return result


def _create_tables(con: duckdb.DuckDBPyConnection, landed: Sequence[tuple[Path, Manifest]]) -> None:
    con.execute("create schema if not exists raw")
    con.execute(
        "create table if not exists raw.loads ("
        "endpoint varchar, snapshot_id varchar, content_sha256 varchar, "
        "primary key (endpoint, snapshot_id))"
    )
    for endpoint in ENDPOINTS.values():
        columns = ", ".join(f"{identifier(c)} varchar" for c in endpoint.columns)
        con.execute(
            f"create table if not exists raw.{identifier(endpoint.table)} "
            "(_snapshot_id varchar not null, _slice varchar not null, "
            f"_row_number bigint not null, {columns})"
        )
        for column in _added_columns(endpoint, landed):
            con.execute(
                f"alter table raw.{identifier(endpoint.table)} "
                f"add column if not exists {identifier(column)} varchar"
            )


def _added_columns(endpoint: Endpoint, landed: Sequence[tuple[Path, Manifest]]) -> list[str]:
    """Columns the source sends and we do not know: kept, in the order first met."""
    met = (
        column
        for _, manifest in landed
        if manifest.endpoint == endpoint.name
        for part in manifest.slices
        for column in part.added_columns
    )
    return list(dict.fromkeys(met))


def _remove(con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str) -> None:
    table = ENDPOINTS[endpoint].table
    con.execute("begin")
    con.execute(f"delete from raw.{identifier(table)} where _snapshot_id = ?", [snapshot_id])
    con.execute(
        "delete from raw.loads where endpoint = ? and snapshot_id = ?", [endpoint, snapshot_id]
    )
    con.execute("commit")


def _load_snapshot(con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> None:
    endpoint = ENDPOINTS[manifest.endpoint]
    con.execute("begin")
    try:
        for part in manifest.slices:
            if part.pages:
                con.execute(_insert(endpoint, folder, manifest, part))
        [(rows,)] = con.execute(
            f"select count(*) from raw.{identifier(endpoint.table)} where _snapshot_id = ?",
            [manifest.snapshot_id],
        ).fetchall()
        if rows != manifest.rows:
            raise RawLoadError(
                f"{folder}: its pages hold {rows} rows, its manifest says {manifest.rows}. "
                f"The folder was changed after landing: move it away and fetch again."
            )
        con.execute(
            "insert into raw.loads values (?, ?, ?)",
            [manifest.endpoint, manifest.snapshot_id, manifest.content_sha256],
        )
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def _insert(endpoint: Endpoint, folder: Path, manifest: Manifest, part: Slice) -> str:
    """The statement that reads the pages of one slice; every value arrives as text."""
    columns = [*endpoint.columns, *part.added_columns]
    row_type = ", ".join(f"{identifier(c)} varchar" for c in columns)
    names = ", ".join(identifier(c) for c in columns)
    values = ", ".join(f"item.{identifier(c)}" for c in columns)
    files = ", ".join(literal(str(folder / page.file)) for page in part.pages)
    buffer = max(SMALLEST_BUFFER, *(page.bytes + 1 for page in part.pages))
    return f"""
        insert into raw.{identifier(endpoint.table)} (_snapshot_id, _slice, _row_number, {names})
        select
            {literal(manifest.snapshot_id)},
            {literal(part.slice)},
            (page - 1) * {part.page_size} + position,
            {values}
        from (
            select page, unnest(items) as item, generate_subscripts(items, 1) as position
            from read_json(
                [{files}],
                columns = {{'page': 'bigint', 'items': 'struct({row_type})[]'}},
                format = 'unstructured',
                maximum_object_size = {buffer}
            )
        )
    """


def _describe_snapshots(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """What the manifests say, as tables; small, so made anew each time."""
    paths = ", ".join(literal(str(path)) for path in files)
    buffer = max((SMALLEST_BUFFER, *(path.stat().st_size + 1 for path in files)))
    source = (
        f"""read_json(
            [{paths}],
            columns = {{
                endpoint: 'varchar', snapshot_id: 'varchar', source: 'varchar',
                source_url: 'varchar', release_id: 'varchar', started_at: 'timestamptz',
                finished_at: 'timestamptz', rows: 'bigint', content_sha256: 'varchar',
                seen_again_at: 'timestamptz[]', restarts: 'varchar[]',
                slices: 'struct(slice varchar, rows bigint, added_columns varchar[], coverage
                    struct(origins json, asylums json, year_from bigint, year_to bigint))[]',
                control_differences: 'struct(side varchar, country varchar, "year" bigint,
                    codes varchar, measure varchar, control bigint, pairs bigint)[]'
            }},
            format = 'unstructured',
            maximum_object_size = {buffer}
        )"""
        if files
        else _NO_MANIFESTS
    )
    con.execute("begin")
    try:
        con.execute(f"create or replace temp table manifest as select * from {source}")
        for statement in _DESCRIPTIONS:
            con.execute(statement)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


_NO_MANIFESTS = """(
    select
        null::varchar as endpoint, null::varchar as snapshot_id, null::varchar as source,
        null::varchar as source_url, null::varchar as release_id,
        null::timestamptz as started_at, null::timestamptz as finished_at,
        null::bigint as rows, null::varchar as content_sha256,
        null::timestamptz[] as seen_again_at, null::varchar[] as restarts,
        null::struct(slice varchar, rows bigint, added_columns varchar[], coverage struct(
            origins json, asylums json, year_from bigint, year_to bigint))[] as slices,
        null::struct(side varchar, country varchar, "year" bigint, codes varchar,
            measure varchar, control bigint, pairs bigint)[] as control_differences
    where false
)"""

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
    """
    create or replace table raw.control_differences as
    with difference as (
        select endpoint, snapshot_id, unnest(control_differences) as found from manifest
    )
    select
        endpoint,
        snapshot_id,
        found.side as side,
        found.country as country_unhcr_code,
        found.year as reference_year,
        found.codes as codes,
        found.measure as measure,
        found.control as control_value,
        found.pairs as pairs_value
    from difference
    order by all
    """,
)
