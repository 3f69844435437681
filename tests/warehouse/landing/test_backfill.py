"""Landing older releases: what is landed, what is refused, and what a killed run leaves."""

from __future__ import annotations

import gzip
import hashlib
import json
import signal
import sys
from collections.abc import Iterator
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from tests import killed
from tests.fake_api import fast_settings
from tests.fake_archive import FakeArchive, Row, population, rda, row
from tests.other_processes import begin, end_of
from tests.warehouse.landing.test_snapshots import tree
from warehouse.build import raw
from warehouse.core.manifest import Coverage
from warehouse.landing import backfill as module
from warehouse.landing.backfill import backfill
from warehouse.landing.snapshots import Landed, LandingBusyError, NotAllLandedError, manifests
from warehouse.settings import Settings, SettingsError
from warehouse.sources.unhcr_api import converted
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS
from warehouse.sources.unhcr_archive.rda import ReaderMissingError

pytest.importorskip("rdata", reason="the extra `archive` is not installed")

POPULATION = [
    population(1951, "CHI", "TUR", 180_000, oip=None),
    population(2024, "CHI", "AUL", None, asylum_seekers=7),
    population(2024, "TIB", "AUL", 5) | {"coo_iso": None},
]
APPLICATIONS = [
    row(2024, "CHI", "AUL", procedure_type="G", app_type=app, dec_level=dec, app_pc="P", applied=5)
    for app, dec in (("N", "NA"), ("NA", "NA"), ("A", "AR"))
]
IDMC = [row(2023, "CHI", "CHI", total=10), row(2024, "CHI", "CHI", total=None)]
OLD = {"population": POPULATION, "asylum_applications": APPLICATIONS, "idmc": IDMC}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FakeArchive]:
    with FakeArchive(tmp_path / "reference") as running:
        running.publish("2024-06", "2024-06-30", OLD)
        running.publish("2024-12", "2024-12-31", {"idmc": [*IDMC, row(2024, "A", "A", total=3)]})
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return fast_settings(tmp_path / "data", "http://127.0.0.1:9/")


def run(archive: FakeArchive, settings: Settings, **given: Any) -> list[Landed]:
    return backfill(settings, archive_url=archive.url, reference_dir=archive.reference_dir, **given)


def rows(landed: Landed) -> list[Row]:
    [part] = landed.manifest.slices
    return [
        one
        for page in part.pages
        for one in json.loads(gzip.decompress((landed.path / page.file).read_bytes()))["items"]
    ]


def test_a_release_is_landed_file_by_file_beside_pages_in_the_shape_of_the_api(
    archive: FakeArchive, settings: Settings
) -> None:
    landed = run(archive, settings, releases=["2024-06"])
    assert [one.endpoint for one in landed] == ["population", "asylum-applications", "idmc"]
    assert all(one.is_new for one in landed)
    for one in landed:
        manifest, table = one.manifest, ENDPOINTS[one.endpoint].table
        body = archive.files[f"c-2024-06/data/{table}.rda"]
        assert (one.path / f"{table}.rda").read_bytes() == body
        assert manifest.original is not None
        assert manifest.original.model_dump() == {
            "file": f"{table}.rda", "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }  # fmt: skip
        assert (manifest.source, manifest.release_id) == ("archive", "2024-06")
        assert manifest.source_url == f"{archive.url}c-2024-06/data/{table}.rda"
        assert one.snapshot_id == f"archive-2024-06-{manifest.content_sha256[:8]}"
        [part] = manifest.slices
        assert part.slice == "pairs"
        assert part.coverage == Coverage(origins="all", asylums="all"), (
            "all years: what it lacks did not exist"
        )
        assert (part.total, part.added_columns, part.page_size) == (None, [], 10_000)
        assert part.rows == manifest.rows == len(rows(one))
        assert part.columns == list(ENDPOINTS[one.endpoint].columns)
        files = {path.name for path in one.path.iterdir()}
        assert files == {"manifest.json", f"{table}.rda", "pairs-0001.json.gz"}
    stocks = rows(landed[0])
    assert [one["refugees"] for one in stocks] == [180_000, "-", 5]
    assert [one["coo_iso"] for one in stocks] == ["CHN", "CHN", "-"]
    assert [one["app_type"] for one in rows(landed[1])] == ["N", "NA", "A"]
    assert [one["dec_level"] for one in rows(landed[1])] == ["NA", "NA", "AR"]


def test_raw_loads_it_like_any_snapshot(archive: FakeArchive, settings: Settings) -> None:
    landed = run(archive, settings)
    result = raw.load(settings)
    assert set(result.loaded) == {(one.endpoint, one.snapshot_id) for one in landed}
    assert result.rows["population"] == 3
    with duckdb.connect(str(settings.build_db)) as con:
        found = con.execute(
            "select coo_name, coo_id, refugees, asylum_seekers from raw.population order by all"
        ).fetchall()
        sources = con.execute("select distinct source, release_id from raw.snapshots order by all")
        assert sources.fetchall() == [("archive", "2024-06"), ("archive", "2024-12")]
    assert found == [
        ("China", None, "-", "7"),
        ("China", None, "180000", "0"),
        ("Land of TIB", None, "5", "0"),
    ]


def test_all_known_releases_are_the_default_oldest_first(
    archive: FakeArchive, settings: Settings
) -> None:
    archive.publish("2022-12.0", "2022-12-31", {"idmc": [row(2020, "A", "A", total=1)]})
    assert [one.manifest.release_id for one in run(archive, settings, endpoints=["idmc"])] == [
        "2022-12.0", "2024-06", "2024-12",
    ]  # fmt: skip
    assert all(path.endswith("idmc.rda") for path in archive.asked())


def test_a_second_run_asks_for_nothing_and_changes_nothing(
    archive: FakeArchive, settings: Settings
) -> None:
    first = run(archive, settings)
    before, asked = tree(settings), len(archive.requests)
    second = run(archive, settings)
    assert [one.is_new for one in second] == [False] * len(first)
    assert [one.path for one in second] == [one.path for one in first]
    assert (tree(settings), len(archive.requests)) == (before, asked)


def test_equal_content_of_two_releases_is_two_snapshots(
    archive: FakeArchive, settings: Settings
) -> None:
    archive.publish("2023-06", "2023-06-30", {"unrwa": [row(2022, "GAZ", "LEB", total=1)]})
    archive.publish("2023-12", "2023-12-31", {"unrwa": [row(2022, "GAZ", "LEB", total=1)]})
    landed = run(archive, settings, endpoints=["unrwa"])
    assert [one.is_new for one in landed] == [True, True]
    assert len({one.snapshot_id for one in landed}) == 2
    assert len({one.manifest.content_sha256 for one in landed}) == 1


def test_pages_hold_ten_thousand_rows(
    archive: FakeArchive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert converted.PAGE_ROWS == 10_000
    monkeypatch.setattr(converted, "PAGE_ROWS", 2)
    many = [row(1990 + at, "CHI", "CHI", total=at) for at in range(5)]
    archive.publish("2025-06", "2025-06-30", {"idmc": many})
    [one] = run(archive, settings, releases=["2025-06"])
    assert [page.rows for page in one.manifest.slices[0].pages] == [2, 2, 1]
    assert [r["total"] for r in rows(one)] == ["0", 1, 2, 3, 4]
    raw.load(settings)
    with duckdb.connect(str(settings.build_db)) as con:
        numbers = con.execute("select _row_number from raw.idmc order by year").fetchall()
    assert numbers == [(1,), (2,), (3,), (4,), (5,)]


# Faults


@pytest.mark.parametrize("kind", ["503", "cut", "half", "html"])
def test_a_fault_that_passes_leaves_no_trace(
    archive: FakeArchive, settings: Settings, kind: str
) -> None:
    archive.faults = [("idmc.rda", kind)]
    assert all(one.is_new for one in run(archive, settings))


@pytest.mark.parametrize("kind", ["404", "html", "half", "cut"])
def test_a_file_that_cannot_be_had_keeps_no_other_from_being_landed(
    archive: FakeArchive, settings: Settings, kind: str
) -> None:
    archive.faults = [("asylum_applications.rda", kind)] * 20
    with pytest.raises(
        NotAllLandedError, match=r"(?s)1 of 4 could not.*asylum_applications\.rda"
    ) as not_all:
        run(archive, settings)
    assert list(not_all.value.failed) == ["2024-06 asylum-applications"]
    assert [one.endpoint for one in not_all.value.landed] == ["population", "idmc", "idmc"]
    before = tree(settings)
    archive.faults.clear()
    archive.requests.clear()
    landed = run(archive, settings)
    assert [one.is_new for one in landed] == [False, True, False, False]
    assert not any("population" in path for path in archive.asked())
    assert before.items() <= tree(settings).items()


def test_a_wrong_checksum_is_refused_with_both_values_and_changes_nothing(
    archive: FakeArchive, settings: Settings
) -> None:
    before_path = "c-2024-06/data/idmc.rda"
    right = hashlib.sha256(archive.files[before_path]).hexdigest()
    other = rda("idmc", [row(2024, "CHI", "CHI", total=666)])
    archive.files[before_path] = other
    with pytest.raises(NotAllLandedError, match=f"{archive.url}{before_path}") as caught:
        run(archive, settings, releases=["2024-06"], endpoints=["idmc"])
    assert right in str(caught.value)
    assert hashlib.sha256(other).hexdigest() in str(caught.value)
    assert tree(settings) == {}


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ([*IDMC, IDMC[0]], rf"idmc\.rda, row {len(IDMC) + 1}: .*coo 'CHI', coa 'CHI' came before"),
        ([row(24, "A", "B", total=1)], r"idmc\.rda, row 1, column year: 24 where a year from 1900"),
        (
            [*IDMC, row(2024, "A", "B", total=1) | {"coo": None}],
            rf"row {len(IDMC) + 1}, column coo",
        ),
        ([row(2024, "A", " ", total=1)], r"idmc\.rda, row 1, column coa: ' '"),
        ([row(2024, "A", "B", total=1.5)], r"column total, row 1: 1\.5"),
        ([{"year": 2024, "total": 1}], "column coo_name, coo, .* is missing"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_file_row_column_and_value(
    archive: FakeArchive, settings: Settings, table: list[Row], shown: str
) -> None:
    archive.publish("2024-12.1", "2024-12-31", {"idmc": table})
    with pytest.raises(NotAllLandedError, match=f"(?s)2024-12.1 idmc: .*{shown}"):
        run(archive, settings, releases=["2024-12.1"])
    assert tree(settings) == {}


@pytest.mark.parametrize("year", [1989, 2025])
def test_a_year_that_is_not_expected_is_landed(
    archive: FakeArchive, settings: Settings, year: int
) -> None:
    archive.publish("2024-12.1", "2024-12-31", {"idmc": [*IDMC, row(year, "A", "B", total=1)]})
    [one] = run(archive, settings, releases=["2024-12.1"])
    assert year in {found["year"] for found in rows(one)}


def test_an_archive_that_gives_nothing_is_not_asked_for_every_file(
    archive: FakeArchive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENT_AT_MOST", 1)
    archive.faults = [("population.rda", "503")] * 20
    with pytest.raises(
        NotAllLandedError, match=r"(?s)4 of 4 could not .*not asked for: the 1 files"
    ) as caught:
        run(archive, settings)
    assert len(set(archive.requests)) == 1
    assert caught.value.is_outage


def test_files_that_are_gone_keep_no_later_release_from_being_landed(
    archive: FakeArchive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENT_AT_MOST", 1)
    for name in [name for name in archive.files if "2024-06" in name]:
        del archive.files[name]
    counted: list[tuple[int, int | None]] = []
    with pytest.raises(NotAllLandedError) as caught:
        run(archive, settings, on_progress=lambda _, *of: counted.append(of))
    assert all("status 404" in why for why in caught.value.failed.values())
    assert counted[-1] == (1, 4), "what could not be landed is not done"
    assert {one.manifest.release_id for one in caught.value.landed} == {"2024-12"}
    assert not caught.value.is_outage, "asking again alike would not help"


def test_an_added_column_is_kept_and_recorded(archive: FakeArchive, settings: Settings) -> None:
    source = [one | {"remark": "x"} for one in IDMC]
    archive.publish("2025-06", "2025-06-30", {"idmc": source})
    [one] = run(archive, settings, releases=["2025-06"])
    assert one.manifest.slices[0].added_columns == ["remark"]
    raw.load(settings)
    with duckdb.connect(str(settings.build_db)) as con:
        kept = con.execute("select distinct _added from raw.idmc").fetchall()
    assert kept == [('{"remark":"x"}',)]


def test_an_unknown_release_or_endpoint_is_an_error_before_anything_is_asked(
    archive: FakeArchive, settings: Settings
) -> None:
    with pytest.raises(ValueError, match=r"unknown release: 1999\. There are: 2024-06, 2024-12"):
        run(archive, settings, releases=["1999", "2024-06"])
    with pytest.raises(ValueError, match="unknown dataset or endpoint: people"):
        run(archive, settings, endpoints=["people"])
    with pytest.raises(SettingsError, match="archive_url is not an address"):
        backfill(settings, archive_url="ftp://x", reference_dir=archive.reference_dir)
    assert archive.requests == []


def test_without_the_reader_nothing_is_asked_for(
    archive: FakeArchive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rdata", None)
    with pytest.raises(ReaderMissingError, match="archive"):
        run(archive, settings)
    assert archive.requests == []
    assert tree(settings) == {}


def test_while_somebody_else_lands_it_is_refused(archive: FakeArchive, settings: Settings) -> None:
    settings.landing_dir.mkdir(parents=True)
    with FileLock(settings.landing_dir / ".lock"), pytest.raises(LandingBusyError):
        run(archive, settings)
    assert archive.requests == []


def test_progress_counts_files_and_names_the_step(archive: FakeArchive, settings: Settings) -> None:
    seen: list[tuple[str, int, int | None]] = []
    run(archive, settings, on_progress=lambda *one: seen.append(one))
    assert {total for _, _, total in seen} == {4}
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert seen[-1][1] == 4
    labels = [label for label, _, _ in seen]
    assert "2024-06 population: fetch" in labels
    assert any(label.startswith("2024-06 population: read ") for label in labels)
    assert "2024-12 idmc: check page 1 of 1" in labels


@pytest.mark.parametrize("at", [1, 2, 4])
def test_a_run_that_is_killed_at_any_file_leaves_whole_snapshots_and_the_next_goes_on(
    archive: FakeArchive, settings: Settings, tmp_path: Path, at: int
) -> None:
    child: list[BaseProcess] = []

    def kill(number: int) -> None:
        if number == at:
            child[0].kill()
            wait([child[0].sentinel])

    archive.on_request = kill
    child.append(begin(killed.backfill, settings, archive.url, archive.reference_dir))
    assert end_of(child[0]) == -signal.SIGKILL
    archive.on_request = None
    assert len(manifests(settings)) == at - 1
    asked = len(archive.requests)
    landed = run(archive, settings)
    assert [one.is_new for one in landed] == [False] * (at - 1) + [True] * (5 - at)
    assert len(archive.requests) - asked == 5 - at
    assert not [path for path in settings.landing_dir.iterdir() if "incoming" in path.name]
    # The same as a run that nobody disturbed.
    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    whole = run(archive, other)
    assert [(o.snapshot_id, rows(o)) for o in landed] == [(o.snapshot_id, rows(o)) for o in whole]
