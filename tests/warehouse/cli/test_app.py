"""The command: an answer at the end, one message and an exit code when there is none."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from tests import garble
from tests.warehouse.small_build import (
    KEYS,
    LINEAGE,
    build,
    copied,
    published_from,
    published_with_functions,
    settings_in,
    statements,
)
from warehouse.build.run_result import LastRun, RunResult, RunSnapshot, read_last_run, under_way
from warehouse.cli import render
from warehouse.cli.app import app
from warehouse.cli.commands.run import _still_stands
from warehouse.cli.failures import failures
from warehouse.landing import set_aside, snapshots
from warehouse.published.write import publish
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError

ROOT = Path(__file__).parents[3]
CTRL_C = "\x03"
HOSTILE = "[bold]Bra\x1b]0;owned\x07zil[/bold]\x1b[31m\u202e=1+1\n[/nonsense]"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(tmp_path / "data"))
    return settings_in(tmp_path / "data")


def asylum(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def process(*words: str, given: bytes = b"", **more: Any) -> subprocess.CompletedProcess[bytes]:
    """The command as a process, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "warehouse.cli.app", *words],
        input=given,
        capture_output=True,
        check=False,
        cwd=ROOT,
        **more,
    )


def on_a_terminal(*words: str, typed: Sequence[str] = ()) -> tuple[int, str]:
    """The command with a terminal at all ends; returns its exit code and all it showed.

    Each text of `typed` is typed when another prompt has appeared. Ctrl-C is typed again where no
    prompt follows it: Python loses one that comes after the prompt is shown and before it listens.
    """
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
        os.execv(sys.executable, [sys.executable, "-m", "warehouse.cli.app", *words])
    seen, lines, prompts, last = b"", list(typed), 0, ""
    while True:
        if lines and (seen.count(b"asylum> ") + seen.count(b"   ... ")) > prompts:
            prompts += 1
            last = lines.pop(0)
            os.write(terminal, last.encode())
        if last == CTRL_C and not select.select([terminal], [], [], 3.0)[0]:
            os.write(terminal, last.encode())
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), seen.decode()


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., RunResult]], None]:
    """Put a function in the place of the real run."""

    def replace(run_refresh: Callable[..., RunResult]) -> None:
        fake = ModuleType("orchestration.runner")
        fake.run_refresh = run_refresh  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "orchestration.runner", fake)

    return replace


def succeeds(settings: Settings, **_: Any) -> RunResult:
    done = copied(settings)
    return RunResult(
        success=True,
        snapshots=[
            RunSnapshot("population", "starter-2025-12.1-aaaaaaaa", "2025-12.1", 12_345, True)
        ],
        release="2025-12.1",
        models_built=23,
        tests_passed=66,
        tests_warned=["assert_nearly_all: Got 1 result, configured to warn if != 0"],
        published=done.path,
        exports=[settings.exports_dir / "tables" / "dim_country.csv"],
        seconds={"land": 0.5, "build": 2.25},
        run_id="run-1",
    )


# run ---------------------------------------------------------------------------------------------


def test_a_run_ends_with_what_was_built_the_answer_and_five_commands(
    settings: Settings, runner: Callable[..., None]
) -> None:
    runner(succeeds)
    done = asylum("run")
    assert done.exit_code == 0, done.output
    out = done.stdout
    for part in (
        *("release 2025-12.1", "starter-2025-12.1-aaaaaaaa", "12,345", "66 passed, 1 warned"),
        "Warned: assert_nearly_all: Got 1 result",
        *("0 failed", str(settings.published_db), "23"),
        "People from China who claimed asylum, and who are waiting, by year",
        *("2025 p", "≥ 1,350", "15,000", "-25.0 %", "12.5 %", "≥: at least"),
        *("First countries of asylum for China, 2025 (provisional)", "United States", "60.0 %"),
        "Source: UNHCR Refugee Population Statistics Database, release 2025-12.1",
    ):
        assert part in out
    assert "Not itemised" not in out
    assert "\\n" not in out
    [first] = [line for line in out.splitlines() if line.split()[:1] == ["1"]]
    assert "≥ 9,000" in first and "≥ 900" in first, "stock and flow of a country may lack people"
    commands = out.split("Worth trying next:")[1].strip().splitlines()
    assert [line.split()[1] for line in commands] == ["sql", "claims", "report", "ui", "run"]


def test_the_commands_worth_trying_work(settings: Settings, runner: Callable[..., None]) -> None:
    runner(succeeds)
    lines = [line.strip() for line in asylum("run").stdout.splitlines() if '"select' in line]
    query = lines[0].split('"')[1]
    answer = asylum("sql", query)
    assert list(csv.DictReader(io.StringIO(answer.stdout))) == [
        {"reference_year": "2025", "asylum_name": "United States", "asylum_seekers_stock": "9000"}
    ]


def test_persons_and_cases_have_columns_of_their_own_and_are_never_added(
    settings: Settings, runner: Callable[..., None]
) -> None:
    runner(succeeds)
    out = asylum("run").stdout
    [line] = [line for line in out.splitlines() if line.split()[:1] == ["2019"]]
    assert line.replace(" %", "%").split() == [
        *("2019", "810", "9,000", "-5", "-25.0%", "12.5%", "12.5%")
    ]
    assert "907" not in out
    [line] = [line for line in out.splitlines() if line.split()[:1] == ["2020"]]
    assert "–" in line


def test_what_a_country_did_not_report_is_said_under_the_years_it_is_missing_from(
    settings: Settings, runner: Callable[..., None]
) -> None:
    def broken(settings: Settings, **_: Any) -> RunResult:
        build(settings)
        statements(
            settings,
            "insert into marts.mart_reporting_breaks values "
            "('BRA', 'Brazil', 'new_asylum_claims', 'persons', 'origin_withheld', 2025, "
            "'half was'), "
            "('USA', 'United States', 'asylum_seekers_stock', 'persons', 'origin_withheld', 2025, "
            "'no origin'), "
            "('AUL', 'Australia', 'asylum_seekers_stock', 'persons', 'origin_withheld', 2025, "
            "'few')",
            "insert into marts.mart_reporting_break_origins "
            "select 'CHI', 'CHN', asylum_unhcr_code, measure, 'persons', kind, 2025, "
            "if(asylum_unhcr_code = 'AUL', 5, 9000) from marts.mart_reporting_breaks",
        )
        publish(settings, lineage=LINEAGE, keys=KEYS)
        return RunResult(success=True, release="2025-12.1")

    runner(broken)
    done = asylum("run")
    assert done.exit_code == 0, done.output
    assert "2025, Brazil: half was." in done.stdout
    assert "2025, United States: no origin." in done.stdout
    assert "few" not in done.stdout, "it hardly bears on the origin"
    [line] = [line for line in done.stdout.splitlines() if line.split()[:2] == ["2025", "p"]]
    assert "≥ 15,000" in line, "stocks are lower bounds too"


def test_without_cases_there_is_no_column_of_cases(
    settings: Settings, runner: Callable[..., None]
) -> None:
    def without(settings: Settings, **_: Any) -> RunResult:
        build(settings)
        statements(settings, "delete from marts.mart_origin_yearly where counting_unit = 'cases'")
        publish(settings, lineage=LINEAGE, keys=KEYS)
        return RunResult(success=True, release="2025-12.1")

    runner(without)
    assert "cases" not in asylum("run").stdout


def test_source_address_and_origins_reach_the_run(
    settings: Settings, runner: Callable[..., None]
) -> None:
    asked: list[tuple[Any, ...]] = []

    def remember(given: Settings, *, source: str, origins: list[str], **_: Any) -> RunResult:
        asked.append((source, origins, given.api_url))
        return succeeds(given)

    runner(remember)
    asylum("run")
    asylum("run", "--source", "api", "--origin", "chn", "--origin", "SYR", "--origin", "CHN")
    asylum("run", "--api-url", "http://127.0.0.1:9/v1")
    live = "https://api.unhcr.org/population/v1/"
    assert asked == [
        ("starter", [], live),
        ("api", ["CHN", "SYR"], live),
        ("api", [], "http://127.0.0.1:9/v1/"),
    ]


@pytest.mark.parametrize("command", [("run",), ("fetch", "--source", "api")])
def test_unhcrs_own_code_is_refused_with_the_country_that_the_published_file_has_it_of(
    settings: Settings, runner: Callable[..., None], command: tuple[str, ...]
) -> None:
    runner(succeeds)
    settings.published_db.parent.mkdir(exist_ok=True)
    settings.published_db.write_text("no database")
    assert "own code" not in asylum(*command, "--origin", "CHI").output
    settings.published_db.unlink()
    assert asylum("run").exit_code == 0
    done = asylum(*command, "--origin", "CHI")
    assert done.exit_code == 2
    assert "'CHI' is no country's ISO 3166-1 alpha-3 code" in done.stderr
    assert "as UNHCR's own code it is CHN (China)." in done.stderr


def test_an_origin_without_figures_is_told_and_not_an_error(
    settings: Settings, runner: Callable[..., None]
) -> None:
    runner(succeeds)
    done = asylum("run", "--origin", "SYR")
    assert done.exit_code == 0
    assert "Nothing on origin SYR. The published file has CHN." in done.stdout
    _, _, proposed = done.stdout.partition("Worth trying next:")
    assert "SYR" not in proposed, "what is proposed has an answer"
    assert "report --origin CHN" in proposed
    assert "report --origin CHN" in asylum("run", "--origin", "SYR", "--origin", "CHN").stdout


def test_a_run_with_nothing_new_says_so_and_still_answers(
    settings: Settings, runner: Callable[..., None]
) -> None:
    copied(settings)
    runner(
        lambda settings, **_: RunResult(
            success=True, up_to_date=True, release="2025-12.1", published=settings.published_db
        )
    )
    out = asylum("run").stdout
    assert "Nothing new at the source" in out
    assert "People from China who claimed asylum" in out
    note = read_last_run(settings)
    assert note and note.outcome == "up_to_date"


def test_a_failed_run_says_what_failed_and_what_still_stands(
    settings: Settings, runner: Callable[..., None]
) -> None:
    done = copied(settings)
    runner(
        lambda *_, **__: RunResult(
            success=False,
            error="1 data test failed",
            tests_failed=["expect_unique_grain on mart_origin_yearly: 3 rows, [/nonsense]"],
            run_id="run-1",
        )
    )
    failed = asylum("run")
    assert failed.exit_code == 1
    assert failed.stdout == ""
    for part in (
        *("1 data test failed", "expect_unique_grain on mart_origin_yearly: 3 rows, [/nonsense]"),
        *("The last published file is unchanged", done.built_at.isoformat()[:19]),
    ):
        assert part in " ".join(failed.stderr.split())
    note = read_last_run(settings)
    assert note and (note.outcome, note.tests_failed) == ("failure", 1)


def test_a_run_that_failed_after_it_published_does_not_say_that_the_file_is_unchanged(
    settings: Settings,
) -> None:
    built_at = copied(settings).built_at
    before, after = built_at - timedelta(seconds=1), built_at + timedelta(seconds=1)
    new, old = (_still_stands(settings, started) or "" for started in (before, after))
    assert new.startswith("This run published") and "ended before" in new
    assert old.startswith("The last published file is unchanged")
    assert all(built_at.isoformat()[:19] in said for said in (new, old))


@pytest.mark.parametrize("with_published", [True, False])
def test_an_error_on_the_way_is_one_message_without_a_traceback(
    settings: Settings, runner: Callable[..., None], with_published: bool
) -> None:
    if with_published:
        copied(settings)

    def fails(*_: Any, **__: Any) -> RunResult:
        raise UpstreamError("http://127.0.0.1/population/: page 3: status 503, tried 6 times")

    runner(fails)
    failed = asylum("run", "--source", "api")
    assert failed.exit_code == 1
    assert "page 3: status 503, tried 6 times" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert ("is unchanged" in failed.stderr) is with_published
    note = read_last_run(settings)
    assert note and note.outcome == "failure" and "status 503" in (note.error or "")


def test_a_defect_keeps_its_traceback(settings: Settings, runner: Callable[..., None]) -> None:
    def broken(*_: Any, **__: Any) -> RunResult:
        raise ZeroDivisionError

    runner(broken)
    assert isinstance(asylum("run").exception, ZeroDivisionError)


def test_ctrl_c_ends_a_run_with_130_and_a_note(
    settings: Settings, runner: Callable[..., None]
) -> None:
    def stopped(*_: Any, **__: Any) -> RunResult:
        raise KeyboardInterrupt

    runner(stopped)
    done = asylum("run")
    assert done.exit_code == 130
    assert "published file is unchanged" in done.stderr
    note = read_last_run(settings)
    assert note and note.outcome == "interrupted"


def test_progress_without_a_terminal_is_two_lines_a_stage(
    settings: Settings, runner: Callable[..., None]
) -> None:
    def busy(settings: Settings, *, on_progress: Callable[..., None], **_: Any) -> RunResult:
        for stage in ("land", "build"):
            for n in range(500):
                on_progress(stage, f"step {n} [/nonsense]", n, 500)
            on_progress(stage, "", 500, 500)
        on_progress("export", "unknown length", 0, None)
        return succeeds(settings)

    runner(busy)
    assert asylum("run").stderr.splitlines() == [
        *("land …", "land: 500 done", "build …", "build: 500 done", "export …")
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--origin", "C"),
        ("run", "--origin", "CH1"),
        ("run", "--origin", "ÄÖÜ"),
        ("run", "--origin", "XQZ"),
        ("run", "--source", "starter", "--source", "starter"),
        ("breaks", "--as-of", "9999-01-01"),
        ("check", "--origin", "CHN", "--origin", "SYR", "--year", "2024", "--value", "1",
         "--published", "2026-07-01"),
        ("check", "--origin", "CHN", "--year", "2024", "--value", "1", "--published", "2099-02-01"),
        ("run", "--source", "csv"),
        ("run", "--api-url", "ftp://example.org"),
        ("run", "--source", "starter", "--api-url", "http://127.0.0.1/"),
        ("fetch", "--endpoint", "population"),
        ("fetch", "--source", "starter", "--origin", "CHN"),
        ("sql", "select 1", "--format", "xls"),
        ("sql", "select 1", "--format", "table", "--output", "x.csv"),
        ("sql", "select 1", "--output", "/no/such/folder/x.csv"),
        ("sql", "select 1", "--output", "x.xls"),
        ("sql", "--what", "select 1"),
        ("sql", "select 1", "--output", "x"),
        ("sql", "select 1", "--format", "csv", "--output", "x.xlsx"),
        ("ui", "--port", "99999"),
        ("nonsense",),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_2(
    settings: Settings, runner: Callable[..., None], words: tuple[str, ...]
) -> None:
    def never(*_: Any, **__: Any) -> RunResult:
        raise AssertionError

    runner(never)
    done = asylum(*words)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


def test_a_variable_that_is_not_ours_is_refused_with_2(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASYLUM_DATADIR", "/x")
    for command in (("status",), ("sql", "select 1"), ("run",), ("fetch",), ("ui",)):
        done = asylum(*command)
        assert done.exit_code == 2
        assert "ASYLUM_DATADIR" in done.stderr


# fetch -------------------------------------------------------------------------------------------


def test_fetch_lands_and_loads_nothing_of_dagster(settings: Settings) -> None:
    done = process("fetch", "--source", "starter")
    assert done.returncode == 0, done.stderr
    assert b"population" in done.stdout
    landed = snapshots.manifests(settings)
    assert landed
    assert not settings.build_db.exists()
    imported = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys; from warehouse.cli.app import app; app(['fetch', '--source', 'starter'], "
            "standalone_mode=False); print([m for m in sys.modules if m in ('dagster', 'dbt')])",
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert imported.stdout.splitlines()[-1] == b"[]"


def test_fetch_asks_for_what_was_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def crawl(given: Settings, *, endpoints: Any, origins: Any, on_progress: Any) -> list[Any]:
        on_progress("population", 1, None)
        asked.append((given.api_url, endpoints, list(origins)))
        return []

    monkeypatch.setattr(snapshots, "crawl", crawl)
    words = ("--api-url", "http://127.0.0.1:9", "--endpoint", "regions", "--endpoint", "idmc")
    assert asylum("fetch", *words, "--origin", "syr").exit_code == 0
    assert asylum("fetch", "--source", "api").exit_code == 0
    assert asked == [
        ("http://127.0.0.1:9/", ["regions", "idmc"], ["SYR"]),
        ("https://api.unhcr.org/population/v1/", None, []),
    ]


def test_an_unknown_dataset_is_one_message(settings: Settings) -> None:
    done = asylum("fetch", "--source", "api", "--endpoint", "nonsense")
    assert done.exit_code == 1
    assert "nonsense" in done.stderr
    assert "population" in done.stderr


# status ------------------------------------------------------------------------------------------


def test_status_with_nothing_there_says_what_to_do(settings: Settings) -> None:
    done = asylum("status")
    assert done.exit_code == 0
    assert "Nothing landed yet" in done.stdout
    assert "asylum run" in done.stdout
    state = json.loads(asylum("status", "--format", "json").stdout)
    assert state["snapshots"] == state["releases"] == []
    assert state["published"] is None and "asylum run" in state["published_problem"]
    assert state["last_run"] is None
    assert not settings.data_dir.exists()


def test_status_shows_what_is_there(settings: Settings, runner: Callable[..., None]) -> None:
    landed = snapshots.land_starter(settings)
    runner(succeeds)
    asylum("run")
    state = json.loads(asylum("status", "--format", "json").stdout)
    assert {one["snapshot_id"] for one in state["snapshots"]} == {one.snapshot_id for one in landed}
    # The World Bank's answer is of none.
    assert {one["release_id"] for one in state["releases"]} == {
        one.manifest.release_id for one in landed if one.manifest.release_id
    }
    assert state["published"]["tables"]["fct_population_yearly"] == 5000
    assert LastRun.model_validate(state["last_run"]).outcome == "success"
    assert json.loads(asylum("status", "--held", "--format", "json").stdout) == {
        name: state[name] for name in ("held_back", "quarantined")
    }
    shown, everything = asylum("status").stdout, asylum("status", "--all").stdout
    for part in ("success", "just now", *(one.endpoint for one in landed)):
        assert part in shown and part in everything
    for part in (*(one.snapshot_id for one in landed), "fct_population_yearly", "5,000"):
        assert part not in shown and part in everything
    rows = sum(state["published"]["tables"].values())
    assert f"{len(state['published']['tables'])} tables with {rows:,} rows" in shown


def test_status_shows_the_newest_snapshot_of_a_dataset_and_how_many_there_are(
    settings: Settings,
) -> None:
    snapshot = {
        "endpoint": "population",
        "source": "archive",
        "last_seen_at": "2026-11-01T00:00:00Z",
    }
    state = json.loads(asylum("status", "--format", "json").stdout)
    state["snapshots"] = [
        snapshot | {"release_id": release, "rows": rows}
        for release, rows in (("2025-12.0", 1), ("2025-12.1", 22), ("2024-06", 333))
    ]
    out = io.StringIO()
    render.console(out).print(render.status(state))
    [line] = [line.split() for line in out.getvalue().splitlines() if "population" in line]
    assert line[:5] == ["population", "3", "2025-12.1", "archive", "22"]


@pytest.mark.parametrize("content", [b"not a database", b""])
def test_status_tells_of_a_published_file_that_cannot_be_read(
    settings: Settings, content: bytes
) -> None:
    settings.data_dir.mkdir()
    settings.published_db.write_bytes(content)
    done = asylum("status")
    assert done.exit_code == 0
    assert "asylum.duckdb" in done.stdout
    assert "Published:" not in done.stdout


def test_status_tells_of_a_foreign_published_file_on_one_line(settings: Settings) -> None:
    settings.data_dir.mkdir()
    duckdb.connect(settings.published_db).close()
    done = asylum("status", "--format", "json")
    assert done.exit_code == 0
    problem = json.loads(done.stdout)["published_problem"]
    assert "is not a file of this project: Catalog Error" in problem
    assert "\n" not in problem


def test_a_torn_note_of_the_last_run_is_named(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "last_run.json").write_text("{")
    done = asylum("status")
    assert done.exit_code == 1
    assert "last_run.json" in done.stderr


# ui ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "program_words"),
    [
        pytest.param([], ["-m", "dagster", "dev"], id="whole"),
        pytest.param(["--read-only"], ["-m", "dagster_webserver", "--read-only"], id="read_only"),
    ],
)
def test_ui_becomes_dagster_with_a_home_in_the_data_folder(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    option: list[str],
    program_words: list[str],
) -> None:
    became: list[Any] = []
    monkeypatch.setattr("os.chdir", lambda _: None)
    monkeypatch.setattr("os.execve", lambda *given: became.append(given))
    monkeypatch.setattr("warehouse.cli.commands.ui.refuse_taken", lambda *_: None)
    done = asylum("ui", "--port", "3456", *option)
    assert done.exit_code == 0, done.output
    [(program, words, environment)] = became
    assert program == sys.executable
    # Which definitions, and what they are called, stands in pyproject.toml.
    assert words[3:6] == program_words
    assert words[6:] == ["--host", "127.0.0.1", "--port", "3456"]
    # What Dagster advises its developers is not shown to ours.
    advice = "import warnings; warnings.warn('Function `dev_command` is superseded and its usage')"
    told = subprocess.run([*words[:3], "-c", advice], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert environment["DAGSTER_HOME"] == str(settings.dagster_home)
    assert (settings.dagster_home / "dagster.yaml").exists()


def test_ui_can_be_stopped_where_a_shell_has_it_ignore_ctrl_c(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script's `asylum ui &`: Dagster then ignored SIGTERM, too, and ended by SIGKILL alone."""
    handled: list[Any] = []
    monkeypatch.setattr("os.chdir", lambda _: None)
    monkeypatch.setattr("os.execve", lambda *_: handled.append(signal.getsignal(signal.SIGINT)))
    monkeypatch.setattr("warehouse.cli.commands.ui.refuse_taken", lambda *_: None)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert asylum("ui").exit_code == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert handled == [signal.default_int_handler]


def test_prune_says_that_the_record_of_runs_cannot_be_opened(settings: Settings) -> None:
    """A full disk and a damaged file were tracebacks of SQLAlchemy."""
    assert asylum("prune").exit_code == 0
    garble.beginning(settings.dagster_home / "history" / "runs.db")
    done = asylum("prune")
    assert done.exit_code == 1
    told = " ".join(done.stderr.split())
    assert f"{settings.dagster_home}: the record of runs cannot be read or written" in told
    assert "`asylum run` replaces a record that is damaged" in told


@pytest.mark.parametrize("words", [("fetch",), ("backfill", "--all")])
def test_nothing_is_landed_where_landing_was_lost(
    settings: Settings, words: tuple[str, ...]
) -> None:
    published_from(settings, ("population", "archive-2024-06-aaaaaaaa", "archive"))
    done = asylum(*words)
    assert done.exit_code == 1
    assert "See whether its disk is mounted" in " ".join(done.stderr.split())
    assert not settings.landing_dir.exists()


@pytest.mark.parametrize("words", [("run",), ("fetch",), ("sql", "select 1")])
def test_a_data_folder_that_is_none_is_told_with_what_to_do(
    settings: Settings, words: tuple[str, ...]
) -> None:
    settings.data_dir.write_text("a file")
    done = asylum(*words)
    assert done.exit_code == 2
    assert str(settings.data_dir) in done.stderr
    assert "ASYLUM_DATA_DIR" in done.stderr


def test_ui_says_that_a_data_folder_is_not_to_be_written_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster would end with a traceback of its SQLite; root may write wherever a test says not."""
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != settings.dagster_home)
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("Dagster was started"))
    monkeypatch.setattr("os.chdir", lambda _: None)
    monkeypatch.setattr("warehouse.cli.commands.ui.refuse_taken", lambda *_: None)
    done = asylum("ui", "--read-only")
    assert done.exit_code == 1
    assert str(settings.dagster_home) in done.stderr
    assert "ASYLUM_DATA_DIR" in done.stderr


@pytest.mark.parametrize("words", [("ui",), ("site", "--serve")])
def test_a_port_that_is_taken_is_refused(settings: Settings, words: tuple[str, ...]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = asylum(*words, "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 2
    assert "choose another with --port" in done.stderr


def test_an_option_that_would_do_nothing_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asylum("site", "--port", "8001")
    assert done.exit_code == 2
    assert "--port needs --serve" in done.stderr
    for option, value in (("--schema", "figures"), ("--reader", "anyone"), ("--wait", "5")):
        done = asylum("publish", "--to", "s3://bucket/prefix", option, value)
        assert done.exit_code == 2
        assert f"{option} is of PostgreSQL" in " ".join(done.stderr.split())
    monkeypatch.setenv("ASYLUM_LAKE_URL", "s3://bucket/prefix")
    assert asylum("publish", "--schema", "figures").exit_code == 2


# sql ---------------------------------------------------------------------------------------------


def test_sql_into_a_pipe_is_csv_and_exact(settings: Settings) -> None:
    copied(settings, asylum_name="=1+1, [bold]")
    done = process("sql", "select unhcr_code, country_name from dim_country order by 1")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines()[:3] == [
        *("unhcr_code,country_name", "AUL,Australia", 'BRA,"=1+1, [bold]"')
    ]


def test_sql_as_json_is_an_array_of_objects(settings: Settings) -> None:
    copied(settings)
    done = process("sql", "--format", "json", "select unhcr_code, iso3 from dim_country order by 1")
    assert json.loads(done.stdout)[3] == {"unhcr_code": "STA", "iso3": None}


def test_sql_as_parquet_can_be_piped(settings: Settings, tmp_path: Path) -> None:
    copied(settings)
    done = process("sql", "--format", "parquet", "from fct_population_yearly")
    path = tmp_path / "piped.parquet"
    path.write_bytes(done.stdout)
    assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(5000,)]


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_sql_writes_a_file_in_the_format_of_its_ending(
    settings: Settings, tmp_path: Path, ending: str
) -> None:
    copied(settings)
    path = tmp_path / "it's here" / f"x.{ending}"
    path.parent.mkdir()
    done = asylum("sql", "from fct_population_yearly", "--output", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    escaped = str(path).replace("'", "''")
    assert duckdb.sql(f"select count(*) from '{escaped}'").fetchall() == [(5000,)]
    assert list(path.parent.iterdir()) == [path]


ANY_TYPE = """
    select '=1+1' as formula, 'a\nb' as formula, 42::hugeint as applications_new,
        9007199254740993 as exact, 0.5::double as origin_share, 'nan'::double as nan,
        date '2025-12-31' as day, date '1789-07-14' as old, 'infinity'::date as never,
        timestamptz '2025-12-31 23:00:00+01' as at, [1, null] as list, {'a': 1} as struct,
        1.50::decimal(9, 2) as decimal, true as yes, null as nothing, interval 1 day as a_while
"""


def test_sql_writes_a_workbook_with_typed_cells_that_run_nothing_and_its_source(
    settings: Settings, tmp_path: Path
) -> None:
    copied(settings)
    path = tmp_path / "x.XLSX"
    done = asylum("sql", ANY_TYPE, "--output", str(path))
    assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(path)
    heads, cells = book["result"].iter_rows()
    found = [(head.value, cell.value) for head, cell in zip(heads, cells, strict=True)]
    assert found == [
        *(("formula", "=1+1"), ("formula", "a\nb"), ("applications_new", 42)),
        *(("exact", "9007199254740993"), ("origin_share", 0.5), ("nan", None)),
        *(("day", datetime(2025, 12, 31)), ("old", "1789-07-14"), ("never", None)),
        *(("at", datetime(2025, 12, 31, 22)), ("list", "[1,null]"), ("struct", '{"a":1}')),
        *(("decimal", 1.5), ("yes", True), ("nothing", None), ("a_while", "1 day")),
    ]
    assert {cell.data_type for cell in cells[:2]} == {"s"}
    assert cells[4].number_format == "0.0%"
    told = dict(book["source"].iter_rows(min_row=2, values_only=True))
    assert told["release"] == "2025-12.1" and "UNHCR" in told["how_to_cite"]
    assert list(tmp_path.glob(".asylum*")) == []


def test_a_failing_query_leaves_the_old_output_file(settings: Settings, tmp_path: Path) -> None:
    copied(settings)
    path = tmp_path / "x.csv"
    path.write_text("old")
    done = asylum("sql", "select error('late') from range(1)", "--output", str(path))
    assert done.exit_code == 1
    assert "late" in done.stderr
    assert path.read_text() == "old"
    assert {one.name for one in tmp_path.iterdir()} == {"x.csv", "data"}


def test_a_folder_takes_no_result(settings: Settings, tmp_path: Path) -> None:
    copied(settings)
    (tmp_path / "x.csv").mkdir()
    done = asylum("sql", "select 1", "--output", str(tmp_path / "x.csv"))
    assert done.exit_code == 2
    assert "is a folder" in " ".join(done.stderr.split())


def test_sql_reads_statements_from_a_pipe(settings: Settings) -> None:
    copied(settings)
    done = process(
        "sql", given=b"set variable code = 'CHI';\nselect getvariable('code') as code;\n"
    )
    assert done.stdout == b"code\nCHI\n"


@pytest.mark.parametrize(
    "query",
    [
        "select 1 as a; -- it's",
        "select 1 as a /* ; */ ; /* c */;",
        "-- my a=b\nselect 1 as a;\n-- c",
        "--mine\nselect 1 as a",
    ],
)
@pytest.mark.parametrize("form", ["csv", "table"])
def test_a_comment_may_stand_before_and_behind_a_statement(
    settings: Settings, query: str, form: str
) -> None:
    copied(settings)
    done = asylum("sql", query, "--format", form)
    assert done.exit_code == 0, done.output
    assert done.stdout.split()[0] == "a"


def test_sql_takes_the_commands_of_its_prompt_from_a_pipe(settings: Settings) -> None:
    copied(settings)
    done = process("sql", given=b".help\nselect '\n.tables\n' as text;\n .schema dim_country\n")
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert said.index(".functions") < said.index('text\n"\n.tables\n"') < said.index("iso3")
    assert "dim_country" in asylum("sql", ".tables").stdout
    assert asylum("sql", ".5 as half; .quit").exit_code == 1, "a number, and then no statement"
    for unknown in (".schema", ".nonsense"):
        refused = asylum("sql", unknown)
        assert refused.exit_code == 1
        assert f"no command '{unknown}'" in refused.stderr and ".tables" in refused.stderr
    assert asylum("sql", ".quit\nnonsense").output == ""


def test_two_results_do_not_go_into_one_file_but_tables_follow_each_other(
    settings: Settings,
) -> None:
    copied(settings)
    done = asylum("sql", "select 1 as one; select 2 as two")
    assert done.exit_code == 1
    assert "More than one statement" in done.stderr
    assert done.stdout == ""
    done = asylum("sql", "--format", "table", "select 1 as one; select 2 as two")
    assert done.exit_code == 0
    assert "one" in done.stdout and "two" in done.stdout


@pytest.mark.parametrize(
    "query",
    [
        "selct 1",
        "from nothing",
        "select * from read_csv('/etc/hostname')",
        "copy dim_country to 'x.csv'",
        "attach 'x.duckdb'",
        "drop table dim_country",
        "set variable x = 1",
        "",
    ],
)
def test_an_error_in_a_query_is_one_message_and_1(settings: Settings, query: str) -> None:
    copied(settings)
    done = asylum("sql", query)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("asylum: ")
    assert "Traceback" not in done.stderr


def test_statements_that_are_not_utf_8_are_refused_in_one_message(settings: Settings) -> None:
    copied(settings)
    latin = "select 'Türkiye'".encode("latin-1")
    of_two_lines = latin + b"\n, 1;\n"
    for words, given in (((), latin), ((), of_two_lines), ((os.fsdecode(latin),), b"")):
        done = process("sql", *words, given=given)
        assert done.returncode == 1
        assert done.stderr.decode().splitlines() == [
            "asylum: The statement is not UTF-8. Save it as UTF-8 and run it again."
        ]


@pytest.mark.parametrize("command", [("breaks",), ("report", "--out", "x.html"), ("claims",)])
def test_a_published_file_of_another_version_is_told_with_what_to_do(
    settings: Settings, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings.data_dir.mkdir()
    with duckdb.connect(settings.published_db) as con:
        con.execute("create table about as select 'x' as key, 'y' as value")
    done = asylum(*command)
    assert done.exit_code == 1
    assert "`asylum run`" in done.stderr
    assert "LINE" not in done.stderr


def test_a_first_command_without_a_published_file_names_the_way_to_one(settings: Settings) -> None:
    done = asylum("sql", "select 1")
    assert done.exit_code == 1
    assert "Create it with `asylum run`" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_is_shown_is_utf_8_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "Дані – 中"
    environ = {"PYTHONIOENCODING": encoding, "ASYLUM_DATA_DIR": str(folder)}
    done = process("sql", "select 1", env=os.environ | environ)
    assert done.returncode == 1
    assert str(folder / "asylum.duckdb") in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(settings: Settings) -> None:
    copied(settings)
    command = subprocess.Popen(
        [
            *(sys.executable, "-m", "warehouse.cli.app", "sql"),
            "select n, repeat('x', 1000) from range(100000) as t (n)",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert command.stdout and command.stderr
    command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == b""
    command.wait()


def test_sql_on_a_terminal_is_a_table_of_a_readable_length(settings: Settings) -> None:
    copied(settings)
    code, seen = on_a_terminal("sql", "from fct_population_yearly")
    assert code == 0
    assert "40 of 5,000 rows shown" in seen
    assert len(seen.splitlines()) < 60


def test_a_hostile_name_is_shown_as_data_on_a_terminal(settings: Settings) -> None:
    copied(settings, asylum_name=HOSTILE)
    code, seen = on_a_terminal(
        "sql", "select country_name from dim_country where unhcr_code = 'BRA'"
    )
    assert code == 0
    assert "[bold]Bra\\x1b]0;owned\\x07zil[/bold]\\x1b[31m" in seen
    for command in ("\x1b]0;", "\x07", "\x1b[31m", "\u202e"):
        assert command not in seen


def test_a_hostile_name_is_shown_as_data_in_the_answer_of_a_run(
    settings: Settings, runner: Callable[..., None]
) -> None:
    def hostile(settings: Settings, **_: Any) -> RunResult:
        copied(settings, asylum_name=HOSTILE)
        return RunResult(success=True, release="2025-12.1")

    runner(hostile)
    done = asylum("run")
    assert done.exit_code == 0
    assert "[bold]Bra" in done.stdout
    assert not any(mark in done.stdout for mark in ("\x1b", "\x07", "\u202e"))


def test_a_hostile_name_in_an_error_message_is_shown_as_data(settings: Settings) -> None:
    copied(settings)
    done = asylum("sql", "select error('[red]\x1b[31mlate[/nonsense]')")
    assert done.exit_code == 1
    assert "[red]\\x1b[31mlate[/nonsense]" in done.stderr
    assert "\x1b" not in done.stderr


def test_columns_that_do_not_fit_are_named_and_one_row_stands_upright(settings: Settings) -> None:
    copied(settings)
    _, seen = on_a_terminal("sql", "from mart_origin_yearly order by reference_year")
    assert "columns do not fit" in seen
    assert "retrieved_at" in seen
    _, seen = on_a_terminal("sql", "from mart_origin_yearly where reference_year = 2020")
    assert "columns do not fit" not in seen
    assert "starter-2025-12.1-aaaaaaaa" in seen


def test_parquet_is_not_poured_onto_a_terminal(settings: Settings) -> None:
    copied(settings)
    code, seen = on_a_terminal("sql", "--format", "parquet", "select 1")
    assert code == 2
    assert "--output" in seen


def test_the_prompt_answers_statement_by_statement_and_survives_errors(settings: Settings) -> None:
    published_with_functions(settings)
    code, seen = on_a_terminal(
        "sql",
        typed=[
            *("select 40 +\n", "2 as answer;\n", "from nothing;\n", ".tables\n"),
            *(".functions\n", "from releases_as_of('2025-01-01');\n"),
            *(".schema dim_country\n", ".schema nothing\n", ".help\n"),
            *("select 'a;b' as semicolon;\n", "select 1\n", CTRL_C, ".quit\n"),
        ],
    )
    assert code == 0
    for part in (
        *("answer", "42", "nothing does not exist", "Countries, one a row."),
        *("As UNHCR has it.", "There is no table 'nothing'", "A statement ends with ;", "a;b"),
        *("releases_as_of(as_of_day)", "Published by a day.", "2024-06"),
    ):
        assert part in seen
    assert "Traceback" not in seen


def test_the_prompt_ends_with_the_input(settings: Settings) -> None:
    copied(settings)
    code, seen = on_a_terminal("sql", typed=["select 42 as answer;\n", "\x04"])
    assert code == 0
    assert "42" in seen


def test_ctrl_c_during_a_query_ends_with_130(settings: Settings) -> None:
    copied(settings)
    # The query itself says that it has begun: its first statement is answered at once.
    command = subprocess.Popen(
        [
            *(sys.executable, "-u", "-m", "warehouse.cli.app", "sql", "--format", "table"),
            "select 'begun' as word; select count(*) from range(10000000) as a, "
            "range(10000000) as b, range(1000) as c",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert command.stdout
    while b"begun" not in command.stdout.readline():
        pass
    command.send_signal(signal.SIGINT)
    _, errors = command.communicate()
    assert command.returncode == 130
    assert b"Traceback" not in errors


@pytest.mark.parametrize("word", [KeyboardInterrupt(), duckdb.InterruptException("Interrupted!")])
def test_ctrl_c_is_one_sentence_whoever_says_it(
    word: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as stopped, failures():
        raise word
    assert stopped.value.exit_code == 130
    assert capsys.readouterr().err.strip().startswith("Stopped. The published file is unchanged. ")
    with pytest.raises(typer.Exit), failures(after=lambda: "This run published it."):
        raise word
    said = capsys.readouterr().err
    assert said.strip().startswith("Stopped. This run published it. ")
    assert "unchanged" not in said


# all ---------------------------------------------------------------------------------------------


def test_help_and_version_need_nothing_that_is_slow_to_import() -> None:
    seen = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, warehouse.cli.app; print([m for m in sys.modules "
            "if m in ('dagster', 'dbt', 'duckdb', 'requests')])",
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert seen.stdout.strip() == b"[]"
    assert asylum("--help").exit_code == 0
    assert asylum("--version").stdout.startswith("asylum ")


def test_every_command_has_a_help_text() -> None:
    for command in app.registered_commands:
        assert command.callback and command.callback.__doc__
        assert asylum(command.callback.__name__, "--help").exit_code == 0


@pytest.mark.parametrize("arguments", [[], ["--all", "--release", "2024-06"]])
def test_backfill_wants_releases_or_all_of_them(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["backfill", *arguments])
    assert result.exit_code == 2
    assert "--release" in result.output


def test_status_says_that_a_run_was_killed_and_when_it_was_last_heard_of(
    settings: Settings,
) -> None:
    code = """
import sys, time
from datetime import UTC, datetime, timedelta
from warehouse.build.run_result import under_way
from warehouse.settings import load_settings
now = datetime.now(UTC)
with under_way(load_settings(), source="api", origins=["CHN"], started_at=now) as heard:
    heard()
    print("begun", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as run:
        assert run.stdout is not None
        run.stdout.readline()
        during = asylum("status").stdout
        run.kill()
    after = asylum("status").stdout
    assert "Last run: is running" in during
    assert "Last run: was killed, last seen 20" in " ".join(after.split())
    assert "source api" in after
    with under_way(settings, source="api", origins=[], started_at=datetime.now(UTC)) as first:
        assert first is not None
        with under_way(settings, source="api", origins=[], started_at=datetime.now(UTC)) as other:
            assert other is None, "the note is that of the run that holds it"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("run", "--source"),
        ("status", "--format"),
        ("report", "--chart"),
        ("check 2024", "--read-as"),
    ],
)
def test_a_wrong_choice_is_named_with_the_right_ones(words: str, option: str) -> None:
    result = asylum(*words.split(), option, "nonsense")
    assert result.exit_code == 2
    assert f"Invalid value for '{option}': 'nonsense' is not one of '" in result.stderr
    assert "Value error" not in result.stderr


def test_older_figures_are_spoken_of_where_there_are_some() -> None:
    out = io.StringIO()
    failed = {"idmc": "status 503", "footnotes": "status 404"}
    render.console(out).print(render.not_landed(failed, {"idmc", "population"}))
    assert [line.rstrip() for line in out.getvalue().splitlines()] == [
        "Not landed, so older figures are still used:",
        "idmc: status 503",
        "Not landed, and no older figures are there:",
        "footnotes: status 404",
    ]


def test_status_shows_what_was_set_aside_why_and_what_to_do(settings: Settings) -> None:
    [first, *_] = snapshots.land_starter(settings)
    (settings.data_dir / "temp").mkdir()
    set_aside.write(first.path, "its pages are no pages", settings.data_dir / "temp")
    shown = " ".join(asylum("status").stdout.split())
    assert f"{first.endpoint}/{first.snapshot_id}" in shown
    assert "its pages are no pages. Fetch it again" in shown
    [told] = json.loads(asylum("status", "--format", "json").stdout)["set_aside"]
    assert told["reason"] == "its pages are no pages"
