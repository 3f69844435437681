"""What must hold after every fault: nothing lost, nothing half, and readers never saw otherwise."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.orchestration.small_project import SmallSettings, add_reported, small_project, write
from warehouse.build.raw import changed_since
from warehouse.core.manifest import Manifest
from warehouse.landing.snapshots import manifests
from warehouse.published.read import open_published
from warehouse.settings import PROJECT_ROOT, Settings

QUESTION = "select * from mart_origin_yearly order by all"


def whole_snapshots(settings: Settings) -> dict[str, Manifest]:
    """All landed snapshots by name; an error where one is not as its manifest says."""
    found = {}
    for folder, manifest in manifests(settings):
        assert changed_since(folder, manifest) is None, f"{folder} is half"
        if manifest.original:
            body = (folder / manifest.original.file).read_bytes()
            assert hashlib.sha256(body).hexdigest() == manifest.original.sha256
        found[f"{manifest.endpoint}/{manifest.snapshot_id}"] = manifest
    return found


def answers(settings: Settings) -> list[tuple[Any, ...]]:
    """What a reader of the published file gets."""
    with open_published(settings) as con:
        return con.execute(QUESTION).fetchall()


def built_project(folder: Path) -> SmallSettings:
    """A project that was built once, to be copied."""
    from orchestration.runner import run_refresh

    settings = small_project(folder)
    add_reported(settings)
    result = run_refresh(settings)
    assert result.success, result.error
    return settings


def copy_of(model: SmallSettings, folder: Path) -> SmallSettings:
    """The same project, with something changed, so that a run has all to build."""
    shutil.copytree(model.data_dir.parent, folder, dirs_exist_ok=True)
    settings = SmallSettings(data_dir=folder / "data", threads=2)
    write(settings, "dbt_project/models/marts/mart_extra.sql", "select 1 as a")
    return settings


def start_run(settings: SmallSettings) -> subprocess.Popen[str]:
    """`asylum run` in a process of its own; its last line is the error or nothing."""
    code = f"""
from pathlib import Path
from tests.orchestration.small_project import SmallSettings
from tests.parsing import holds_in_any_folder
from orchestration.runner import run_refresh
holds_in_any_folder()
result = run_refresh(SmallSettings(data_dir=Path({str(settings.data_dir)!r}), threads=2))
print(result.error or "")
raise SystemExit(0 if result.success else 1)
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[str]) -> None:
    """The process and all of its children, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    finally:
        process.communicate()


@contextmanager
def reading(settings: Settings, allowed: list[list[tuple[Any, ...]]]) -> Iterator[list[str]]:
    """A reader who asks all the time; yields what it met that was none of what is allowed."""
    wrong: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                if answers(settings) not in allowed:
                    wrong.append("other figures than any that were published")
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")
            done.wait(0.05)

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        yield wrong
    finally:
        done.set()
        reader.join()
