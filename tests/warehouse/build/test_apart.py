"""dbt in a process of its own: the same result, told on the way; and no process left behind.

What changes nothing of the project uses it where it was parsed: in a copy dbt would parse it anew.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.orchestration.small_project import FAILING_TEST, SmallSettings, write
from tests.other_processes import are_gone, children, held_by_another, soon
from warehouse.build import dbt, fingerprint
from warehouse.build.apart import Build, build, start
from warehouse.core.database import DatabaseBusyError, connect
from warehouse.settings import PROJECT_ROOT

MORE_MODELS = 25


def whole(building: Build) -> tuple[list[dbt.NodeResult], dbt.BuildResult]:
    """What was told on the way, and the result."""
    told = []
    while True:
        try:
            told.append(next(building))
        except StopIteration as ended:
            return told, ended.value


def others() -> list[psutil.Process]:
    """The processes of dbt that this process has."""
    return children("apart")


def is_idle(process: psutil.Process) -> bool:
    """Whether it has done something, and nothing for a while."""
    before = process.cpu_times()
    time.sleep(0.3)
    return before.user > 1 and process.cpu_times() == before


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Generator[None]:
    yield
    assert others() == []


def kept(node: dbt.NodeResult) -> tuple[Any, ...]:
    return node.unique_id, node.status, node.failures, node.rows, node.types


def test_it_comes_to_the_same_as_in_this_process_and_is_told_on_the_way(
    loaded: SmallSettings,
) -> None:
    for number in range(MORE_MODELS):
        write(loaded, f"dbt_project/models/marts/mart_{number}.sql", f"select {number} as a")
    here = dbt.build(loaded)
    heard: list[tuple[str, int, int | None]] = []
    told, there = whole(build(loaded, lambda *event: heard.append(event)))
    assert not there.failed
    assert sorted(map(kept, there.nodes)) == sorted(map(kept, here.nodes))
    assert [done for _, done, _ in heard] == list(range(1, len(there.nodes) + 1))
    assert heard[-1][1] == heard[-1][2]
    assert {kept(node) for node in told} <= {kept(node) for node in there.nodes}
    assert len({node.unique_id for node in told}) == len(told)
    assert [node for node in told if node.resource_type == "test"] == list(there.tests)
    assert sum(node.resource_type == "model" for node in told) > MORE_MODELS / 2
    assert fingerprint.read_tested(loaded) is not None
    _, part = whole(build(loaded, select=["dim_release"]))
    assert [node.name for node in part.models] == ["dim_release"]


def test_a_project_that_has_changed_since_it_was_parsed_is_parsed_again_and_what_fails_is_said(
    loaded: SmallSettings,
) -> None:
    start(loaded)
    [process] = others()
    assert soon(lambda: is_idle(process))
    write(loaded, "dbt_project/models/marts/mart_extra.sql", "select 1 / 'a' as a")
    write(loaded, "dbt_project/tests/assert_nothing.sql", FAILING_TEST)
    told, result = whole(build(loaded))
    assert {node.name for node in result.failed} == {"mart_extra", "assert_nothing"}
    assert "mart_extra" not in {node.name for node in told}
    assert fingerprint.read_tested(loaded) is None


def test_a_process_that_was_killed_is_said_and_the_next_build_is_whole(
    model: SmallSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next is started once, and runs no code of the folder one is in."""

    def kill(_: str, done: int, __: int | None) -> None:
        if done == 3:
            [process] = others()
            process.kill()

    with pytest.raises(dbt.DbtError, match=r"ended by signal 9 .*ASYLUM_MEMORY_LIMIT"):
        whole(build(model, kill))
    assert fingerprint.read_tested(model) is None
    for name in ("warehouse", "dbt", "json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('of another copy')")
    monkeypatch.chdir(tmp_path)
    start(model)
    start(model)
    assert len(others()) == 1
    _, result = whole(build(model))
    assert not result.failed


def test_a_project_that_does_not_parse_is_said_by_the_build(loaded: SmallSettings) -> None:
    write(loaded, "dbt_project/models/marts/broken.sql", "select {{ nothing( }}")
    start(loaded)
    with pytest.raises(dbt.DbtError, match="broken") as raised:
        whole(build(loaded))
    assert "Traceback" in raised.value.__notes__[0]
    assert "Traceback" not in str(raised.value)


def test_an_error_keeps_its_type(model: SmallSettings) -> None:
    with (
        held_by_another(model.build_db),
        pytest.raises(DatabaseBusyError, match="in use by another process"),
    ):
        whole(build(model))


def test_who_stops_listening_ends_it_and_the_database_is_free(model: SmallSettings) -> None:
    def stop(_: str, done: int, __: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        whole(build(model, stop))
    assert others() == []
    with connect(model.build_db, model):
        pass


def test_it_ends_with_the_process_that_began_it_and_says_nothing(model: SmallSettings) -> None:
    code = f"""
import os, signal
from pathlib import Path
import psutil
from tests.orchestration.small_project import SmallSettings
from warehouse.build.apart import build

def stop(_, done, total):
    if done == 3:
        print(*(child.pid for child in psutil.Process().children(recursive=True)), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

for node in build(SmallSettings(data_dir=Path({str(model.data_dir)!r}), threads=2), stop):
    pass
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert ended.stderr == ""
    pids = [int(pid) for pid in ended.stdout.split()]
    assert pids
    assert are_gone(*pids)
    with connect(model.build_db, model):
        pass
