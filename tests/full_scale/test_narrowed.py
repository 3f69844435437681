"""Crawls narrowed to one country of origin, of the real releases: none that is true is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import duckdb
import pytest

from tests.full_scale.conftest import ALL, HELD, RELEASES, missing
from tests.full_scale.test_releases import load
from warehouse.build import raw
from warehouse.releases import identify, profiles, validate
from warehouse.releases.assign import look_into
from warehouse.releases.identify import Key, Snapshot
from warehouse.releases.profiles import ORIGIN_SIDE, Reach
from warehouse.releases.validate import Verdict
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS

# All 217 take seven minutes. These are those that lost most in a true release: a measure, years or
# rows; and some of the largest and of the smallest.
ORIGINS = [
    "ABW", "AFG", "ARM", "BEL", "CHN", "CUW", "EGY", "ETH", "GMB", "KAZ", "KGZ", "LIE", "MDG",
    "MMR", "NIC", "OMN", "SDN", "SEN", "SLE", "SOM", "SSD", "STP", "SYR", "TGO", "THA", "TUR",
    "UKR", "URY", "USA", "VEN", "ZAF",
]  # fmt: skip
SEEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEWEST, BROKEN = "2025-12.1", "broken"

pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.timeout(900),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """All datasets of all releases, of these origins alone. The flow workbook is never narrowed."""
    of_these = "coo_iso in ({})".format(", ".join(f"'{one}'" for one in ORIGINS))
    with duckdb.connect(config={"threads": "2", "autoinstall_known_extensions": "false"}) as opened:
        raw._create_tables(opened)
        for release in ALL:
            for endpoint in ENDPOINTS.values():
                file = RELEASES / release / f"{endpoint.archived}.parquet"
                if file.exists() and endpoint.name != FLOWS:
                    load(opened, endpoint, release, of_these)
        yield opened


def verdicts(con: duckdb.DuckDBPyConnection, origin: str, ids: Sequence[str]) -> dict[Key, Verdict]:
    """On crawls of the releases by the API, one after the other, each of this origin alone."""
    reach = Reach(frozenset({origin}))
    lists = identify.read_lists()
    snapshots, releases = [], {}
    found = con.execute(
        "select endpoint, snapshot_id, max(reference_year) from raw.snapshot_profiles "
        "where side = ? and country = ? group by all order by all",
        [ORIGIN_SIDE, origin],
    ).fetchall()
    for endpoint, snapshot_id, year in found:
        if snapshot_id not in ids:
            continue
        digest = profiles.digest_within(con, endpoint, snapshot_id, reach)
        one = Snapshot(endpoint, snapshot_id, "api", None, SEEN, reach, digest, year)
        named = lists.releases[NEWEST if snapshot_id == BROKEN else snapshot_id]
        snapshots.append(one)
        releases[one.key] = identify.Release(
            snapshot_id, named.title, named.published_on, named.reference_date, True
        )
    return validate.validate_all(snapshots, releases, lists, look_into(con))


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_true_release_of_one_origin_is_held(con: duckdb.DuckDBPyConnection, origin: str) -> None:
    """On the day on which it comes out: the next one, which may confirm it, is not there yet."""
    held = {
        key: verdict.held_because
        for ids in pairwise(ALL)
        for key, verdict in verdicts(con, origin, ids).items()
        if verdict.is_quarantined and key not in HELD
    }
    assert held == {}


@pytest.mark.parametrize("origin", ["MMR", "SYR", "UKR"])
@pytest.mark.parametrize("kept", ["year <> '2025'", "hash(coa) % 3 > 0"])
def test_a_made_up_loss_of_many_rows_of_one_origin_is_held(
    con: duckdb.DuckDBPyConnection, origin: str, kept: str
) -> None:
    population = ENDPOINTS["population"]
    con.execute(f"delete from raw.{population.table} where _snapshot_id = ?", [BROKEN])
    con.execute(
        f"insert into raw.{population.table} select * replace ('{BROKEN}' as _snapshot_id) "
        f"from raw.{population.table} where _snapshot_id = ? and {kept}",
        [NEWEST],
    )
    profiles.make(con, population, BROKEN)
    found = verdicts(con, origin, ["2025-12.0", BROKEN])
    assert found[population.name, BROKEN].is_quarantined
