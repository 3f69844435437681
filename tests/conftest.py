"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import parsing
from tests.fake_api import FakeApi, fast_settings, sample_data
from tests.network import no_network
from tests.other_processes import in_this_process
from tests.postgres_server import PostgresServer, find_binaries
from warehouse.build import dbt, raw
from warehouse.core.garbage import look_less_often
from warehouse.landing.snapshots import land_starter
from warehouse.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# Files that take longest, in this order, so that no worker is left with one of them at the end.
# The first builds the starter extract while another worker does the second.
LONGEST = (
    *("test_ten_releases.py", "test_subsets.py"),
    *("test_history.py", "test_runner.py", "test_snapshots.py", "test_unit_tests_run.py"),
    *("test_deploy.py", "test_apart.py", "test_hostile_source.py", "test_raw.py", "test_tables.py"),
    *("test_validate.py", "test_quarantine.py", "test_published_readers.py", "test_report.py"),
    *("test_dbt.py", "test_meanings.py", "test_postgres.py", "test_write.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; with `--dist loadfile` a file is done by one worker."""
    order = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_configure() -> None:
    """Hear Ctrl-C, in the children too: what is started in the background is told to ignore it.

    Look for garbage less often: parsed projects and definitions of Dagster are large, live as long
    as the tests, and took a tenth of their time by being looked through.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    look_less_often()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests talk to loopback alone, and read no variable of the person who runs them."""
    for name in list(os.environ):
        if name.startswith("ASYLUM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(autouse=True)
def _all_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs on the command line have other processes, and so have runs of some fixtures."""
    in_this_process(monkeypatch)


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A fake API with a small made-up world."""
    with FakeApi(sample_data()) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, api: FakeApi) -> Settings:
    """Settings that point to the fake API and to a folder of this test's own."""
    return fast_settings(tmp_path / "data", api.url)


@pytest.fixture(scope="session")
def loaded_model(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The starter extract, landed and loaded: to be copied, or read."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("loaded") / "data", threads=2)
    land_starter(settings)
    raw.load(settings)
    return settings


@pytest.fixture
def loaded(loaded_model: Settings, tmp_path: Path) -> Settings:
    """A copy of it."""
    shutil.copytree(loaded_model.data_dir, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data", threads=2)


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dbt's folder of a data folder in which the project is parsed, and nothing else is: to be
    copied. One of pytest's workers parses it, without a network and without a database.
    """
    parsing.holds_in_any_folder()
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    settings = Settings(data_dir=shared / "parsed")
    with no_network():
        dbt.ensure_manifest(settings)
    assert not settings.build_db.exists()
    return settings.dbt_target_dir


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Not for longer: while it is there, nothing else here can run an event loop."""
    from tests.browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server on loopback that lives as long as the tests of this process."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server here: .ci/install-tools installs it")
    server = PostgresServer(binaries)
    try:
        yield server
    finally:
        server.stop()
