"""A small project that is landed, loaded and parsed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.orchestration.small_project import SmallSettings, small_project
from warehouse.build import dbt
from warehouse.build.raw import load
from warehouse.landing.snapshots import land_starter
from warehouse.releases.assign import assign


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SmallSettings:
    """The project with the starter extract loaded, and parsed, to be copied."""
    made = small_project(tmp_path_factory.mktemp("model"))
    land_starter(made)
    load(made)
    assign(made)
    dbt.ensure_manifest(made)
    return made


@pytest.fixture
def loaded(tmp_path: Path, model: SmallSettings) -> SmallSettings:
    """A copy of it."""
    shutil.copytree(model.data_dir.parent, tmp_path, dirs_exist_ok=True)
    return SmallSettings(data_dir=tmp_path / "data", threads=2)
