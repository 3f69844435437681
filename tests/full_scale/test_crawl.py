"""Crawls of real releases: whole, of one piece, in little memory, whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fake_api import fast_settings
from tests.full_scale.conftest import Replica, missing, running_replica
from warehouse.landing import Landed, crawl, manifests
from warehouse.manifest import Manifest
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.unhcr.api import UpstreamError

pytestmark = [pytest.mark.full_scale, pytest.mark.timeout(1200)]

Start = Callable[..., Replica]

# Small enough to be crawled many times, large enough for several pages: 19 data requests.
FEW = ["solutions", "idmc"]
AT = (2, 8, 13)

CRAWL = """
import resource, sys
from pathlib import Path
from tests.fake_api import fast_settings
from warehouse.landing import crawl

crawl(fast_settings(Path(sys.argv[1]), sys.argv[2], page_size=10_000, read_timeout=60.0,
                    total_timeout=300.0))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def settings_for(folder: Path, replica: Replica, **changes: object) -> Settings:
    wide = {"page_size": 4000, "read_timeout": 60.0, "total_timeout": 300.0}
    return fast_settings(folder, replica.url, **(wide | changes))


def content(landed: list[Landed]) -> dict[str, str]:
    return {one.endpoint: one.manifest.content_sha256 for one in landed}


def stock(path: Path, manifest: Manifest, origin: str, year: int) -> int:
    """Asylum-seekers from one origin at the end of a year, as landed."""
    [part] = [part for part in manifest.slices if part.slice == "by_origin"]
    for page in part.pages:
        for row in json.loads(gzip.decompress((path / page.file).read_bytes()))["items"]:
            if (row["coo_iso"], row["year"]) == (origin, year):
                return int(row["asylum_seekers"])
    raise AssertionError(f"no row for {origin} in {year}")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Content of FEW when nothing goes wrong."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with running_replica() as sound:
        yield content(crawl(settings_for(tmp_path_factory.mktemp("data"), sound), endpoints=FEW))


@pytest.mark.skipif(sys.platform == "darwin", reason="peak memory is counted in other units there")
def test_all_of_the_database_is_crawled_in_less_than_300_mib(
    replica: Start, tmp_path: Path
) -> None:
    source = replica("--release", "2025-12.1")
    done = subprocess.run(
        [sys.executable, "-c", CRAWL, str(tmp_path), source.url],
        cwd=PROJECT_ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < 300

    found = {m.endpoint: (path, m) for path, m in manifests(Settings(data_dir=tmp_path))}
    pairs = {
        name: part.rows
        for name, (_, manifest) in found.items()
        for part in manifest.slices
        if part.slice == "pairs"
    }
    assert pairs["population"] == 138_893
    assert pairs["asylum-applications"] == 120_597
    assert pairs["asylum-decisions"] == 113_929
    assert stock(*found["population"], "CHN", 2025) == 99_716
    assert stock(*found["population"], "CHN", 2024) == 180_960
    assert all(m.control_differences == m.restarts == [] for _, m in found.values())
    assert source.stats()["most_at_once"] <= 2


@pytest.mark.parametrize(
    "kind",
    ["503", "500", "429", "html", "truncate", "reset", "hang", "noitems", "duplicate", "drop"],
)
def test_faults_that_pass_change_nothing_in_what_is_landed(
    replica: Start, tmp_path: Path, undisturbed: dict[str, str], kind: str
) -> None:
    source = replica(*(option for at in AT for option in ("--fault", f"{kind}@{at}")))
    changes = {"read_timeout": 4.0} if kind == "hang" else {}
    landed = crawl(settings_for(tmp_path, source, **changes), endpoints=FEW)
    assert content(landed) == undisturbed
    assert source.stats()["data_requests"] > 19
    if kind in ("duplicate", "drop"):
        assert any(one.manifest.restarts for one in landed)


@pytest.mark.parametrize("at", AT)
def test_a_word_for_a_count_is_refused_and_the_last_good_snapshot_stays(
    replica: Start, tmp_path: Path, undisturbed: dict[str, str], at: int
) -> None:
    sound = settings_for(tmp_path, replica())
    crawl(sound, endpoints=FEW)
    before = manifests(sound)
    faulty = settings_for(tmp_path, replica("--fault", f"text@{at}"))
    with pytest.raises(UpstreamError, match=r"page \d+, row 1, column .*'n/a'"):
        crawl(faulty, endpoints=FEW)
    assert manifests(faulty) == before


@pytest.mark.parametrize("after", [9, 16])
def test_a_release_published_in_the_middle_is_landed_whole_or_not_at_all(
    replica: Start, tmp_path: Path, after: int
) -> None:
    source = replica(
        *("--release", "2025-06", "--switch-to", "2025-12.1", "--switch-after", str(after))
    )
    [one] = crawl(settings_for(tmp_path, source, page_size=10_000), endpoints=["population"])
    rows = {part.slice: part.rows for part in one.manifest.slices}
    assert rows["pairs"] == 138_893
    assert stock(one.path, one.manifest, "CHN", 2025) == 99_716
    assert one.manifest.restarts
