"""`asylum doctor`: what it looks at, what it repairs, and what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import garble
from tests.warehouse.small_build import published_from
from warehouse.build import raw
from warehouse.core.repairs import FILE_NAME, repairs
from warehouse.landing.snapshots import crawl, manifests
from warehouse.serve.doctor import Finding, examine
from warehouse.settings import Settings


@pytest.fixture
def landed(settings: Settings) -> Settings:
    crawl(settings, endpoints=["idmc", "displacement-flows"])
    raw.load(settings)
    return settings


def by_outcome(found: list[Finding], outcome: str) -> str:
    return "\n".join(f"{one.what}: {one.text}" for one in found if one.outcome == outcome)


def test_a_sound_folder_has_no_problem_but_that_nothing_is_published(landed: Settings) -> None:
    found = examine(landed)
    assert by_outcome(found, "problem") == (
        "published: Nothing is published yet. Run `asylum run`."
    )
    assert "2 of 2 snapshots are as they were landed" in by_outcome(found, "ok")
    assert "build.duckdb can be read whole" in by_outcome(found, "ok")
    assert repairs(landed) == []


def test_what_can_be_made_again_is_and_the_rest_is_said_with_what_to_do(landed: Settings) -> None:
    folder, manifest = manifests(landed, "idmc")[-1]
    garble.another_number(folder / manifest.slices[0].pages[0].file)
    flows, of_flows = manifests(landed, "displacement-flows")[-1]
    assert of_flows.original is not None
    garble.beginning(flows / of_flows.original.file)
    garble.every_block(landed.build_db)
    landed.published_db.write_bytes(b"no database")
    (landed.data_dir / "last_run.json").write_text("{")
    found = examine(landed)
    assert {one.what for one in found if one.outcome == "repaired"} == {"landing", "build"}
    repaired = by_outcome(found, "repaired")
    assert f"idmc/{manifest.snapshot_id}" in repaired
    assert f"{of_flows.original.file} is missing or was changed" in repaired
    problems = by_outcome(found, "problem")
    assert "asylum.duckdb is damaged" in problems and "asylum run" in problems
    assert "last_run.json: not a note of a run" in problems
    books = ["landing", "landing", "build.duckdb", "asylum.duckdb"]
    assert [one.what.split("/")[0] for one in repairs(landed)] == books
    assert not landed.build_db.exists() and landed.published_db.exists()

    raw.load(landed)
    again = examine(landed)
    assert by_outcome(again, "repaired") == ""
    assert len(repairs(landed)) == len(books), "said once"


def test_a_book_of_repairs_that_cannot_be_read_is_named_with_its_line(landed: Settings) -> None:
    (landed.data_dir / FILE_NAME).write_bytes(b"\xff{}\n")
    assert "line 1: not a repair. Remove the line." in by_outcome(examine(landed), "problem")


def test_what_the_published_file_was_built_from_and_landing_has_not_is_named(
    landed: Settings,
) -> None:
    used = [(one.endpoint, one.snapshot_id, one.source) for _, one in manifests(landed)]
    published_from(landed, *used)
    assert by_outcome(examine(landed), "problem") == ""
    shutil.rmtree(landed.landing_dir / "idmc")
    [(_, snapshot, _)] = [one for one in used if one[0] == "idmc"]
    told = by_outcome(examine(landed), "problem")
    assert "landing: 1 of 2 snapshots that asylum.duckdb was built from are not in" in told
    assert f"idmc/{snapshot}. See whether its disk is mounted" in told
    shutil.rmtree(landed.landing_dir)
    assert "landing: 2 of 2 snapshots" in by_outcome(examine(landed), "problem")


def test_a_disk_that_is_nearly_full_is_said(
    landed: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from types import SimpleNamespace

    from warehouse.serve import doctor

    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert "1 MB are free" in by_outcome(examine(landed), "problem")
