"""The real releases: told by their content, and believed one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tests.full_scale.conftest import RELEASES, missing
from warehouse import profiles, raw, releases
from warehouse.profiles import Reach
from warehouse.releases import Held, Snapshot, judge_all, resolve
from warehouse.unhcr.endpoints import ENDPOINTS, Endpoint

ORDER = ["2024-06", "2024-12", "2025-06", "2025-12.0", "2025-12.1"]
START = datetime(2026, 7, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.timeout(900),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


def load(con: duckdb.DuckDBPyConnection, endpoint: Endpoint, release: str) -> None:
    """One dataset of one release as the API would give it, and its profile."""
    known = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso", *endpoint.codes)
    texts = [f"coalesce({c}::varchar, '-') as {c}" for c in known]
    counts = [f"coalesce(sum({c})::bigint::varchar, '-') as {c}" for c in endpoint.counts]
    con.execute(
        f"insert into raw.{endpoint.table} by name select '{release}' as _snapshot_id, "
        f"'pairs' as _slice, 0 as _row_number, {', '.join([*texts, *counts])} "
        f"from '{RELEASES / release / endpoint.table}.parquet' group by {', '.join(known)}"
    )
    profiles.make(con, endpoint, release)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """All datasets of all releases, with their profiles; snapshots are called by their release."""
    with duckdb.connect(config={"threads": "2", "autoinstall_known_extensions": "false"}) as opened:
        raw._create_tables(opened)
        for release in ORDER:
            for endpoint in ENDPOINTS.values():
                if (RELEASES / release / f"{endpoint.table}.parquet").exists():
                    load(opened, endpoint, release)
        yield opened


def fetched(con: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """The releases as so many crawls of the API, all seen within one day."""
    out = []
    for (endpoint, release), (digest, year) in sorted(profiles.digests(con).items()):
        first = ENDPOINTS[endpoint].first_year or 0
        at = START + timedelta(hours=ORDER.index(release))
        reach = Reach(year_from=first, year_to=2026)
        out.append(Snapshot(endpoint, release, "api", None, at, reach, digest, year))
    return out


def test_the_contents_in_the_list_are_those_of_the_releases(
    con: duckdb.DuckDBPyConnection,
) -> None:
    listed = releases.read_lists().contents
    digests = {key: digest for key, (digest, _) in profiles.digests(con).items()}
    assert digests == {(endpoint, release): d for (release, endpoint), d in listed.items()}


def test_a_crawl_is_told_by_its_content_and_no_real_release_is_quarantined(
    con: duckdb.DuckDBPyConnection,
) -> None:
    lists = releases.read_lists()
    snapshots = fetched(con)

    def within(one: Snapshot, reach: Reach) -> str:
        return profiles.digest_within(con, one.endpoint, one.snapshot_id, reach)

    found = resolve(snapshots, lists, within)
    assert {one.key: found[one.key].release_id for one in snapshots} == {
        one.key: one.snapshot_id for one in snapshots
    }

    def judged(*members: Snapshot) -> dict[tuple[str, str], releases.Judgement]:
        held = Held(
            within,
            lambda one, reach: profiles.read(con, ENDPOINTS[one.endpoint], one.snapshot_id, reach),
            lambda one: profiles.codes(con, *one.key),
        )
        return judge_all(members, resolve(members, lists, within), lists, held)

    assert {key: one.findings for key, one in judged(*snapshots).items() if one.findings} == {}
    # Nor where a release in between is not held.
    for endpoint in ("population", "asylum-applications", "asylum-decisions"):
        mine = [
            replace(one, stated_release_id=one.snapshot_id)
            for one in snapshots
            if one.endpoint == endpoint
        ]
        for at, earlier in enumerate(mine):
            for later in mine[at + 1 :]:
                assert judged(earlier, later)[later.key].findings == (), (earlier, later)


def test_without_the_announced_correction_the_returns_of_2022_and_2023_would_be_found(
    con: duckdb.DuckDBPyConnection,
) -> None:
    before, now = (
        profiles.read(con, ENDPOINTS["population"], release, Reach()).between(1951, 2025)
        for release in ("2025-06", "2025-12.0")
    )
    [found] = releases.judge(before, now, (), "2025-06")
    assert found == (
        "The total of returned_refugees in 2022, a settled year, is 999,261 where 2025-06 has "
        "1,356,261 (-26.3%); 2 settled years moved by more than 2 %."
    )


def test_demographics_of_2025_alone_are_held_back_from_those_of_25_years(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """2025-12.0's are not at hand: the years before are made up of the real ones of 2025."""
    shape = ENDPOINTS["demographics"]
    con.execute("begin")
    con.execute(
        "insert into raw.demographics by name "
        "select * replace ('2025-12.0' as _snapshot_id, made.year::varchar as year) "
        "from raw.demographics cross join (select range as year from range(2016, 2026)) as made "
        "where _snapshot_id = '2025-12.1'"
    )
    profiles.make(con, shape, "2025-12.0")
    before = profiles.read(con, shape, "2025-12.0", Reach())
    now = profiles.read(con, shape, "2025-12.1", Reach())
    codes = profiles.codes(con, shape.name, "2025-12.1")
    con.execute("rollback")
    assert releases.judge(before, now, (), "2025-12.0") == [
        "9 years are missing: 2016-2024, of which 2025-12.0 has 91,485 rows."
    ]
    assert codes["pop_type"]
    assert releases.unknown_codes(codes, releases.read_lists().codes) == []
