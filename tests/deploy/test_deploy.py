"""What is under deploy/: linted, and every command in it run here, with paths of this tree."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._core.instance.config import dagster_instance_config

from orchestration import instance
from warehouse.settings import PROJECT_ROOT, load_settings

DEPLOY = PROJECT_ROOT / "deploy"
HOME = "/opt/asylum-warehouse"
SERVICES = ["asylum-daemon", "asylum-webserver"]


def directives(service: str) -> list[tuple[str, str]]:
    lines = (DEPLOY / f"{service}.service").read_text("utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and line[0] not in "#["]
    return [(name, value) for name, _, value in pairs]


def commands(service: str, name: str) -> list[list[str]]:
    """Commands of a unit, as they are called here."""
    return [mapped(shlex.split(value)) for key, value in directives(service) if key == name]


def mapped(words: list[str]) -> list[str]:
    here = str(Path(sys.executable).parent)
    return [
        word.replace(f"{HOME}/.venv/bin", here).replace(HOME, str(PROJECT_ROOT)) for word in words
    ]


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's, with lines that go on put together."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    out = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, rest = line.partition(" ")
        out.append((name, " ".join(rest.split())))
    return out


def one(name: str) -> str:
    [found] = [rest for known, rest in instructions() if known == name]
    return found


# Linted ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_systemd_has_nothing_to_say_about_a_unit(service: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    text = (DEPLOY / f"{service}.service").read_text("utf-8")
    # A unit would have to quote a path with blanks: links have none.
    here, commands = tmp_path / "here", tmp_path / "bin"
    here.symlink_to(PROJECT_ROOT)
    commands.symlink_to(Path(sys.executable).parent)
    text = text.replace(f"{HOME}/.venv/bin", str(commands)).replace(HOME, str(here))
    unit = tmp_path / f"{service}.service"
    unit.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_a_unit_may_do_little(service: str) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze")
    done = subprocess.run(
        # The threshold is ten times the exposure, 0 (none) to 100.
        [
            *("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager"),
            str(DEPLOY / f"{service}.service"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-600:]


def test_both_units_keep_to_the_same_account_folder_and_limits() -> None:
    daemon, web = (dict(directives(service)) for service in SERVICES)
    differing = {name for name in daemon.keys() | web.keys() if daemon.get(name) != web.get(name)}
    assert differing == {
        "Description",
        "After",
        "ExecStart",
        "MemoryHigh",
        "MemoryMax",
        "TimeoutStopSec",
    }
    for name in ("MemoryMax", "TasksMax", "CPUWeight"):
        assert name in daemon


def test_the_container_file_is_sound() -> None:
    names = [name for name, _ in instructions()]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL"}
    assert set(names) == known | {"HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert names[0] == "FROM"
    assert re.fullmatch(r"python:3\.\d+-\S+", one("FROM")), "an image with a version, of no host"
    assert one("USER").split(":")[0] not in {"0", "root"}
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in {"RUN", "COPY"})
    for name in ("ENTRYPOINT", "CMD", "VOLUME"):
        assert json.loads(one(name)), "the exec form"
    for rest in (rest for name, rest in instructions() if name == "COPY"):
        for source in rest.split()[:-1]:
            assert (PROJECT_ROOT / source).exists(), source
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert all("--no-cache-dir" in rest for rest in installs)


def test_no_figure_and_no_environment_goes_into_the_image() -> None:
    left_out = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    assert {"warehouse/data", ".venv", ".git"} <= set(left_out)


def test_nothing_there_names_a_package_index_or_holds_a_secret() -> None:
    for path in DEPLOY.iterdir():
        text = path.read_text("utf-8")
        assert not re.search(r"pypi|index-url|password\s*[:=]\s*[^{/%\s]", text, re.I), path


def test_the_example_settings_are_settings() -> None:
    lines = (DEPLOY / "settings.env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert given
    assert load_settings(given).ui_url == given["ASYLUM_UI_URL"]


def test_the_home_for_postgresql_is_ours_but_for_its_storage(tmp_path: Path) -> None:
    text = (DEPLOY / "dagster-postgres.yaml").read_text("utf-8")
    (tmp_path / "dagster.yaml").write_text(text)
    settings, _ = dagster_instance_config(str(tmp_path))  # refuses what Dagster does not know
    assert settings["storage"]["postgres"]["postgres_db"]["password"] == {
        "env": "DAGSTER_PG_PASSWORD"
    }
    rest = {name: value for name, value in yaml.safe_load(text).items() if name != "storage"}
    assert rest == instance.CONFIG


# Run ---------------------------------------------------------------------------------------------


@contextmanager
def running(
    words: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A command of a unit, until the block ends; then it must end on SIGTERM, as systemd asks."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            words, cwd=PROJECT_ROOT, env=dict(environment), stdout=out, stderr=out
        )
    try:
        yield process
        assert process.poll() is None, log.read_text()
        process.terminate()
        process.wait(60)
    finally:
        if process.poll() is None:
            process.kill()


def ask(port: int, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def until(seconds: float, try_: Callable[[], object], what: str) -> object:
    end = time.monotonic() + seconds
    while True:
        try:
            found = try_()
        except OSError:
            found = None
        if found:
            return found
        assert time.monotonic() < end, what
        time.sleep(0.25)


def test_every_command_of_units_and_container_runs(parsed_project: Path, tmp_path: Path) -> None:
    """Home, daemon, web server, health check: in their order, with the units' environment."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
    }
    given = [value for name, value in directives("asylum-daemon") if name == "Environment"]
    environment |= dict(
        pair.replace("/var/lib/asylum-warehouse", str(tmp_path)).split("=", 1) for pair in given
    )
    in_image = dict(pair.split("=", 1) for pair in shlex.split(one("ENV")))
    assert in_image["DAGSTER_HOME"] == in_image["ASYLUM_DATA_DIR"] + "/dagster"
    assert environment["DAGSTER_HOME"] == environment["ASYLUM_DATA_DIR"] + "/dagster"

    shutil.copytree(parsed_project, load_settings(environment).dbt_target_dir)

    # The image's entry point makes the home and becomes its arguments.
    entry = json.loads(one("ENTRYPOINT"))
    done = subprocess.run(
        [*entry, "which", "dagster-daemon"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].endswith("/dagster-daemon")
    assert (tmp_path / "dagster" / "dagster.yaml").exists()

    for service in SERVICES:  # both have the same command
        assert commands(service, "ExecStartPre")[0][1:] == ["-m", "orchestration.instance"]
    [daemon] = commands("asylum-daemon", "ExecStart")
    assert [Path(daemon[0]).name, *daemon[1:]] == json.loads(one("CMD"))
    [web] = commands("asylum-webserver", "ExecStart")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = [str(port) if word == "3000" else word for word in web]
    health = json.loads(one("HEALTHCHECK").partition("CMD ")[2])

    # No heartbeat yet.
    assert subprocess.run(health, env=environment, check=False, capture_output=True).returncode == 1

    with (
        running(daemon, environment, tmp_path / "daemon.log"),
        running(web, environment, tmp_path / "web.log"),
    ):
        until(90, lambda: ask(port, "/server_info"), (tmp_path / "web.log").read_text())
        query = '{ permissions { permission value } workspaceLocationEntryOrError(name: \
            "asylum_warehouse") { ... on WorkspaceLocationEntry { loadStatus } } }'
        answer: Any = ask(port, "/graphql", {"query": query})["data"]
        assert answer["workspaceLocationEntryOrError"]["loadStatus"] == "LOADED"
        may = {one["permission"] for one in answer["permissions"] if one["value"]}
        assert not may & {
            "launch_pipeline_execution",
            "start_schedule",
            "edit_sensor",
            "wipe_assets",
        }

        until(90, lambda: has_heartbeats(port), (tmp_path / "daemon.log").read_text())
        assert subprocess.run(health, env=environment, check=False).returncode == 0


def has_heartbeats(port: int) -> bool:
    """Whether the web server sees all daemons alive."""
    query = "{ instance { daemonHealth { allDaemonStatuses { required healthy } } } }"
    data: Any = ask(port, "/graphql", {"query": query})["data"]
    statuses = data["instance"]["daemonHealth"]["allDaemonStatuses"]
    return all(one["healthy"] for one in statuses if one["required"])
