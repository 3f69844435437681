"""The flow dataset of all ten real releases: files of the archive, and the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import ThreadingHTTPServer
from itertools import combinations
from threading import Thread

import duckdb
import pytest

from tests.fake_api import fast_settings
from tests.full_scale.conftest import ALL, RELEASES, missing, running_replica
from tests.full_scale.test_backfill import FILES, Quiet
from warehouse.build.raw import load
from warehouse.core.database import connect
from warehouse.landing.backfill import backfill
from warehouse.landing.snapshots import Landed, crawl
from warehouse.releases import profiles, validate
from warehouse.releases.assign import assign, look_into
from warehouse.releases.identify import Snapshot, read_lists, resolve
from warehouse.releases.profiles import Reach
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import FLOWS

pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        missing() is not None or not FILES.is_dir(), reason="the releases in ../shared are absent"
    ),
]

HELD = "2025-12.0"
CODES = {
    "refugees": "REF",
    "asylum_seekers": "ASY",
    "refugee_like": "ROC",
    "returned_refugees": "ROC",
    "oip": "OIP",
}
COLUMNS = "year, coo_name, coo, coo_iso, coa_name, coa, coa_iso"


@dataclass(frozen=True)
class Flows:
    settings: Settings
    of_archive: dict[str, Landed]
    of_workbook: Landed


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flows]:
    """The ten files and the workbook of 2025-12.1, landed and loaded."""
    folder = tmp_path_factory.mktemp("flows")
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FILES))) as server,
        running_replica("--release", "2025-12.1") as replica,
    ):
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings = fast_settings(folder, replica.url, read_timeout=120.0, total_timeout=300.0)
        archive = f"http://127.0.0.1:{server.server_port}/"
        landed = backfill(settings, endpoints=[FLOWS], archive_url=archive)
        [workbook] = crawl(settings, endpoints=[FLOWS])
        server.shutdown()
    load(settings)
    assign(settings)
    yield Flows(settings, {str(one.manifest.release_id): one for one in landed}, workbook)


def pages(con: duckdb.DuckDBPyConnection, landed: Landed) -> None:
    """The rows as they are landed, in table `landed`."""
    files = [str(landed.path / page.file) for page in landed.manifest.slices[0].pages]
    fields = [*COLUMNS.split(", "), "pt", "count"]
    kind = ", ".join(f"{name} varchar" for name in fields)
    con.execute(
        f"create or replace table landed as select {', '.join(f'item.{f}' for f in fields)} from ("
        f"select unnest(items) as item from read_json({files}, format = 'unstructured', "
        f"columns = {{items: 'struct({kind})[]'}}, maximum_object_size = 16777216))"
    )


@pytest.mark.parametrize("release", ALL)
def test_every_figure_of_every_file_is_landed_and_nothing_else(flows: Flows, release: str) -> None:
    source = f"'{RELEASES / release / 'flows.parquet'}'"
    with duckdb.connect() as con:
        pages(con, flows.of_archive[release])
        there = [name for name, *_ in con.execute(f"describe select * from {source}").fetchall()]
        long = " union all ".join(
            f"select {COLUMNS}, '{code}' as pt, {column} as count from {source} "
            f"where {column} is not null"
            for column, code in CODES.items()
            if column in there
        )
        texts = [f"coalesce({name}::varchar, '-') as {name}" for name in COLUMNS.split(", ")]
        con.execute(
            f"create table published as select {', '.join(texts)}, pt, "
            f"count::bigint::varchar as count from ({long})"
        )
        for here, other in (("landed", "published"), ("published", "landed")):
            extra = con.execute(f"from {here} except all from {other} limit 5").fetchall()
            assert extra == [], f"in {here} and not in {other}"
        [(rows,)] = con.execute("select count(*) from landed").fetchall()
    assert rows == flows.of_archive[release].manifest.rows > 80_000


def test_the_workbook_has_codes_that_the_archive_has_not_and_is_recognised(flows: Flows) -> None:
    with connect(flows.settings.build_db, flows.settings) as con:
        found = con.execute(
            "select release_id, is_quarantined from releases.snapshot_releases "
            "where snapshot_id = ?",
            [flows.of_workbook.snapshot_id],
        ).fetchall()
        codes = profiles.codes(con, FLOWS, flows.of_workbook.snapshot_id)["pt"]
        digests = profiles.digests(con)
    assert found == [("2025-12.1", False)]
    assert set(codes) == {"ASY", "ASR", "GRP", "ROC", "OIP"}
    of_archive = flows.of_archive["2025-12.1"].snapshot_id
    assert digests[FLOWS, of_archive] == digests[FLOWS, flows.of_workbook.snapshot_id]


def test_digests_are_those_of_the_list(flows: Flows) -> None:
    listed = {key[0]: digest for key, digest in read_lists().contents.items() if key[1] == FLOWS}
    with connect(flows.settings.build_db, flows.settings) as con:
        digests = profiles.digests(con)
    found = {name: digests[FLOWS, one.snapshot_id][0] for name, one in flows.of_archive.items()}
    assert {name: found[name] for name in listed} == listed
    assert found["2022-12.0"] == found["2022-12.1"], "one file, twice published"


@pytest.mark.parametrize("with_reviews", [True, False], ids=["reviewed", "by the rule alone"])
def test_the_release_that_lacks_arrivals_is_held_and_the_nine_others_are_not(
    flows: Flows, with_reviews: bool
) -> None:
    lists = read_lists() if with_reviews else replace(read_lists(), reviews={})
    with connect(flows.settings.build_db, flows.settings) as con:
        loaded, digests = look_into(con), profiles.digests(con)
        snapshots = [
            Snapshot(
                FLOWS,
                one.snapshot_id,
                "archive",
                name,
                one.manifest.finished_at,
                Reach(),
                *digests[FLOWS, one.snapshot_id],
            )
            for name, one in flows.of_archive.items()
        ]

        def held(chosen: list[Snapshot]) -> set[str]:
            assigned = resolve(chosen, lists, lambda *_: "")
            verdicts = validate.validate_all(chosen, assigned, lists, loaded)
            return {assigned[key].release_id for key, one in verdicts.items() if one.is_quarantined}

        assert held(snapshots) == {HELD}
        if not with_reviews:
            for one, other in combinations(snapshots, 2):
                expected = {HELD} if other.stated_release_id == HELD else set()
                assert held([one, other]) == expected, (one, other)
