"""Landing -> schema `raw`: the same answers in DuckDB, nothing interpreted, every snapshot kept.

One table an endpoint, all of the API's columns as text, with three of ours in front:
`_snapshot_id`, `_slice` (which query of the snapshot) and `_row_number` (position in the slice,
from 1). Beside them what the manifests say: `snapshots`, `snapshot_coverage`,
`control_differences`, and `loads`, the book of what has been loaded. What the snapshots come to:
`snapshot_profiles` and `snapshot_codes` (profiles.py), and `snapshot_releases`, which release each
is (releases.py), and whether it is accepted (validation.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from warehouse import decision, profiles, releases, validation
from warehouse.database import connect, identifier, literal
from warehouse.landing import manifests
from warehouse.manifest import FILE_NAME, Manifest, Slice
from warehouse.profiles import Comparison, Reach
from warehouse.releases import Key, Lists, Release, Snapshot
from warehouse.settings import Settings
from warehouse.unhcr.archive import REFERENCE_DIR
from warehouse.unhcr.endpoints import ENDPOINTS, PAIRS, Endpoint
from warehouse.validation import Finding, Loaded, Verdict

OWN_COLUMNS = ("_snapshot_id", "_slice", "_row_number")
# DuckDB holds two buffers of this size for each thread, so it is no larger than it must be.
SMALLEST_BUFFER = 16 * 1024 * 1024

Progress = Callable[[str, int, int | None], None]


class RawLoadError(Exception):
    """Landed pages that do not hold what their manifest says."""


@dataclass(frozen=True)
class Quarantined:
    """A snapshot that is held back, why, and all that was found in it.

    held_back: what every product says first; None where a later snapshot took its place.
    """

    endpoint: str
    snapshot_id: str
    release_id: str
    compared_with: str | None
    held_because: str
    held_back: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class LoadResult:
    """What `load` found and did: rows by raw table afterwards; snapshots as (endpoint, id)."""

    rows: dict[str, int] = field(default_factory=dict)
    loaded: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)


def load(
    settings: Settings,
    on_progress: Progress | None = None,
    *,
    reference_dir: Path = REFERENCE_DIR,
) -> LoadResult:
    """Bring schema `raw` of the build database in line with the landing folder.

    Snapshots not yet loaded are loaded, each in a transaction of its own; snapshots that are gone
    from the landing folder are taken out. Then all are assigned a release and validated, by the
    lists in `reference_dir`. Loading twice changes nothing. Raises RawLoadError when a snapshot's
    pages hold another number of rows than its manifest says, DatabaseBusyError when another process
    holds the build database, UnknownReleaseError when a snapshot states a release of no list,
    ValueError when a list or a decision cannot be used.
    """
    landed = manifests(settings)
    lists = releases.read_lists(reference_dir)
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
        _complete_profiles(con)
        _describe_snapshots(con, [path / FILE_NAME for path, _ in landed])
        result.quarantined.extend(_assign_releases(con, landed, lists))
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
    # The first builds had no profiles: theirs are made at the next load, as are outdated ones.
    con.execute("alter table raw.loads add column if not exists profile_version integer")
    profiles.create_tables(con)
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
    profiles.remove(con, endpoint, snapshot_id)
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
        profiles.make(con, endpoint, manifest.snapshot_id)
        con.execute(
            "insert into raw.loads (endpoint, snapshot_id, content_sha256, profile_version) "
            "values (?, ?, ?, ?)",
            [
                manifest.endpoint,
                manifest.snapshot_id,
                manifest.content_sha256,
                profiles.VERSION,
            ],
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


def _complete_profiles(con: duckdb.DuckDBPyConnection) -> None:
    """Make the profiles of snapshots that an earlier version of this loaded."""
    lacking = con.execute(
        "select endpoint, snapshot_id from raw.loads "
        "where profile_version is distinct from ? order by all",
        [profiles.VERSION],
    ).fetchall()
    for endpoint, snapshot_id in lacking:
        con.execute("begin")
        try:
            profiles.make(con, ENDPOINTS[endpoint], snapshot_id)
            con.execute(
                "update raw.loads set profile_version = ? where endpoint = ? and snapshot_id = ?",
                [profiles.VERSION, endpoint, snapshot_id],
            )
            con.execute("commit")
        except BaseException:
            con.execute("rollback")
            raise


def _assign_releases(
    con: duckdb.DuckDBPyConnection, landed: Sequence[tuple[Path, Manifest]], lists: Lists
) -> list[Quarantined]:
    """Fill `snapshot_releases`, made anew each time; the snapshots that are quarantined."""
    digests = profiles.digests(con)
    snapshots = [_snapshot(folder, manifest, digests) for folder, manifest in landed]

    def digest_within(snapshot: Snapshot, reach: Reach) -> str:
        return profiles.digest_within(con, snapshot.endpoint, snapshot.snapshot_id, reach)

    loaded = look_into(con)
    # What states its release needs no other to be assigned one, so it is validated first by itself.
    stated = [one for one in snapshots if one.stated_release_id is not None]
    among_stated = releases.resolve(stated, lists, digest_within)
    first = validation.validate_all(stated, among_stated, lists, loaded)
    distrusted = {key for key, verdict in first.items() if verdict.is_quarantined}
    found = releases.resolve(snapshots, lists, digest_within, distrusted)
    verdicts = validation.validate_all(snapshots, found, lists, loaded)
    held_back = validation.held_back(snapshots, found, verdicts)
    rows = [
        _release_row(
            one,
            found[one.key],
            verdicts[one.key],
            held_back.get(one.key),
            _difference(con, one, snapshots, found),
        )
        for one in snapshots
    ]
    con.execute("begin")
    try:
        con.execute(_SNAPSHOT_RELEASES)
        if rows:
            con.executemany(
                f"insert into raw.snapshot_releases values ({', '.join('?' * len(rows[0]))})", rows
            )
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return [
        Quarantined(
            *one.key,
            found[one.key].release_id,
            verdicts[one.key].compared_with,
            held_because,
            held_back.get(one.key),
            verdicts[one.key].findings,
        )
        for one in snapshots
        if (held_because := verdicts[one.key].held_because)
    ]


def look_into(con: duckdb.DuckDBPyConnection) -> Loaded:
    """How validation looks into the profiles of an open build database; each pair of snapshots is
    compared once.
    """

    @cache
    def compare(
        endpoint: str, before: str, now: str, reach: Reach, beside: str | None
    ) -> Comparison:
        return profiles.compare(con, ENDPOINTS[endpoint], before, now, reach, beside_id=beside)

    def same(before: Snapshot, now: Snapshot) -> bool:
        reach = validation.reach_of(now)
        if reach.is_whole:
            return validation.reach_of(before).is_whole and before.digest == now.digest
        return reach.asylums is None and now.digest == profiles.digest_within(
            con, before.endpoint, before.snapshot_id, reach
        )

    return Loaded(
        lambda before, now, reach, beside=None: compare(
            now.endpoint,
            before.snapshot_id,
            now.snapshot_id,
            reach,
            beside.snapshot_id if beside else None,
        ),
        same,
        lambda one: profiles.codes(con, *one.key),
    )


def _snapshot(folder: Path, manifest: Manifest, digests: Mapping[Key, tuple[str, int]]) -> Snapshot:
    key = (manifest.endpoint, manifest.snapshot_id)
    reach = next((Reach.of(part.coverage) for part in manifest.slices if part.slice == PAIRS), None)
    digest, latest_year = digests.get(key, (profiles.NO_ROWS, None))
    return Snapshot(
        *key,
        source=manifest.source,
        stated_release_id=manifest.release_id,
        retrieved_at=manifest.finished_at,
        reach=reach,
        digest=digest if reach else None,
        latest_year=latest_year,
        decision=decision.read(folder),
    )


def _difference(
    con: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    snapshots: Sequence[Snapshot],
    found: Mapping[Key, Release],
) -> str | None:
    """What an unnamed release differs in; None for a named one, and where nothing is known."""
    if found[snapshot.key].is_named or snapshot.reach is None:
        return None
    other = releases.nearest_named(snapshot, snapshots, found)
    if other is None or other.reach is None:
        return f"{snapshot.endpoint}: no snapshot of a named release to compare with"
    reach = Reach(
        *snapshot.reach.sides,
        max(snapshot.reach.year_from, other.reach.year_from),
        max(snapshot.reach.year_to, other.reach.year_to),
    )
    differing = profiles.difference(
        con, snapshot.endpoint, snapshot.snapshot_id, other.snapshot_id, reach
    )
    return releases.difference_text(snapshot.endpoint, found[other.key].release_id, differing)


_SNAPSHOT_RELEASES = """
    create or replace table raw.snapshot_releases (
        endpoint varchar not null, snapshot_id varchar not null, release_id varchar not null,
        release_title varchar not null, in_force_from date not null, reference_date date not null,
        is_provisional_release boolean not null, is_named boolean not null, differs_in varchar,
        is_quarantined boolean not null, held_because varchar, verdict_from varchar not null,
        held_back varchar,
        findings struct(severity varchar, finding varchar)[] not null, compared_with varchar,
        accepted_at timestamptz, accepted_by varchar, accepted_why varchar,
        decision_sha256 varchar
    )
"""


def _release_row(
    snapshot: Snapshot,
    release: Release,
    verdict: Verdict,
    held_back: str | None,
    differs_in: str | None,
) -> list[object]:
    decided = snapshot.decision
    accepted = decided if decided and decided.is_accepted else None
    return [
        *snapshot.key,
        release.release_id,
        release.title,
        release.in_force_from,
        release.reference_date,
        release.is_provisional,
        release.is_named,
        differs_in,
        verdict.is_quarantined,
        verdict.held_because,
        verdict.verdict_from,
        held_back,
        [{"severity": one.severity, "finding": one.text} for one in verdict.findings],
        verdict.compared_with,
        accepted and accepted.decided_at,
        accepted and accepted.decided_by,
        accepted and accepted.why,
        decided and decided.sha256,
    ]


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
