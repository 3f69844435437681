"""Raw -> schema `releases`: which release each loaded snapshot is, and whether it is accepted.

One table, `snapshot_releases`, a row per snapshot, rebuilt each time: the release by identify.py,
the verdict by validate.py, both from the profiles that were made with the load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from warehouse.core.database import connect, transaction
from warehouse.core.manifest import Manifest
from warehouse.landing import decision
from warehouse.landing.snapshots import manifests
from warehouse.releases import identify, profiles, validate
from warehouse.releases.identify import Key, Release, Snapshot
from warehouse.releases.profiles import Comparison, NewestYears, Reach
from warehouse.releases.validate import Finding, Loaded, Verdict
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, PAIRS

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Quarantined:
    """A quarantined snapshot, the reason, and all findings.

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
class Assigned:
    """The result of `assign`: the release of each snapshot, and the quarantined snapshots."""

    releases: Mapping[Key, str]
    quarantined: Sequence[Quarantined]


def assign(settings: Settings, on_progress: Progress | None = None) -> Assigned:
    """Assign each loaded snapshot of UNHCR's a release and validate it. What is not UNHCR's is of
    no release.

    Raises UnknownReleaseError when a snapshot states a release of no list, ValueError when a list
    or a decision cannot be used, DatabaseBusyError when another process holds the build database.
    """
    lists = identify.read_lists()
    landed = manifests(settings)
    with connect(settings.build_db, settings) as con:
        loads = "select endpoint, snapshot_id, content_sha256 from raw.loads"
        loaded = set(con.execute(loads).fetchall())
        digests = profiles.digests(con)
        snapshots = [
            _snapshot(con, folder, manifest, digests)
            for folder, manifest in landed
            if ENDPOINTS[manifest.endpoint].is_of_unhcr
            and (manifest.endpoint, manifest.snapshot_id, manifest.content_sha256) in loaded
        ]
        if on_progress:
            on_progress("assign releases", 0, len(snapshots))
        assigned = _assign(con, snapshots, lists)
    if on_progress:
        on_progress("assign releases", len(snapshots), len(snapshots))
    return assigned


def _assign(
    con: duckdb.DuckDBPyConnection, snapshots: Sequence[Snapshot], lists: identify.Lists
) -> Assigned:
    def digest_within(snapshot: Snapshot, reach: Reach) -> str:
        return profiles.digest_within(con, snapshot.endpoint, snapshot.snapshot_id, reach)

    loaded = look_into(con)
    # What states its release needs no other to be assigned one, so it is validated first by itself.
    stated = [one for one in snapshots if one.stated_release_id is not None]
    among_stated = identify.resolve(stated, lists, digest_within)
    first = validate.validate_all(stated, among_stated, lists, loaded)
    distrusted = {key for key, verdict in first.items() if verdict.is_quarantined}
    found = identify.resolve(snapshots, lists, digest_within, distrusted)
    verdicts = validate.validate_all(snapshots, found, lists, loaded)
    held_back = validate.held_back(snapshots, found, verdicts)
    _write(
        con,
        [
            _release_row(
                one,
                found[one.key],
                verdicts[one.key],
                held_back.get(one.key),
                _difference(con, one, snapshots, found),
            )
            for one in snapshots
        ],
    )
    return Assigned(
        {one.key: found[one.key].release_id for one in snapshots},
        [
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
        ],
    )


def _write(con: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[object]]) -> None:
    with transaction(con):
        con.execute("create schema if not exists releases")
        con.execute(_SNAPSHOT_RELEASES)
        if rows:
            con.executemany(
                f"insert into releases.snapshot_releases values ({', '.join('?' * len(rows[0]))})",
                rows,
            )


def look_into(con: duckdb.DuckDBPyConnection) -> Loaded:
    """How validation looks into the profiles of an open build database; each pair of snapshots is
    compared once.
    """

    @cache
    def compare(
        endpoint: str,
        snapshots: tuple[str, str],
        beside: str | None,
        reach: Reach,
        measures: frozenset[str] | None,
    ) -> Comparison:
        shape = ENDPOINTS[endpoint]
        return profiles.compare(
            con, shape, *snapshots, reach, beside_id=beside, measures_of_both=measures
        )

    @cache
    def newest_years(endpoint: str, before_id: str, now_id: str, reach: Reach) -> NewestYears:
        return profiles.newest_years(con, ENDPOINTS[endpoint], before_id, now_id, reach)

    def same(before: Snapshot, now: Snapshot) -> bool:
        reach = identify.reach_of(now)
        if reach.is_whole:
            return identify.reach_of(before).is_whole and before.digest == now.digest
        return reach.asylums is None and now.digest == profiles.digest_within(
            con, before.endpoint, before.snapshot_id, reach
        )

    return Loaded(
        lambda before, now, reach, beside=None: compare(
            now.endpoint,
            (before.snapshot_id, now.snapshot_id),
            beside.snapshot_id if beside else None,
            reach,
            validate.common_measures(before, now),
        ),
        same,
        lambda one: profiles.codes(con, *one.key),
        lambda before, now, reach: newest_years(
            now.endpoint, before.snapshot_id, now.snapshot_id, reach
        ),
    )


def _snapshot(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    digests: Mapping[Key, tuple[str, int]],
) -> Snapshot:
    key = (manifest.endpoint, manifest.snapshot_id)
    reach = next((Reach.of(part.coverage) for part in manifest.slices if part.slice == PAIRS), None)
    digest, latest_year = digests.get(key, (profiles.NO_ROWS, None))
    return Snapshot(
        *key,
        source=manifest.source,
        stated_release_id=manifest.release_id,
        retrieved_at=manifest.finished_at,
        last_seen_at=manifest.last_seen_at,
        row_count=manifest.rows,
        reach=reach,
        digest=digest if reach else None,
        latest_year=latest_year,
        decision=decision.read(folder),
        # An extract is silent on what was not collected for it, and writes "-" there.
        measures=profiles.counted(con, *key) if manifest.source == "starter" else None,
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
    other = identify.nearest_named(snapshot, snapshots, found)
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
    return identify.difference_text(snapshot.endpoint, found[other.key].release_id, differing)


_SNAPSHOT_RELEASES = """
    create or replace table releases.snapshot_releases (
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
