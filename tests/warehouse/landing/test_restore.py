"""Damaged snapshots: found by their checksums, set aside, fetched again where that is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fake_api import FakeApi, sample_data
from tests.fake_archive import FakeArchive, population
from tests.garble import OF_PAGES, another_number
from warehouse.build import raw
from warehouse.core.manifest import FILE_NAME, Manifest
from warehouse.core.repairs import repairs
from warehouse.landing import decision, set_aside
from warehouse.landing.backfill import backfill
from warehouse.landing.restore import Attempt, restore
from warehouse.landing.snapshots import all_set_aside, crawl, land_starter, manifests
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import FLOWS, INHABITANTS


def spoil(settings: Settings, endpoint: str, how: Callable[[Path], None]) -> tuple[Path, Manifest]:
    """Damage the first page of the newest snapshot; the folder and the manifest it had."""
    folder, manifest = manifests(settings, endpoint)[-1]
    how(folder / manifest.slices[0].pages[0].file)
    return folder, manifest


def restored(settings: Settings, reference_dir: Path | None = None) -> Attempt:
    raw.load(settings)
    given = {"reference_dir": reference_dir} if reference_dir else {}
    [attempt] = restore(settings, **given)
    return attempt


@pytest.mark.parametrize("how", OF_PAGES.values(), ids=list(OF_PAGES))
def test_a_page_that_is_not_as_landed_is_never_loaded(
    settings: Settings, how: Callable[[Path], None]
) -> None:
    crawl(settings, endpoints=["idmc"])
    folder, manifest = spoil(settings, "idmc", how)
    result = raw.load(settings)
    assert result.rows["idmc"] == 0
    [aside] = result.set_aside
    assert (aside.path, aside.note.is_damage) == (folder, True)
    assert manifest.slices[0].pages[0].file in aside.sentence


@pytest.mark.parametrize("endpoint", ["idmc", "countries", FLOWS, INHABITANTS])
def test_what_the_source_still_serves_takes_its_place_with_its_times_and_decisions(
    settings: Settings, endpoint: str
) -> None:
    wanted = ["countries", "regions"] if endpoint == "countries" else [endpoint]
    crawl(settings, endpoints=wanted)
    folder, before = spoil(settings, endpoint, another_number)
    decision.write(folder, "held", "columns were swapped", settings.data_dir)
    attempt = restored(settings)
    assert attempt.restored_as == f"{before.snapshot_id}-2", attempt.sentence
    [(now, manifest)] = manifests(settings, endpoint)
    assert (manifest.started_at, manifest.finished_at) == (before.started_at, before.finished_at)
    assert manifest.content_sha256 == before.content_sha256
    assert decision.read(now) == decision.read(folder)
    assert all_set_aside(settings) == [] == restore(settings)
    assert raw.load(settings).loaded == [(endpoint, manifest.snapshot_id)]


def test_figures_that_came_back_do_not_take_the_place_of_the_first(
    settings: Settings, api: FakeApi
) -> None:
    for bump in (0, 10, 0):
        api.publish(sample_data(bump=bump))
        crawl(settings, endpoints=["idmc"])
    (folder, first), *others = before = manifests(settings, "idmc")
    another_number(folder / first.slices[0].pages[0].file)
    decision.write(folder, "held", "columns were swapped", settings.data_dir)
    attempt = restored(settings)
    (now, manifest), *rest = manifests(settings, "idmc")
    assert rest == others, "no other snapshot is touched"
    assert (now.name, manifest.started_at) == (attempt.restored_as, first.started_at)
    assert now.name not in {path.name for path, _ in before}
    held = [decision.read(path) for path, _ in manifests(settings, "idmc")]
    assert held == [decision.read(folder), None, None]


def test_what_is_fetched_once_the_source_is_back_takes_its_place(
    settings: Settings, api: FakeApi
) -> None:
    crawl(settings, endpoints=["idmc"])
    folder, before = spoil(settings, "idmc", another_number)
    decision.write(folder, "held", "columns were swapped", settings.data_dir)
    gone = settings.model_copy(update={"api_url": "http://127.0.0.1:9/v1/", "max_attempts": 1})
    assert restored(gone).restored_as is None
    [landed] = crawl(settings, endpoints=["idmc"])
    assert (landed.is_new, landed.manifest.started_at) == (True, before.started_at)
    assert decision.read(landed.path) == decision.read(folder) is not None
    assert all_set_aside(settings) == [] == restore(settings)
    assert len(manifests(settings, "idmc")) == 1
    assert repairs(settings)[-1].what == f"landing/idmc/{landed.snapshot_id}"


def test_what_is_fetched_after_other_figures_is_of_the_day_it_came(
    settings: Settings, api: FakeApi
) -> None:
    for bump in (0, 10):
        api.publish(sample_data(bump=bump))
        crawl(settings, endpoints=["idmc"])
    (folder, first), _ = manifests(settings, "idmc")
    another_number(folder / first.slices[0].pages[0].file)
    assert restored(settings).restored_as is None
    api.publish(sample_data())
    [landed] = crawl(settings, endpoints=["idmc"])
    assert landed.manifest.content_sha256 == first.content_sha256
    assert landed.manifest.started_at > first.started_at
    [attempt] = restore(settings)
    assert attempt.restored_as not in (None, landed.snapshot_id)
    assert manifests(settings, "idmc")[0][1].started_at == first.started_at


def test_a_restoration_that_was_killed_is_finished_and_not_done_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(settings, endpoints=["idmc"])
    spoil(settings, "idmc", another_number)
    raw.load(settings)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(set_aside, "mark_restored", killed)
        restore(settings)
    [attempt] = restore(settings)
    [(now, _)] = manifests(settings, "idmc")
    assert attempt.restored_as == now.name


def test_what_the_source_has_otherwise_now_is_left_and_said(
    settings: Settings, api: FakeApi
) -> None:
    crawl(settings, endpoints=["idmc"])
    spoil(settings, "idmc", another_number)
    api.publish(sample_data(bump=10))
    attempt = restored(settings)
    assert attempt.restored_as is None
    assert "(api) has other figures now" in attempt.sentence and "backup" in attempt.sentence
    assert len(all_set_aside(settings)) == 1
    assert manifests(settings, "idmc") == [], "figures nobody asked for are not landed"


def test_a_source_that_is_down_is_said_and_stops_nothing(settings: Settings) -> None:
    crawl(settings, endpoints=["idmc", "unrwa"])
    spoil(settings, "idmc", another_number)
    spoil(settings, "unrwa", another_number)
    gone = settings.model_copy(update={"api_url": "http://127.0.0.1:9/v1/", "max_attempts": 1})
    raw.load(gone)
    found = restore(gone)
    assert [one.restored_as for one in found] == [None, None]
    assert all("127.0.0.1:9" in one.sentence for one in found)
    assert [one.restored_as is not None for one in restore(settings)] == [True, True]


def test_a_file_of_the_archive_comes_back_by_its_checksum(
    settings: Settings, tmp_path: Path
) -> None:
    pytest.importorskip("rdata", reason="the extra `archive` is not installed")
    with FakeArchive(tmp_path / "lists") as archive:
        rows = [population(2023, "CHI", "AUL", 5, asylum_seekers=7)]
        archive.publish("2023-06", "2023-06-30", {"population": rows})
        settings = settings.model_copy(update={"archive_url": archive.url})
        backfill(settings, reference_dir=archive.reference_dir)
        spoil(settings, "population", another_number)
        assert restored(settings, archive.reference_dir).restored_as
        assert len(archive.asked()) == 2
    [(folder, manifest)] = manifests(settings, "population")
    assert manifest.original is not None
    found = hashlib.sha256((folder / manifest.original.file).read_bytes()).hexdigest()
    assert found == manifest.original.sha256


@pytest.mark.parametrize("endpoint", ["population", INHABITANTS])
def test_the_starter_extract_comes_back_without_a_network(
    settings: Settings, endpoint: str
) -> None:
    land_starter(settings)
    folder, _ = spoil(settings, endpoint, another_number)
    gone = settings.model_copy(update={"api_url": "http://127.0.0.1:9/", "max_attempts": 1})
    assert restored(gone).restored_as == f"{folder.name}-2"


def test_a_manifest_that_cannot_be_read_stops_no_run(settings: Settings) -> None:
    land_starter(settings)
    folder, before = manifests(settings, "population")[-1]
    other, _ = manifests(settings, "regions")[-1]
    (folder / FILE_NAME).write_bytes(b"\xa5garbage")
    (other / FILE_NAME).unlink()
    result = raw.load(settings)
    assert {one.path for one in result.set_aside} == {folder, other}
    assert all(str(one.path) in one.sentence for one in result.set_aside)
    assert all("nobody knows what it was" in str(one.why_not) for one in restore(settings))
    land_starter(settings)
    assert manifests(settings, "population")[-1][1].content_sha256 == before.content_sha256


def test_what_is_unchanged_and_cannot_be_loaded_is_not_fetched_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(settings, endpoints=["idmc"])

    def refused(*_: object) -> None:
        raise raw.UnreadablePagesError("no")

    monkeypatch.setattr(raw, "_load_snapshot", refused)
    [aside] = raw.load(settings).set_aside
    assert not aside.note.is_damage
    assert restore(settings) == []
