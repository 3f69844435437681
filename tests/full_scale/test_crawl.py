"""Crawls of real releases: whole, of one piece, in little memory, whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import psutil
import pytest

from orchestration.failures import error_text
from tests.fake_api import WORKBOOK, WORLD_BANK, fast_settings
from tests.full_scale.conftest import Replica, missing, running_replica
from tests.orchestration.small_project import run_job
from warehouse.core.manifest import Manifest
from warehouse.landing.snapshots import Landed, NotAllLandedError, crawl, manifests
from warehouse.published.read import open_published
from warehouse.settings import Settings

pytestmark = [pytest.mark.full_scale, pytest.mark.timeout(1200)]

Start = Callable[..., Replica]

# Small enough to be crawled many times, large enough for several pages: 19 data requests.
FEW = ["solutions", "idmc"]
AT = (2, 8, 13)


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


@dataclass(frozen=True)
class WholeCrawl:
    """All of the database, landed by a process of its own."""

    settings: Settings
    peak_mib: int
    stats: dict[str, Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeCrawl]:
    """A crawl of release 2025-12.1, by the client's own settings."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    data = tmp_path_factory.mktemp("whole")
    with running_replica("--release", "2025-12.1") as source:
        command = [str(Path(sys.executable).with_name("asylum")), "fetch", "--source", "api"]
        environ = {
            **os.environ,
            "NO_PROXY": "127.0.0.1",
            "ASYLUM_DATA_DIR": str(data),
            "ASYLUM_FLOWS_URL": urljoin(source.url, WORKBOOK),
            "ASYLUM_WORLD_BANK_URL": urljoin(source.url, WORLD_BANK),
        }
        with subprocess.Popen(
            [*command, "--api-url", source.url],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as fetch:
            peak = 0
            while fetch.poll() is None:
                peak = max(peak, memory(fetch.pid))
                time.sleep(0.02)
            assert fetch.stderr is not None
            assert fetch.returncode == 0, fetch.stderr.read()
        settings = Settings(data_dir=data, threads=2)
        yield WholeCrawl(settings, peak // 2**20, source.stats())


def memory(pid: int) -> int:
    """Resident bytes of a process; 0 if it has just ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def test_all_of_the_database_is_crawled_in_less_than_300_mib(whole: WholeCrawl) -> None:
    assert whole.peak_mib < 300

    found = {m.endpoint: (path, m) for path, m in manifests(whole.settings)}
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
    assert whole.stats["most_at_once"] <= 2


def test_what_was_crawled_is_built_and_published_as_that_release(whole: WholeCrawl) -> None:
    result = run_job(whole.settings, "rebuild")
    assert result.success, error_text(result.all_events)
    with open_published(whole.settings) as con:

        def one(sql: str) -> Any:
            [(value,)] = con.execute(sql).fetchall()
            return value

        assert one("select distinct release_id from dim_snapshot") == "2025-12.1"
        # What the archive gave of this dataset, and the replica gives, lacks 24 years.
        assert one("select list(endpoint) from dim_snapshot where is_quarantined") == [
            "demographics"
        ]
        assert one("select count(*) from fct_population_yearly") == 138_893
        assert one("select count(*) from fct_asylum_applications_yearly") == 120_597
        assert one("select count(*) from fct_asylum_decisions_yearly") == 113_929


@pytest.mark.parametrize(
    "kinds",
    [
        ("503", "500", "429"),
        ("html", "noitems", "truncate"),
        ("reset", "hang", "503"),
        ("duplicate", "drop", "drop"),
    ],
    ids="-".join,
)
def test_faults_that_pass_change_nothing_in_what_is_landed(
    replica: Start, tmp_path: Path, undisturbed: dict[str, str], kinds: tuple[str, ...]
) -> None:
    faults = [f"{kind}@{at}" for kind, at in zip(kinds, AT, strict=True)]
    source = replica(*(option for fault in faults for option in ("--fault", fault)))
    changes = {"read_timeout": 4.0} if "hang" in kinds else {}
    landed = crawl(settings_for(tmp_path, source, **changes), endpoints=FEW)
    assert content(landed) == undisturbed
    assert source.stats()["data_requests"] > 19
    if "drop" in kinds:
        assert any(one.manifest.restarts for one in landed)


@pytest.mark.parametrize("at", AT[:2])
def test_a_word_for_a_count_is_refused_and_the_last_good_snapshot_stays(
    replica: Start, tmp_path: Path, undisturbed: dict[str, str], at: int
) -> None:
    sound = settings_for(tmp_path, replica())
    crawl(sound, endpoints=FEW)
    before = manifests(sound)
    faulty = settings_for(tmp_path, replica("--fault", f"text@{at}"))
    with pytest.raises(NotAllLandedError, match=r"page \d+, row 1, column .*'n/a'") as refused:
        crawl(faulty, endpoints=FEW)
    assert refused.value.failed
    for endpoint in refused.value.failed:
        assert manifests(faulty, endpoint) == [one for one in before if one[1].endpoint == endpoint]
    # The other datasets were landed before, too: nothing is new.
    assert [path for path, _ in manifests(faulty)] == [path for path, _ in before]


@pytest.mark.parametrize("after", [16])
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
