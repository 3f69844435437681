"""The dbt project on the starter extract, built once, and what tests make of it."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from tests.dbt_project.made_up import MadeUp, Project
from warehouse.build import dbt, fingerprint, raw
from warehouse.landing import snapshots
from warehouse.published.write import publish
from warehouse.releases.assign import assign
from warehouse.settings import Settings


@dataclass(frozen=True)
class StarterBuild:
    """The starter extract, landed, loaded and built; `result` says what each node came to."""

    settings: Settings
    result: dbt.BuildResult


@pytest.fixture(scope="session")
def starter_outcome(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> StarterBuild:
    """The build of the starter extract, whether or not all of it passed.

    One of pytest's workers builds it; each has a copy of its own.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    built, outcome = shared / "starter_built", shared / "starter_built.pickle"
    with FileLock(shared / "starter_built.lock"):
        if not outcome.exists():
            settings = Settings(data_dir=built, threads=2)
            shutil.copytree(parsed_project, settings.dbt_target_dir)
            snapshots.land_starter(settings)
            raw.load(settings)
            assign(settings)
            result = dbt.build(settings)
            outcome.write_bytes(pickle.dumps(result))
    own = tmp_path_factory.mktemp("starter") / "data"
    shutil.copytree(built, own)
    return StarterBuild(Settings(data_dir=own, threads=2), pickle.loads(outcome.read_bytes()))


@pytest.fixture(scope="session")
def starter_build(starter_outcome: StarterBuild) -> Settings:
    """Settings of a data folder in which the starter extract is built and tested."""
    failures = starter_outcome.result.failure_text()
    if failures:
        pytest.fail(f"the starter extract does not build:\n{failures}", pytrace=False)
    return starter_outcome.settings


@pytest.fixture(scope="session")
def starter(
    starter_build: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The starter build to read, in a copy: nobody else's file is held open. Functions find what
    they name without a schema.
    """
    copy = tmp_path_factory.mktemp("starter_copy") / starter_build.build_db.name
    shutil.copy(starter_build.build_db, copy)
    with duckdb.connect(str(copy), read_only=True) as con:
        con.execute("set search_path = 'main,marts,reference,intermediate'")
        yield con


@pytest.fixture(scope="session")
def manifest(starter_build: Settings) -> dict[str, Any]:
    """dbt's manifest of the project as it is now."""
    return dbt.load_manifest(starter_build)


@pytest.fixture(scope="session")
def project(starter_build: Settings, manifest: dict[str, Any]) -> Project:
    """The project as dbt compiled it."""
    return Project(manifest, starter_build)


@pytest.fixture(scope="session")
def published_starter(starter_build: Settings, manifest: dict[str, Any]) -> Settings:
    """Settings of the data folder in which the starter build is published, too."""
    tested = fingerprint.read_tested(starter_build)
    assert tested is not None
    tables = dbt.published_tables(manifest)
    publish(
        starter_build,
        lineage=tested.lineage.model_dump(),
        keys={table.name: table.key for table in tables if table.key},
        only=[table.name for table in tables],
        functions=dbt.published_functions(manifest),
        as_of=dbt.as_of_functions(manifest),
        described_like=dbt.described_like(manifest),
    )
    return starter_build


@pytest.fixture(scope="session")
def new_made_up(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], MadeUp]:
    """Makes an empty data folder to land made-up figures in."""

    def make() -> MadeUp:
        return MadeUp(project, Settings(data_dir=tmp_path_factory.mktemp("made_up"), threads=2))

    return make


@pytest.fixture(scope="session")
def in_memory(project: Project) -> Callable[[], duckdb.DuckDBPyConnection]:
    """Opens an empty database called `build` that lives in memory."""

    def make() -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(config={"threads": "2", "autoinstall_known_extensions": "false"})
        con.execute("attach ':memory:' as build")
        con.execute("use build")
        return con

    return make
