"""A refresh in this process: whole, repeated, failing, killed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest
from pydantic import SecretStr
from tenacity import wait_none

from orchestration import checks, keys, runner
from orchestration import instance as dagsters_record
from orchestration.assets import archive as archive_assets
from orchestration.assets import landing as landing_assets
from orchestration.assets import raw as raw_assets
from orchestration.assets.landing import ends_here
from orchestration.definitions import definitions
from orchestration.failures import error_text
from orchestration.instance import ensure_home, open_instance
from orchestration.keys import REBUILD, REFRESH, TAG_COMMAND
from orchestration.resources import exclusive
from orchestration.runner import run_refresh
from tests import garble, killed
from tests.fake_api import FakeApi, Fault, fast_settings
from tests.fake_archive import FakeArchive, population
from tests.orchestration.small_project import (
    FAILING_TEST,
    REPORTED,
    WARNING_TEST,
    SmallSettings,
    add_reported,
    export_what_there_is,
    run_job,
    small_project,
    write,
)
from tests.other_processes import after, begin, end_of, in_this_process
from tests.postgres_server import PostgresServer
from tests.warehouse.small_build import published_from
from warehouse.build import apart, dbt
from warehouse.build.run_result import LastRun, read_last_run
from warehouse.cli.commands.run import _begin_with_dbt
from warehouse.core.database import DatabaseBusyError
from warehouse.core.repairs import repairs
from warehouse.exports import beside
from warehouse.exports.tables import exported_fingerprint, is_exported
from warehouse.landing import decision
from warehouse.landing.snapshots import manifests
from warehouse.published.postgresql import publish as publish_to_postgres
from warehouse.published.read import open_published, published_fingerprint
from warehouse.serve.doctor import examine
from warehouse.serve.notify import FailedRun, NotifyError, notify
from warehouse.settings import PROJECT_ROOT, secrets
from warehouse.sources.unhcr_api.endpoints import FLOWS
from warehouse.sources.unhcr_archive.client import known_releases

WHOLE = PROJECT_ROOT / "seeds" / "starter"
PROCESSES = (
    (apart, "build", apart.build),
    (apart, "start", apart.start),
    (beside, "begin", beside.begin),
)
FAST = ("api_url", "flows_url", "max_attempts", "requests_per_second", "retry_wait")


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the runs here need of the starter extract: landing all of it takes a tenth of a run."""
    folder = tmp_path_factory.mktemp("starter")
    for endpoint in ("population", "asylum-decisions", "countries", "regions"):
        shutil.copytree(WHOLE / "2025-12.1" / endpoint, folder / "2025-12.1" / endpoint)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _few_exports() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        export_what_there_is(patch)
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> SmallSettings:
    """A warehouse that has been built once, to be copied."""
    settings = small_project(tmp_path_factory.mktemp("model"), starter_dir=starter)
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        result = run_refresh(settings)
    assert result.success, result.error
    return settings


def parsed(folder: Path, model: SmallSettings) -> SmallSettings:
    """A project with nothing landed yet; parsed already, since that takes seconds."""
    shutil.copytree(model.dbt_target_dir, folder / "data" / "dbt")
    (folder / "data" / "dbt" / "tested.json").unlink()
    return small_project(folder, starter_dir=model.starter_dir)


@pytest.fixture
def settings(tmp_path: Path, model: SmallSettings) -> SmallSettings:
    """A project with nothing landed yet."""
    return parsed(tmp_path, model)


@pytest.fixture
def built(tmp_path: Path, model: SmallSettings) -> SmallSettings:
    """A warehouse that has been built once."""
    shutil.copytree(model.data_dir.parent, tmp_path, dirs_exist_ok=True)
    return SmallSettings(data_dir=tmp_path / "data", threads=2, starter_dir=model.starter_dir)


def published(settings: SmallSettings) -> tuple[bytes, list[Any]]:
    """The published file's bytes, and what a reader gets from it."""
    with open_published(settings) as con:
        rows = con.execute("select * from mart_origin_yearly order by all").fetchall()
    return settings.published_db.read_bytes(), rows


def lose(settings: SmallSettings, what: str) -> None:
    """Lose the published file, all exports or one; or change the code."""
    if what == "published":
        settings.published_db.unlink()
    elif what == "exports":
        for path in settings.exports_dir.rglob("*"):
            path.is_file() and path.unlink()
    elif what == "export":
        (settings.exports_dir / "tables" / "dim_release.csv").unlink()
    else:
        write(settings, "dbt_project/models/marts/mart_extra.sql", "select 1 as a")


def no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt, "build", lambda *_, **__: pytest.fail("dbt was run"))


@pytest.fixture
def record_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Dagster keeps its record in memory: in its files it costs two fifths of a run. Tests of what
    the files hold, and of runs that are killed, do without this.
    """
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dagsters_record._kept_open(instance.event_log_storage),
    ):

        @contextmanager
        def open_it(_: SmallSettings) -> Iterator[dg.DagsterInstance]:
            yield instance

        for place in ("orchestration.instance", "orchestration.runner", __name__):
            monkeypatch.setattr(sys.modules[place], "open_instance", open_it)
        yield


in_memory = pytest.mark.usefixtures("record_in_memory")
STAGES = ("raw", "models", "exports")


@pytest.fixture(scope="module")
def killed_in(
    model: SmallSettings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, SmallSettings]:
    """By stage, a project whose first run was killed in it."""
    projects = {stage: parsed(tmp_path_factory.mktemp(stage), model) for stage in STAGES}
    for stage, settings in projects.items():
        assert end_of(begin(killed.run, settings, stage)) == -signal.SIGKILL
    return projects


def steps_of(result: dg.ExecuteInProcessResult) -> set[str | None]:
    """The steps that succeeded."""
    return {e.step_key for e in result.all_events if e.event_type_value == "STEP_SUCCESS"}


def test_a_refresh_goes_from_the_starter_extract_to_exported_files(
    settings: SmallSettings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With all its processes and all exports; of what is on record nothing is of this machine."""
    for process, function, itself in PROCESSES:
        monkeypatch.setattr(process, function, itself)
    add_reported(settings)
    write(settings, "dbt_project/tests/assert_warned.sql", WARNING_TEST)
    heard: list[tuple[str, str, int, int | None]] = []
    settings = settings.model_copy(update={"starter_dir": WHOLE})
    environment = dict(os.environ)
    result = run_refresh(settings, on_progress=lambda *event: heard.append(event))
    assert result.success, result.error
    assert dict(os.environ) == environment
    assert not result.up_to_date
    assert result.error is None
    assert result.release == "2025-12.1"
    assert all(snapshot.is_new for snapshot in result.snapshots)
    assert result.models_built == 7 + len(REPORTED)
    assert (result.tests_passed, result.tests_failed) == (3, [])
    assert [name.split(":")[0] for name in result.tests_warned] == ["assert_warned"]
    assert result.published == settings.published_db
    assert {path.name for path in result.exports} == {
        *(f"{t}.{kind}" for t in REPORTED if is_exported(t) for kind in ("csv", "parquet")),
        *("chn_yearly.png", "chn_yearly.svg", "report.html", "report.md", "asylum.xlsx"),
        "index.html",
        *("datapackage.json", "data_dictionary.csv"),
        *(path.name for path in (settings.exports_dir / "schemas").iterdir()),
    }
    assert list(result.seconds) == ["landing", "raw", "releases", "models", "published", "exports"]
    assert [*dict.fromkeys(stage for stage, *_ in heard)] == list(result.seconds)
    assert capfd.readouterr() == ("", ""), "the terminal belongs to the progress bars"
    with open_instance(settings) as instance:
        for event in instance.all_logs(result.run_id):
            assert str(settings.data_dir) not in str(event.dagster_event), event.message


def test_a_check_is_on_record_with_the_table_it_looked_at_and_as_no_output(
    built: SmallSettings,
) -> None:
    with open_instance(built) as instance:
        [run] = instance.get_runs()
        entries = instance.all_logs(run.run_id)
    of_models = [
        entry.dagster_event
        for entry in entries
        if entry.dagster_event is not None and entry.dagster_event.step_key == "models"
    ]
    kinds = Counter(event.event_type for event in of_models)
    assert kinds[dg.DagsterEventType.ASSET_CHECK_EVALUATION] > 0
    assert (
        kinds[dg.DagsterEventType.STEP_OUTPUT] == kinds[dg.DagsterEventType.ASSET_MATERIALIZATION]
    )
    for event in of_models:
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            looked_at = event.asset_check_evaluation_data.target_materialization_data
            assert looked_at is None or looked_at.run_id == run.run_id
            made_here = event.asset_key in {
                other.asset_key
                for other in of_models
                if other.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
            }
            assert (looked_at is not None) or not made_here


def test_the_command_begins_with_dbt_where_it_will_build_and_nowhere_else(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[SmallSettings] = []
    monkeypatch.setattr(apart, "start", started.append)
    _begin_with_dbt(built)
    assert started == []
    built.published_db.unlink()
    _begin_with_dbt(built)
    assert started == [built]


@in_memory
def test_nothing_new_means_no_dbt_and_no_new_file(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before, environment = published(built), dict(os.environ)
    no_build(monkeypatch)
    result = run_refresh(built)
    assert result.success
    assert dict(os.environ) == environment
    assert result.up_to_date
    assert not any(snapshot.is_new for snapshot in result.snapshots)
    assert result.release == "2025-12.1"
    assert published(built) == before
    assert capfd.readouterr() == ("", "")


@in_memory
def test_something_new_where_all_was_built_is_a_run_of_landing_and_one_of_the_rest(
    settings: SmallSettings, tmp_path: Path
) -> None:
    earlier = tmp_path / "starter"
    shutil.copytree(settings.starter_dir, earlier)
    shutil.rmtree(earlier / "2025-12.1" / "asylum-decisions")
    first = run_refresh(settings.model_copy(update={"starter_dir": earlier}))
    assert first.success, first.error
    second = run_refresh(settings)
    assert second.success, second.error
    assert not second.up_to_date
    assert [one.endpoint for one in second.snapshots if one.is_new] == ["asylum-decisions"]
    assert second.models_built == first.models_built
    assert second.tests_passed == first.tests_passed
    assert set(second.seconds) == set(first.seconds)
    with open_instance(settings) as instance:
        runs = [(run.job_name, run.status) for run in instance.get_runs(limit=3)]
    assert runs == [(job, dg.DagsterRunStatus.SUCCESS) for job in (REBUILD, REFRESH, REFRESH)]
    assert run_refresh(settings).up_to_date


@pytest.mark.parametrize("lost", ["published", "exports", "export", "code"])
def test_a_run_goes_on_after_landing_when_something_is_missing_or_the_code_changed(
    built: SmallSettings, lost: str
) -> None:
    assert ends_here(built)
    lose(built, lost)
    assert not ends_here(built)


@in_memory
@pytest.mark.parametrize("lost", [["published", "exports"], ["code", "export"]], ids="-".join)
def test_it_is_built_anew_when_something_is_missing_or_the_code_changed(
    built: SmallSettings, lost: list[str]
) -> None:
    for one in lost:
        lose(built, one)
    result = run_refresh(built)
    assert result.success, result.error
    assert not result.up_to_date
    assert published_fingerprint(built) == exported_fingerprint(built) is not None
    assert all(path.exists() for path in result.exports)


@in_memory
def test_a_run_with_nothing_new_asks_whether_a_postgresql_has_got_it(
    built: SmallSettings, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is down is tried where no secret is shown, below."""
    configured = built.model_copy(update={"postgres_url": postgres.database()})
    assert publish_to_postgres(configured).is_new
    no_build(monkeypatch)
    assert run_refresh(configured).up_to_date


@in_memory
@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_while_dbt_builds_says_so_and_leaves_no_process(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch, signalled: signal.Signals
) -> None:
    before = published(built)
    write(built, "dbt_project/models/marts/mart_extra.sql", "select 1 as a")
    for process, function, itself in PROCESSES:
        monkeypatch.setattr(process, function, itself)

    def interrupt(stage: str, _: str, done: int, __: int | None) -> None:
        if (stage, done) == ("models", 2):
            os.kill(os.getpid(), signalled)

    result = run_refresh(built, on_progress=interrupt)
    assert not result.success
    assert result.error == "It was interrupted. What is landed is kept; run again."
    assert not [one for one in psutil.Process().children() if "apart" in str(one.cmdline())]
    assert published(built) == before


@in_memory
def test_a_failing_data_test_leaves_what_is_published_is_named_and_on_record_with_every_check(
    built: SmallSettings,
) -> None:
    before = published(built)
    exports = {path: path.read_bytes() for path in built.exports_dir.rglob("*") if path.is_file()}
    path = write(built, "dbt_project/tests/assert_nothing.sql", FAILING_TEST)
    result = run_refresh(built)
    assert not result.success
    assert "assert_nothing" in str(result.error)
    assert [name.split(":")[0] for name in result.tests_failed] == ["assert_nothing"]
    assert result.tests_passed == 3
    assert published(built) == before
    assert all(file.read_bytes() == held for file, held in exports.items())
    assert "published" not in result.seconds

    with open_instance(built) as instance:
        events = instance.all_logs(
            result.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        )
    found = {
        event.dagster_event.asset_check_evaluation_data.check_name: (
            event.dagster_event.asset_check_evaluation_data.passed
        )
        for event in events
        if event.dagster_event
    }
    assert found["assert_nothing"] is False
    assert found["not_null_mart_origin_yearly_reference_year"] is True
    assert found["source_not_null_raw_population_year"] is True
    assert found[checks.CONTROL_TOTALS] is not None
    assert checks.PUBLISHED_ANSWERS not in found

    path.unlink()
    assert run_refresh(built).success


@in_memory
def test_a_project_that_does_not_parse_is_a_result_and_no_exception(built: SmallSettings) -> None:
    before = published(built)
    write(built, "dbt_project/models/marts/broken.sql", "select {{ nothing( }}")
    result = run_refresh(built)
    assert not result.success
    assert "broken" in str(result.error)
    assert published(built) == before


@in_memory
def test_what_landing_says_is_the_error_and_not_what_dagster_wraps_around_it(
    tmp_path: Path, settings: SmallSettings
) -> None:
    result = run_refresh(settings.model_copy(update={"starter_dir": tmp_path / "empty"}))
    assert not result.success
    assert str(result.error).startswith(f"{tmp_path / 'empty'}: no starter extract")
    assert "dagster" not in str(result.error).lower()


@in_memory
def test_a_run_where_landing_was_lost_lands_nothing_and_publishes_nothing(
    settings: SmallSettings,
) -> None:
    """An empty folder, where a disk was not mounted, became ten releases fewer for readers."""
    published_from(settings, ("population", "archive-2024-06-aaaaaaaa", "archive"))
    before = settings.published_db.read_bytes()
    result = run_refresh(settings)
    assert not result.success
    assert str(result.error).startswith(f"{settings.landing_dir} has none of the 1")
    assert settings.published_db.read_bytes() == before
    assert not settings.landing_dir.exists()


@in_memory
def test_an_api_that_cannot_be_reached_is_said_with_its_address(settings: SmallSettings) -> None:
    nobody = SmallSettings(
        data_dir=settings.data_dir,
        max_attempts=1,
        connect_timeout=1,
        api_url="http://127.0.0.1:9/v1",
    )
    result = run_refresh(nobody, source="api")
    assert not result.success
    assert "http://127.0.0.1:9/v1/" in str(result.error)
    assert not settings.published_db.exists()


@in_memory
def test_a_second_run_of_the_same_folder_is_refused_at_once(built: SmallSettings) -> None:
    with after(
        "from pathlib import Path\n"
        "from orchestration.resources import exclusive\n"
        "from tests.orchestration.small_project import SmallSettings\n"
        f"held = exclusive(SmallSettings(data_dir=Path({str(built.data_dir)!r})), patience=0)\n"
        "held.__enter__()"
    ):
        result = run_refresh(built)
    assert not result.success
    assert "Another run is writing" in str(result.error)
    assert run_refresh(built).success, "the lock of a killed process is nobody's"


def test_the_right_to_write_may_be_taken_twice_by_the_same_run(settings: SmallSettings) -> None:
    with exclusive(settings, patience=0), exclusive(settings, patience=0):
        pass


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_that_was_killed_is_repaired_by_the_next(
    killed_in: dict[str, SmallSettings], stage: str
) -> None:
    settings = killed_in[stage]
    with open_instance(settings) as instance:
        [run] = instance.get_runs()
        assert run.status == dg.DagsterRunStatus.STARTED
    result = run_refresh(settings)
    assert result.success, result.error
    with open_instance(settings) as instance:
        assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE
    published(settings)


def test_damaged_databases_and_pages_are_rebuilt_in_the_same_run(built: SmallSettings) -> None:
    before = published(built)[1]
    folder, manifest = manifests(built, "population")[-1]
    garble.another_number(folder / manifest.slices[0].pages[0].file)
    garble.every_block(built.build_db)
    garble.every_block(built.published_db)
    garble.beginning(built.dagster_home / "history" / "runs.db")
    result = run_refresh(built)
    assert result.success, result.error
    assert [one.split(" was damaged (")[0] for one in result.repaired] == [
        *("dagster", "asylum.duckdb", "build.duckdb"),
        f"landing/population/{manifest.snapshot_id}-2",
    ]
    for one in repairs(built):
        assert (built.data_dir / one.moved_to).exists(), "nothing damaged is removed"
    assert result.set_aside == [], "the starter extract has the same page"
    assert published(built)[1] == before
    again = run_refresh(built)
    assert (again.up_to_date, again.repaired) == (True, [])


def test_runs_of_the_ui_are_left_to_dagster(settings: SmallSettings) -> None:
    with open_instance(settings) as instance:
        kept = instance.add_run(dg.DagsterRun("refresh", status=dg.DagsterRunStatus.STARTED))
        dead = instance.add_run(
            dg.DagsterRun("refresh", status=dg.DagsterRunStatus.STARTED, tags={TAG_COMMAND: "1"})
        )
        runner._close_killed_runs(instance)
        assert instance.get_run_by_id(kept.run_id).status == dg.DagsterRunStatus.STARTED
        assert instance.get_run_by_id(dead.run_id).status == dg.DagsterRunStatus.FAILURE


def test_the_ui_sees_what_was_run_here(built: SmallSettings) -> None:
    """With Dagster's own storage, as its web server opens it."""
    home = str(ensure_home(built))
    with dg.DagsterInstance.from_config(home) as instance:
        [run] = instance.get_runs()
        assert run.status == dg.DagsterRunStatus.SUCCESS
        assert run.tags["asylum/source"] == "starter"
        assert run.tags["asylum/release"] == "2025-12.1"
        materialised = set(instance.get_asset_keys())
        assert {keys.PUBLISHED_FILE, keys.DATA_PACKAGE} <= materialised
        event = instance.get_latest_materialization_event(
            keys.modelled("marts", "mart_origin_yearly")
        )
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        assert metadata["dagster/row_count"].value == len(published(built)[1])


def test_dagsters_home_says_nothing_to_anybody(settings: SmallSettings) -> None:
    config = (ensure_home(settings) / "dagster.yaml").read_text()
    (ensure_home(settings) / "dagster.yaml").write_text("telemetry: {enabled: true}\n")
    ensure_home(settings)
    assert (settings.dagster_home / "dagster.yaml").read_text() == config
    with open_instance(settings) as instance:
        assert not instance.telemetry_enabled
        assert instance.global_op_concurrency_default_limit == 1


@in_memory
def test_a_published_file_that_lost_rows_is_not_exported(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(built, "dbt_project/models/marts/mart_extra.sql", "select 1 as a")
    monkeypatch.setattr(checks, "published_rows", lambda _: {"mart_extra": 0})
    result = run_refresh(built)
    assert not result.success
    assert "mart_extra 1 built, 0 published" in str(result.error)
    assert "exports" not in result.seconds


@in_memory
def test_a_rebuild_makes_the_same_tables_asks_no_source_and_notes_what_was_landed_without_dagster(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_assets, "landed_releases", lambda _: ["2023-06"])
    assert landed_partitions(built) == set()
    before = published(built)[1]
    built.build_db.unlink()
    nothing = built.model_copy(update={"starter_dir": built.data_dir / "nothing"})
    result = run_job(nothing, "rebuild")
    assert result.success, error_text(result.all_events)
    assert "landing" not in steps_of(result)
    assert landed_partitions(built) == {"2023-06"}, "the UI shows it as landed"
    assert published(built)[1] == before
    assert run_refresh(built).up_to_date, "a rebuild leaves nothing to do"


def land_population_of_its_newest_year_alone(settings: SmallSettings) -> Path:
    """A snapshot beside the newest one of population, with the rows of 2025 and no others."""
    folder, manifest = manifests(settings, "population")[-1]
    lost = manifest.model_copy(
        deep=True, update={"snapshot_id": f"{manifest.snapshot_id}-lost", "content_sha256": "0"}
    )
    target = folder.with_name(lost.snapshot_id)
    shutil.copytree(folder, target)
    for part in lost.slices:
        [page] = part.pages
        body = json.loads(gzip.decompress((target / page.file).read_bytes()))
        body["items"] = [row for row in body["items"] if row["year"] == 2025]
        changed = json.dumps(body).encode()
        (target / page.file).write_bytes(gzip.compress(changed))
        page.sha256 = hashlib.sha256(changed).hexdigest()
        part.rows = len(body["items"])
    # Begun before the other, so that landing the starter extract still finds that one its newest.
    begun = manifest.started_at - timedelta(days=1)
    ended = manifest.finished_at + timedelta(days=1)
    rows = sum(part.rows for part in lost.slices)
    lost = lost.model_copy(update={"rows": rows, "started_at": begun, "finished_at": ended})
    (target / "manifest.json").write_text(lost.model_dump_json())
    return target


def failed(settings: SmallSettings, run_id: str, check: str) -> list[Any]:
    """The evaluations of a check that failed in a run."""
    with open_instance(settings) as instance:
        events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    found = [e.dagster_event.asset_check_evaluation_data for e in events if e.dagster_event]
    return [one for one in found if one.check_name == check and not one.passed]


@in_memory
def test_what_lost_data_and_what_cannot_be_loaded_fail_their_checks_and_stop_nothing(
    built: SmallSettings,
) -> None:
    lost = land_population_of_its_newest_year_alone(built)
    [*_, (folder, manifest)] = manifests(built, "regions")
    with dbt.connect(built.build_db, built) as con:
        con.execute("delete from raw.loads where endpoint = 'regions'")
    for page in folder.glob("*.json.gz"):
        page.write_bytes(b"no archive")
    nothing = built.model_copy(update={"starter_dir": built.data_dir / "nothing"})
    first = run_job(nothing, "rebuild")
    assert first.success, error_text(first.all_events)
    [unloaded] = failed(built, first.run_id, checks.ALL_IS_LOADED)
    assert unloaded.asset_key == keys.raw_table("regions")

    result = run_refresh(built)
    assert result.success, result.error
    assert not result.up_to_date
    assert [one.endpoint for one in result.snapshots if one.is_new] == ["regions"]
    assert result.set_aside == [], "what came anew took the place of the damaged one"
    [sentence] = result.repaired
    assert f"regions/{manifest.snapshot_id}" in sentence
    [found] = result.quarantined
    assert (found.endpoint, found.snapshot_id) == ("population", lost.name)
    assert "618 of 669 rows are missing" in found.held_because
    assert found.held_back is not None
    for run_id in (first.run_id, result.run_id):
        [one] = failed(built, run_id, checks.NOTHING_WAS_LOST)
        assert one.asset_key == keys.SNAPSHOT_RELEASES
        assert one.severity == dg.AssetCheckSeverity.WARN
        assert one.description == found.held_back
        assert one.metadata["quarantined"].value == 1
        sentences = [row.data["finding"] for row in one.metadata["findings"].records]
        assert any("618 of 669 rows are missing" in sentence for sentence in sentences)

    decision.write(lost, "accepted", "it is so", built.data_dir)
    result = run_refresh(built)
    assert result.success, result.error
    assert not result.up_to_date, "a decision is something new"
    assert result.quarantined == []
    assert run_refresh(built).up_to_date


def evaluations(settings: SmallSettings, check: str) -> list[Any]:
    """All that was put on record of a check of the published file, newest first."""
    with open_instance(settings) as instance:
        records = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(keys.PUBLISHED_FILE, check), limit=10
        )
    return [one.event.dagster_event.event_specific_data for one in records if one.event]


@in_memory
def test_the_calendar_is_looked_at_by_a_run_that_ends_after_landing_too(
    built: SmallSettings,
) -> None:
    before = len(evaluations(built, checks.RELEASE_IS_DUE))
    result = run_refresh(built)
    assert result.up_to_date
    with open_instance(built) as instance:
        assert instance.get_run_by_id(result.run_id).tags["asylum/release"] == "2025-12.1"
    found = [one for one in evaluations(built, checks.RELEASE_IS_DUE) if hasattr(one, "passed")]
    assert len(evaluations(built, checks.RELEASE_IS_DUE)) > before
    assert found[0].severity == dg.AssetCheckSeverity.WARN
    assert found[0].metadata["newest_release"].value == "2025-12.1"


def test_an_api_that_is_down_is_asked_again_though_the_workbook_came(
    settings: SmallSettings, api: FakeApi
) -> None:
    """By Dagster, whose patience is of hours; what came meanwhile is landed."""
    api.faults += [Fault("503", endpoint=one, times=99) for one in api.data if one != FLOWS]
    down = asking(settings, api)
    result = landing_alone(down)
    assert retried(result) == 1
    assert [m.endpoint for _, m in manifests(down)] == [FLOWS]
    assert result.success, "the last attempt goes on with what came"


@in_memory
def test_a_landing_that_is_terminated_ends_and_is_not_tried_again(
    settings: SmallSettings, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def terminated(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(landing_assets, "crawl", terminated)
    result = landing_alone(asking(settings, api))
    assert not result.success
    assert retried(result) == 0
    assert error_text(result.all_events).startswith("It was interrupted.")


@in_memory
def test_a_run_that_waits_for_its_next_attempt_says_until_when_and_can_be_terminated(
    settings: SmallSettings,
    api: FakeApi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sleep = time.sleep

    def interrupted(seconds: float) -> None:
        if seconds < 3600:
            sleep(seconds)
        else:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(time, "sleep", interrupted)
    api.faults += [Fault("503", endpoint=one, times=99) for one in api.data]
    down = asking(settings, api)
    result = landing_alone(down, delay=3600)
    assert not result.success
    assert retried(result) == 0
    assert error_text(result.all_events).startswith("It was interrupted.")
    with open_instance(down) as instance:
        told = [one.message for one in instance.all_logs(result.run_id)]
    [said] = [one for one in told if "The next attempt is at" in one]
    assert api.url in said
    assert "terminate it" in said


@in_memory
def test_what_will_not_pass_is_not_asked_for_again(
    settings: SmallSettings, api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An origin nobody comes from; a file that is not the one published."""
    result = landing_alone(asking(settings, api), origins=["XXX"])
    assert retried(result) == 0
    with open_instance(settings) as instance:
        assert instance.get_run_by_id(result.run_id).tags["asylum/source"] == "api"
    assert "no row for origin XXX" in error_text(result.all_events)
    pytest.importorskip("rdata", reason="the extra `archive` is not installed")
    with FakeArchive(tmp_path / "lists") as archive:
        archive.publish(
            "2023-06", "2023-06-30", {"population": [population(2023, "CHI", "AUL", 5)]}
        )
        asked = settings.model_copy(update={"archive_url": archive.url, "max_attempts": 1})
        fetch = partial(archive_assets.backfill, reference_dir=archive.reference_dir)
        monkeypatch.setattr(archive_assets, "backfill", fetch)
        for kind, again in (("flipped", 0), ("500", 1)):
            archive.faults = [("population.rda", kind)] * 9
            result = landing_alone(asked, job="backfill", partition="2023-06")
            assert not result.success
            assert retried(result) == again
            assert archive.url in error_text(result.all_events)


def asking(settings: SmallSettings, api: FakeApi) -> SmallSettings:
    fast = fast_settings(settings.data_dir, api.url, max_attempts=1)
    return settings.model_copy(update={one: getattr(fast, one) for one in FAST})


def landing_alone(
    settings: SmallSettings,
    *,
    job: str = "refresh",
    partition: str | None = None,
    origins: Sequence[str] = (),
    delay: int = 0,
) -> dg.ExecuteInProcessResult:
    """The first step of a job as the UI runs it, which tries once more after `delay` seconds."""
    retries = dg.RetryPolicy(max_retries=1, delay=delay)
    config = {"source": "api", "origins": list(origins)}
    with open_instance(settings) as instance:
        return (
            definitions(settings, landing_retries=retries)
            .resolve_job_def(job)
            .execute_in_process(
                instance=instance,
                run_config={} if partition else {"ops": {"landing": {"config": config}}},
                partition_key=partition,
                op_selection=["landing__archive" if partition else "landing"],
                raise_on_error=False,
            )
        )


def retried(result: dg.ExecuteInProcessResult) -> int:
    return [e.event_type_value for e in result.all_events].count("STEP_UP_FOR_RETRY")


SENTINEL = "s3ntinel-never-shown"


def test_no_secret_of_the_settings_is_in_any_file_event_or_message(
    settings: SmallSettings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each secret is tried where it is used, and fails there with a message."""
    add_reported(settings)
    monkeypatch.setattr("warehouse.serve.notify._WAIT", wait_none())
    of_urls = {
        "postgres_url": f"postgresql://user:{SENTINEL}@127.0.0.1:1/db?password={SENTINEL}",
        "superset_postgres_url": f"postgresql://user:{SENTINEL}@127.0.0.1:1/db",
        "notify_webhook_url": f"http://user:{SENTINEL}@127.0.0.1:1/{SENTINEL}?key={SENTINEL}",
    }
    given = {name: SecretStr(of_urls.get(name, SENTINEL)) for name in secrets()}
    told = {"notify": "webhook", "smtp_user": "user", "smtp_host": "127.0.0.1", "smtp_port": 1}
    told |= {"smtp_from": "a@b", "smtp_to": "a@b"}
    settings = settings.model_copy(update=given | told)
    result = run_refresh(settings)
    assert not result.success
    assert "PostgreSQL could not be reached" in str(result.error)
    assert published_fingerprint(settings)
    assert exported_fingerprint(settings) == published_fingerprint(settings), "the rest was done"
    said = [repr(result), repr(settings), str(settings), settings.model_dump_json()]
    failed = FailedRun(job="refresh", run_id="1", error=str(result.error))
    for notify_by in ("webhook", "smtp"):
        with pytest.raises(NotifyError) as caught:
            notify(settings.model_copy(update={"notify": notify_by}), failed)
        said += traceback.format_exception(caught.value)
    said += map(str, examine(settings))
    with open_instance(settings) as instance:
        said += map(str, instance.all_logs(result.run_id))
    said += capfd.readouterr()
    assert [text for text in said if SENTINEL in text] == []
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if SENTINEL.encode() in path.read_bytes()] == []


def landed_partitions(settings: SmallSettings) -> set[str]:
    with open_instance(settings) as instance:
        return instance.get_materialized_partitions(keys.ARCHIVE)


@in_memory
def test_the_job_backfill_lands_one_release_and_goes_on_to_publish(
    built: SmallSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rdata", reason="the extra `archive` is not installed")
    rows = [population(2023, "CHI", "AUL", 5, asylum_seekers=7)]
    with FakeArchive(tmp_path / "lists") as archive:
        archive.publish("2023-06", "2023-06-30", {"population": rows})
        archive.publish("2023-12", "2023-12-31", {"population": rows})
        settings = built.model_copy(update={"archive_url": archive.url})
        fetch = partial(archive_assets.backfill, reference_dir=archive.reference_dir)
        monkeypatch.setattr(archive_assets, "backfill", fetch)
        first = run_job(settings, "backfill", "2023-06")
        assert first.success, error_text(first.all_events)
        assert archive.asked() == ["c-2023-06/data/population.rda"]
        assert "exports__datapackage" in steps_of(first)
        assert landed_partitions(settings) == {"2023-06"}
        second = run_job(settings, "backfill", "2023-12")
        assert second.success, error_text(second.all_events)
        asked = [f"c-{release}/data/population.rda" for release in ("2023-06", "2023-12")]
        assert archive.asked() == asked
        again = run_job(settings, "backfill", "2023-12")
        assert again.success
        assert archive.asked() == asked, "what is here is not asked for again"
        assert steps_of(again) == {"landing__archive"}, "and the run ends there"
        assert landed_partitions(settings) == {"2023-06", "2023-12"}
    with open_instance(settings) as instance:
        for result in (first, second, again):
            tags = instance.get_run_by_id(result.run_id).tags
            assert tags["asylum/source"] == "archive"
            assert tags["asylum/release"] == "2025-12.1", "the newest that is published"
    landed = {manifest.release_id for _, manifest in manifests(settings, "population")}
    assert {"2023-06", "2023-12"} <= landed
    with open_published(settings) as con:
        held = {row[0] for row in con.execute("select release_id from dim_release").fetchall()}
    assert {"2023-06", "2023-12"} <= held


@in_memory
def test_the_note_of_the_last_run_is_of_runs_of_the_ui_too(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is under way, and after it ended well or failed."""
    during: list[LastRun | None] = []
    load = raw_assets.loader.load

    def looked_at(*given: Any, **named: Any) -> Any:
        during.append(read_last_run(built))
        return load(*given, **named)

    monkeypatch.setattr(raw_assets.loader, "load", looked_at)
    assert run_job(built, REBUILD).success
    [seen] = during
    ended = read_last_run(built)
    assert seen and ended
    assert (seen.outcome, seen.job, seen.source) == ("under_way", "rebuild", "landing")
    assert (ended.outcome, ended.job, ended.release) == ("success", "rebuild", "2025-12.1")
    assert ended.models_built and ended.tests_passed

    def held(*_: Any, **__: Any) -> Any:
        raise DatabaseBusyError("build.duckdb is in use by another process")

    monkeypatch.setattr(raw_assets.loader, "load", held)
    failed = run_job(built, REBUILD)
    note = read_last_run(built)
    assert note
    assert (note.outcome, note.run_id) == ("failure", failed.run_id)
    assert note.error == "build.duckdb is in use by another process"
    assert run_job(built, "housekeeping").success
    assert run_refresh(built).up_to_date
    assert read_last_run(built) == note, "tidying up is no such run, and `asylum run` notes its own"


@in_memory
def test_the_job_backfill_says_what_to_install_where_the_reader_is_missing(
    built: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rdata", None)
    result = run_job(built, "backfill", "2023-12")
    assert not result.success
    assert "Install the extra `archive`" in error_text(result.all_events)


def test_the_job_backfill_has_a_partition_for_each_release_of_the_archive(
    built: SmallSettings,
) -> None:
    job = definitions(built, landing_retries=None).resolve_job_def("backfill")
    assert job.partitions_def is not None
    assert job.partitions_def.get_partition_keys() == [
        one.release_id for one in known_releases() if one.files
    ]
