"""Faults of the machine: kills, full disks, a clock that moved, two runs at once; and readers."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

from tests.fake_api import FakeApi, sample_data
from tests.faults.world import (
    answers,
    built_project,
    copy_of,
    kill,
    reading,
    start_run,
    whole_snapshots,
)
from tests.orchestration.small_project import SmallSettings
from warehouse.build import raw
from warehouse.landing import snapshots
from warehouse.landing.snapshots import crawl
from warehouse.serve.status import gather
from warehouse.settings import Settings
from warehouse.sources.unhcr_api import crawl as api_crawl
from warehouse.sources.unhcr_api.endpoints import FLOWS
from warehouse.sources.unhcr_flows import workbook

SEEDS, KILLS_EACH = range(10), 10
# Megabytes beside what is there: from too few to land anything to enough for all.
DISKS = [0.1, 0.3, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 60]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SmallSettings:
    return built_project(tmp_path_factory.mktemp("model"))


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and last line; no traceback may reach a user."""
    out, err = process.communicate(timeout=250)
    assert "Traceback" not in out + err, out + err
    return process.returncode, out.strip()


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_again_and_again_it_loses_nothing_and_the_next_run_is_whole(
    tmp_path: Path, model: SmallSettings, seed: int
) -> None:
    settings = copy_of(model, tmp_path)
    before, landed = answers(settings), whole_snapshots(settings)
    chance = random.Random(seed)
    begun = time.monotonic()
    whole = copy_of(model, tmp_path / "timed")
    assert finished(start_run(whole))[0] == 0
    takes = time.monotonic() - begun
    if seed % 2:  # from nothing: landing is killed too
        shutil.rmtree(settings.landing_dir)
        landed = {}
    with reading(settings, [before]) as wrong:
        for _ in range(KILLS_EACH):
            process = start_run(settings)
            time.sleep(chance.uniform(0, takes))
            kill(process)
            assert whole_snapshots(settings).keys() >= landed.keys()
            landed = whole_snapshots(settings)
        code, said = finished(start_run(settings))
    assert (code, said) == (0, "")
    assert wrong == []
    assert answers(settings) == before


@contextmanager
def disk(folder: Path, size: float) -> Iterator[None]:
    """A file system of so many bytes at `folder`; skips where none can be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={int(size)}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a file system of a given size can only be mounted by root")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.faults
@pytest.mark.parametrize("room", DISKS)
def test_a_full_disk_is_said_and_loses_nothing(
    tmp_path: Path, model: SmallSettings, room: float
) -> None:
    used = sum(p.stat().st_size for p in model.data_dir.parent.rglob("*") if p.is_file())
    files = sum(1 for _ in model.data_dir.parent.rglob("*"))
    with disk(tmp_path, used + files * 4096 + room * 1e6):
        settings = copy_of(model, tmp_path)
        before, landed = answers(settings), whole_snapshots(settings)
        with reading(settings, [before]) as wrong:
            code, said = finished(start_run(settings))
        assert wrong == []
        assert whole_snapshots(settings).keys() >= landed.keys()
        assert answers(settings) == before
        if code:
            assert "space" in said.lower() or "disk" in said.lower(), said
        shutil.copytree(tmp_path, model.data_dir.parent.parent / f"grown-{room}")
    grown = SmallSettings(data_dir=model.data_dir.parent.parent / f"grown-{room}/data", threads=2)
    assert finished(start_run(grown)) == (0, ""), "with room again, all is well"
    assert answers(grown) == before


@pytest.mark.faults
def test_of_runs_begun_at_once_one_goes_on_and_the_others_say_so(
    tmp_path: Path, model: SmallSettings
) -> None:
    settings = copy_of(model, tmp_path)
    before = answers(settings)
    with reading(settings, [before]) as wrong:
        ended = [finished(one) for one in [start_run(settings) for _ in range(4)]]
    assert wrong == []
    assert sum(code == 0 for code, _ in ended) >= 1
    assert all("Another run is writing" in said for code, said in ended if code)
    assert answers(settings) == before


class Moved(datetime):
    """A clock that is a year ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + timedelta(days=366)


SOME = ["idmc", "regions", FLOWS]


def test_a_clock_that_was_ahead_loses_nothing_once_it_is_right(
    api: FakeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ahead:
        for module in (api_crawl, workbook, snapshots):
            ahead.setattr(module, "datetime", Moved)
        crawl(settings, endpoints=SOME)
    early = whole_snapshots(settings)
    assert all(one.finished_at > datetime.now(UTC) for one in early.values())
    assert not any(one.is_new for one in crawl(settings, endpoints=SOME)), (
        "the same figures are no new ones"
    )
    api.publish(sample_data(bump=10))
    assert any(one.is_new for one in crawl(settings, endpoints=SOME))
    crawl(settings, endpoints=SOME)
    assert whole_snapshots(settings).keys() > early.keys()
    assert raw.load(settings).set_aside == []
    assert gather(settings)["snapshots"]
