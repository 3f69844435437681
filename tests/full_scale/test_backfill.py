"""Releases as the archive holds them, held against the same releases read by other means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest

from tests.fake_api import fast_settings
from warehouse.build.raw import load
from warehouse.core.database import connect
from warehouse.landing.backfill import backfill
from warehouse.landing.snapshots import manifests
from warehouse.releases import profiles
from warehouse.releases.assign import assign
from warehouse.releases.identify import read_lists
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS
from warehouse.sources.unhcr_archive.client import known_releases

UNHCR = PROJECT_ROOT.parent / "shared" / "unhcr"
FILES = UNHCR / "rda"
COUNTRY = [f"{side}{part}" for side in ("coo", "coa") for part in ("_name", "", "_iso")]

pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not FILES.is_dir(), reason="the files in ../shared/unhcr/rda are absent"),
]

# One file of each dataset, from three releases: reading each costs seconds.
SAMPLE = {
    ("2024-06", "population"),
    ("2025-06", "asylum-applications"),
    ("2025-12.1", "asylum-decisions"),
    ("2025-12.1", "demographics"),
}
THERE = [
    (release.release_id, file.endpoint.name)
    for release in known_releases()
    for file in release.files
    if (FILES / release.commit / "data" / file.name).is_file()
    and (release.release_id, file.endpoint.name) in SAMPLE
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FILES))) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return fast_settings(tmp_path_factory.mktemp("backfill"), "http://127.0.0.1:9/")


@pytest.mark.parametrize(("release", "endpoint"), THERE)
def test_every_row_and_column_of_a_file_is_landed_as_it_is_and_nothing_else(
    landing: Settings, url: str, release: str, endpoint: str
) -> None:
    [one] = backfill(landing, releases=[release], endpoints=[endpoint], archive_url=url)
    shape = ENDPOINTS[endpoint]
    columns = ["year", *COUNTRY, *shape.codes, *shape.counts]
    assert one.is_new
    with duckdb.connect() as con:
        pages = [str(one.path / page.file) for page in one.manifest.slices[0].pages]
        fields = [*columns, "coo_id", "coa_id"]
        row_type = ", ".join(f"{c} varchar" for c in fields)
        con.execute(
            f"create table landed as select {', '.join(f'item.{c}' for c in fields)} from ("
            f"select unnest(items) as item from read_json({pages}, format = 'unstructured', "
            f"columns = {{items: 'struct({row_type})[]'}}, maximum_object_size = 16777216))"
        )
        # As text: integers as they are, zero as "0", unknown as "-"; locations added up.
        counts = [f"coalesce(sum({c})::bigint::varchar, '-') as {c}" for c in shape.counts]
        texts = [f"coalesce({c}::varchar, '-') as {c}" for c in columns if c not in shape.counts]
        source = UNHCR / "releases" / release / f"{shape.table}.parquet"
        con.execute(
            f"create table published as select {', '.join([*texts, *counts])} from '{source}' "
            f"group by {', '.join(c for c in columns if c not in shape.counts)}"
        )
        names = ", ".join(columns)
        for here, there in (("landed", "published"), ("published", "landed")):
            extra = con.execute(
                f"select {names} from {here} except all select {names} from {there} limit 5"
            ).fetchall()
            assert extra == [], f"in {here} and not in {there}"
        [(rows, ids)] = con.execute("select count(*), count(coo_id) from landed").fetchall()
        assert (rows, ids) == (one.manifest.rows, 0)
        if "dec_level" in shape.codes:
            [(new,)] = con.execute("select count(*) from landed where dec_level = 'NA'").fetchall()
            assert new > 1000


def test_what_is_landed_is_not_asked_for_again(landing: Settings) -> None:
    nobody = "http://127.0.0.1:9/"
    before = [path for path, _ in manifests(landing)]
    for release, endpoint in THERE:
        again = backfill(landing, releases=[release], endpoints=[endpoint], archive_url=nobody)
        assert [one.is_new for one in again] == [False]
    assert [path for path, _ in manifests(landing)] == before


def test_a_file_the_archive_lacks_is_named(landing: Settings, url: str) -> None:
    with pytest.raises(UpstreamError, match=r"unrwa\.rda of release 2024-06 was refused.*404"):
        backfill(landing, releases=["2024-06"], endpoints=["unrwa"], archive_url=f"{url}elsewhere/")


def test_the_originals_are_kept_byte_for_byte(landing: Settings) -> None:
    commits = {release.release_id: release.commit for release in known_releases()}
    found = manifests(landing)
    assert len(found) == len(THERE)
    for path, manifest in found:
        assert manifest.original is not None
        assert manifest.release_id is not None
        name = Path(manifest.original.file)
        source = FILES / commits[manifest.release_id] / "data" / name
        assert (path / name).read_bytes() == source.read_bytes()


def test_what_the_archive_gives_has_the_content_that_the_api_gave(landing: Settings) -> None:
    """The digests in the list were computed from crawls; here they come from .rda files."""
    load(landing)
    assert [one.endpoint for one in assign(landing).quarantined] == ["demographics"]
    listed = read_lists().contents
    with connect(landing.build_db, landing) as con:
        digests = profiles.digests(con)
        states = con.execute(
            "select endpoint, snapshot_id, release_id from releases.snapshot_releases"
        ).fetchall()
    found = {(release, endpoint): digests[endpoint, id_][0] for endpoint, id_, release in states}
    assert found == {key: listed[key] for key in THERE}
