"""Exports made in a process beside this one: the same files, and no process left behind."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.other_processes import children
from warehouse.core.other_process import OtherProcess
from warehouse.exports import beside, charts, report, site, tables
from warehouse.exports.beside import begin
from warehouse.published.read import PublishedMissingError
from warehouse.settings import Settings

NAMES = (beside.CHARTS, beside.REPORT, beside.SITE)


def others() -> list[psutil.Process]:
    """The processes of exports that this process has."""
    return children("other_process")


@pytest.fixture(scope="module")
def exported(published_starter: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with the published file and its tables as files."""
    made = Settings(data_dir=tmp_path_factory.mktemp("exported"), threads=2)
    shutil.copy(published_starter.published_db, made.published_db)
    tables.export_tables(made)
    return made


@pytest.fixture
def settings(exported: Settings, tmp_path: Path) -> Settings:
    """The same, of this test's own."""
    shutil.copytree(exported.data_dir, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data", threads=2)


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert others() == []


def files(settings: Settings) -> dict[str, bytes]:
    """What was exported, by its path. Vega numbers gradients as long as a process lives, also in
    the pictures that stand in a page.
    """
    return {
        str(path.relative_to(settings.exports_dir)): re.sub(
            rb"gradient_\d+",
            b"gradient",
            re.sub(
                rb"(?<=data:image/svg\+xml;base64,)[\w+/=]+",
                lambda found: base64.b64decode(found[0]),
                path.read_bytes(),
            ),
        )
        for path in settings.exports_dir.rglob("*")
        if path.is_file()
    }


def test_it_makes_the_files_that_are_made_here_without_it(settings: Settings) -> None:
    with beside.planned(settings):
        begin(settings)
        beside.ask(settings, beside.CHARTS, beside.REPORT)
        beside.ask(settings, beside.SITE)
        there = {name: beside.made(settings, name) for name in reversed(NAMES)}
    of_there = files(settings)
    for name in NAMES:
        path = settings.exports_dir / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert there == {
        # In another order: here the charts are not the first to be drawn.
        beside.REPORT: report.export_report(settings, report.PAGE),
        beside.CHARTS: charts.export_charts(settings),
        beside.SITE: site.export_site(settings),
    }
    here = files(settings)
    assert [name for name in here if here[name] != of_there.get(name)] == []
    assert set(here) == set(of_there)


def test_what_it_was_not_asked_for_is_made_here(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hear(_: OtherProcess) -> None:
        pytest.fail("nobody is to wait for it")

    monkeypatch.setattr(OtherProcess, "hear", hear)
    with beside.planned(settings):
        begin(settings)
        beside.ask(settings, beside.SITE)
        text = beside.made(settings, report.TEXT)
    assert text.path.exists()


def test_nobody_is_asked_where_nothing_is_planned_or_for_other_settings(
    settings: Settings, tmp_path: Path
) -> None:
    begin(settings)
    beside.ask(settings, *NAMES)
    assert others() == []
    with beside.planned(Settings(data_dir=tmp_path / "another")):
        begin(settings)
        beside.ask(settings, *NAMES)
        assert others() == []


def test_where_it_was_killed_all_is_made_here(settings: Settings) -> None:
    with beside.planned(settings):
        begin(settings)
        beside.ask(settings, *NAMES)
        [process] = others()
        process.kill()
        for name in NAMES:
            beside.made(settings, name)
            assert (settings.exports_dir / name).exists()


def test_begun_again_it_is_asked_again_and_nobody_waits_for_what_the_first_was_asked(
    settings: Settings,
) -> None:
    with beside.planned(settings):
        begin(settings)
        beside.ask(settings, report.TEXT)
        begin(settings)
        assert len(others()) == 1
        assert beside.made(settings, report.TEXT).path.exists()


def test_an_error_keeps_its_type_and_takes_no_other_export_with_it(settings: Settings) -> None:
    kept = settings.published_db.with_suffix(".kept")
    settings.published_db.rename(kept)
    with beside.planned(settings):
        begin(settings)
        beside.ask(settings, beside.REPORT)
        with pytest.raises(PublishedMissingError) as raised:
            beside.made(settings, beside.REPORT)
        assert "Traceback" in raised.value.__notes__[0]
        kept.rename(settings.published_db)
        beside.ask(settings, report.TEXT)
        assert beside.made(settings, report.TEXT).path.exists()


def test_what_a_killed_process_had_written_of_a_site_goes_with_the_next(
    settings: Settings,
) -> None:
    gone = psutil.Popen(["true"])
    gone.wait()
    left = settings.exports_dir / f".site.{gone.pid}.tmp"
    of_another = settings.exports_dir / f".site.{psutil.Process().ppid()}.tmp"
    for folder in (left, of_another):
        folder.mkdir()
        (folder / "index.html").touch()
    site.export_site(settings)
    assert not left.exists()
    assert of_another.exists()
