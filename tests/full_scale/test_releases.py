"""The real releases: assigned by their content, and told from corrections by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import duckdb
import pytest

from tests.full_scale.conftest import ALL, RELEASES, missing, released
from warehouse.build import raw
from warehouse.releases import identify, profiles
from warehouse.releases.assign import look_into
from warehouse.releases.identify import MAIN, Release, Snapshot, resolve
from warehouse.releases.profiles import Reach
from warehouse.releases.publications import Publications
from warehouse.releases.validate import Look
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS, Endpoint

ORDER = ["2024-06", "2024-12", "2025-06", "2025-12.0", "2025-12.1"]
START = datetime(2026, 7, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.timeout(900),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


def load(
    con: duckdb.DuckDBPyConnection, endpoint: Endpoint, release: str, where: str = "true"
) -> None:
    """One dataset of one release as the API would give it, and its profile."""
    known = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso", *endpoint.codes)
    texts = [f"coalesce({c}::varchar, '-') as {c}" for c in known]
    counts = [f"coalesce(sum({c})::bigint::varchar, '-') as {c}" for c in endpoint.counts]
    con.execute(
        f"insert into raw.{endpoint.table} by name select '{release}' as _snapshot_id, "
        f"'pairs' as _slice, 0 as _row_number, {', '.join([*texts, *counts])} "
        f"from ({released(release, endpoint)}) where {where} group by {', '.join(known)}"
    )
    profiles.make(con, endpoint, release)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """All datasets of all releases, with their profiles; snapshots are called by their release."""
    with duckdb.connect(config={"threads": "2", "autoinstall_known_extensions": "false"}) as opened:
        raw._create_tables(opened)
        for release in ALL:
            for endpoint in ENDPOINTS.values():
                if (RELEASES / release / f"{endpoint.archived}.parquet").exists():
                    load(opened, endpoint, release)
        yield opened


def fetched(con: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """The releases as so many crawls of the API, all seen within one day."""
    return [
        Snapshot(
            endpoint, release, "api", None, START + timedelta(hours=ORDER.index(release)), Reach(),
            digest, year,
        )
        for (endpoint, release), (digest, year) in sorted(profiles.digests(con).items())
        if release in ORDER and endpoint != FLOWS  # no part of the API: test_flows.py
    ]  # fmt: skip


def test_the_contents_in_the_list_are_those_of_the_releases(
    con: duckdb.DuckDBPyConnection,
) -> None:
    listed = identify.read_lists().contents
    digests = {key: digest for key, (digest, _) in profiles.digests(con).items()}
    wanted = {(endpoint, release): digest for (release, endpoint), digest in listed.items()}
    assert wanted
    assert {key: digests[key] for key in wanted} == wanted


def test_a_crawl_is_assigned_its_release_by_its_content(con: duckdb.DuckDBPyConnection) -> None:
    snapshots = fetched(con)

    def within(one: Snapshot, reach: Reach) -> str:
        return profiles.digest_within(con, one.endpoint, one.snapshot_id, reach)

    found = resolve(snapshots, identify.read_lists(), within)
    assert {one.key: found[one.key].release_id for one in snapshots} == {
        one.key: one.snapshot_id for one in snapshots
    }


@pytest.mark.parametrize("endpoint", ["idmc", *MAIN])
def test_a_release_is_a_later_publication_and_a_correction_is_none(
    con: duckdb.DuckDBPyConnection, endpoint: str
) -> None:
    """Were they crawled from the API and in no list: of a main dataset by itself, and of another
    by those, as if no release changed it.
    """
    named = identify.read_lists().releases
    digests = profiles.digests(con)
    snapshots = {
        (told_by, release): Snapshot(
            told_by, release, "api", None,
            datetime.combine(named[release].published_on, time(12), UTC), Reach(),
            *digests[told_by, release],
        )
        for told_by in MAIN
        for release in ALL
    }  # fmt: skip
    seen = {release: replace(snapshots[MAIN[0], release], endpoint=endpoint) for release in ALL}
    releases = {
        one.key: Release(one.snapshot_id, "", one.day, named[one.snapshot_id].reference_date, False)
        for one in (*snapshots.values(), *seen.values())
    }
    look = Look(releases, look_into(con))
    publications = Publications(
        [one for one in snapshots.values() if endpoint not in MAIN or one.endpoint == endpoint],
        releases,
        look.loaded.newest_years,
        lambda before, now, year_to: look.is_lossy(before, now, year_to=year_to),
    )
    for before, now in pairwise(ALL):
        is_release = named[before].reference_date != named[now].reference_date
        assert publications.is_later(seen[now], seen[before]) == is_release, now
