"""The sensors: a refresh when the figures changed, and only then; a message for a failed run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration import automation, checks, keys
from orchestration.assets.landing import landing, sources
from orchestration.automation import ATTEMPTS, TAG_SEEN, failed_runs, new_figures
from orchestration.keys import TAG_NOT_LANDED, TAG_RELEASE, TAG_SOURCE
from orchestration.resources import resources, silent
from tests.fake_api import FakeApi, Fault, fast_settings, sample_data
from warehouse.landing.snapshots import manifests
from warehouse.releases.calendar import HeldRelease
from warehouse.serve.notify import NotifyError
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def look(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    instance: dg.DagsterInstance,
    answer: str | Exception,
    cursor: str | None,
) -> dg.SensorResult | dg.SkipReason:
    def ask(asked: Settings) -> str:
        assert asked == settings
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(automation, "control_fingerprint", ask)
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"settings": settings}
    )
    found = new_figures(context)
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def test_it_asks_for_a_refresh_from_the_api_when_the_totals_are_new(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    for cursor in (None, "before"):
        found = look(monkeypatch, settings, instance, "now", cursor)
        assert isinstance(found, dg.SensorResult)
        [request] = found.run_requests or []
        assert request.run_config == {"ops": {"landing": {"config": {"source": "api"}}}}
        assert found.cursor == "now"


def test_it_asks_for_nothing_when_the_totals_are_those_seen_last(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    found = look(monkeypatch, settings, instance, "now", "now")
    assert isinstance(found, dg.SensorResult)
    assert not found.run_requests
    assert "have not changed" in str(found.skip_reason)


def test_each_look_is_on_record_whether_or_not_anything_is_new(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    for answer in ("now", "later"):
        found = look(monkeypatch, settings, instance, answer, "now")
        assert isinstance(found, dg.SensorResult)
        [looked] = found.asset_events
        assert isinstance(looked, dg.AssetMaterialization)
        assert looked.asset_key == keys.LAST_LOOK
    failed = look(monkeypatch, settings, instance, UpstreamError("no answer"), "now")
    assert isinstance(failed, dg.SkipReason), "a look without an answer is none"


def test_the_calendar_is_looked_at_with_each_look_once_something_is_published(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    settings.published_db.touch()
    held = HeldRelease("2024-06", date(2024, 6, 30), date(2024, 10, 9))
    monkeypatch.setattr(checks, "newest_release", lambda _: held)
    found = look(monkeypatch, settings, instance, "now", "now")
    assert isinstance(found, dg.SensorResult)
    [evaluated] = [e for e in found.asset_events if isinstance(e, dg.AssetCheckEvaluation)]
    assert evaluated.asset_key == keys.PUBLISHED_FILE
    assert evaluated.check_name == checks.RELEASE_IS_DUE
    assert evaluated.severity == dg.AssetCheckSeverity.WARN
    assert not evaluated.passed
    assert evaluated.metadata["newest_release"].value == "2024-06"
    assert "was published on" in str(evaluated.description)


def test_totals_that_change_back_are_a_change(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    cursor, keys = "a", []
    for answer in ("b", "a", "b"):
        found = look(monkeypatch, settings, instance, answer, cursor)
        assert isinstance(found, dg.SensorResult)
        keys += [request.run_key for request in found.run_requests or []]
        cursor = str(found.cursor)
    assert keys == [None, None, None], "a run key would let Dagster drop the second 'b'"


def test_an_api_that_does_not_answer_is_a_reason_to_wait_and_no_error(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    found = look(monkeypatch, settings, instance, UpstreamError("503 from there"), "before")
    assert isinstance(found, dg.SkipReason)
    assert "503 from there" in str(found.skip_message)


def test_another_error_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    with pytest.raises(ZeroDivisionError):
        look(monkeypatch, settings, instance, ZeroDivisionError(), "before")


@pytest.mark.parametrize(
    "ended",
    [
        (dg.DagsterRunStatus.FAILURE, {}),
        (dg.DagsterRunStatus.SUCCESS, {TAG_NOT_LANDED: "demographics"}),
    ],
    ids=["failed", "in_part"],
)
def test_a_refresh_that_failed_or_landed_a_part_is_asked_for_again_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    instance: dg.DagsterInstance,
    ended: tuple[dg.DagsterRunStatus, dict[str, str]],
) -> None:
    status, tags = ended
    asked = 0
    for number in range(ATTEMPTS + 2):
        found = look(monkeypatch, settings, instance, "now", "now" if number else "before")
        assert isinstance(found, dg.SensorResult)
        if found.run_requests:
            asked += 1
            instance.add_run(dg.DagsterRun("refresh", tags={TAG_SEEN: "now"} | tags, status=status))
    assert asked == ATTEMPTS


def test_a_dataset_that_could_not_be_landed_is_landed_after_a_later_look(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    with FakeApi(sample_data()) as api:
        settings = fast_settings(tmp_path, api.url, max_attempts=1, page_size=1000)
        defs = dg.Definitions(
            assets=[*sources(), landing(None)],
            jobs=[dg.define_asset_job("refresh", dg.AssetSelection.groups(keys.LANDING))],
            resources=resources(settings, silent),
        )
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        api.faults.append(Fault("503", "demographics", times=10**6))
        cursor, ran = None, []
        for _ in range(3):
            context = dg.build_sensor_context(instance, cursor, resources={"settings": settings})
            found = new_figures(context)
            assert isinstance(found, dg.SensorResult)
            cursor = found.cursor
            for request in found.run_requests or []:
                done = defs.resolve_job_def("refresh").execute_in_process(
                    {**request.run_config, **quiet}, instance, tags=request.tags
                )
                run = instance.get_run_by_id(done.run_id)
                assert run is not None
                ran.append((done.success, run.tags.get(TAG_NOT_LANDED)))
            api.faults.clear()
    assert ran == [(True, "demographics"), (True, None)]
    assert [one.endpoint for _, one in manifests(settings, "demographics")] == ["demographics"]


def test_a_refresh_that_succeeded_after_a_failure_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    for status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS):
        instance.add_run(dg.DagsterRun("refresh", tags={TAG_SEEN: "now"}, status=status))
    found = look(monkeypatch, settings, instance, "now", "now")
    assert isinstance(found, dg.SensorResult)
    assert not found.run_requests


@dg.op
def says_why_in_two_lines() -> None:
    raise dg.Failure("Failed tests (1):\nassert_this.")


@dg.op
def stumbles() -> None:
    raise ZeroDivisionError("no\nfigures")


@pytest.mark.parametrize(
    ("op", "said"),
    [
        pytest.param(says_why_in_two_lines, "Failed tests (1): assert_this.", id="failure"),
        pytest.param(stumbles, "no figures", id="exception"),
    ],
)
def test_a_run_that_failed_is_told_of_with_what_failed_and_where_to_look(
    settings: Settings,
    instance: dg.DagsterInstance,
    caplog: pytest.LogCaptureFixture,
    op: dg.OpDefinition,
    said: str,
) -> None:
    settings = settings.model_copy(update={"ui_url": "https://dagster.example.org"})
    result = failed_run(instance, op)
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_runs",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
        resources={"settings": settings},
    ).for_run_failure()
    caplog.clear()
    failed_runs(context)
    [told] = [r.getMessage() for r in caplog.records if r.name == "warehouse.serve.notify"]
    assert told.splitlines() == [
        f"some_job failed: {said}",
        f"run {result.run_id}, source api, release 2025-12.1",
        f"https://dagster.example.org/runs/{result.run_id}",
    ]


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        pytest.param(None, "Its process was ended before the run was", id="by Dagster"),
        pytest.param("Its process ended before the run did.", "Its process ended", id="by us"),
    ],
)
def test_a_run_whose_process_was_killed_is_told_of(
    settings: Settings,
    instance: dg.DagsterInstance,
    caplog: pytest.LogCaptureFixture,
    reported: str | None,
    said: str,
) -> None:
    """Dagster's daemon, or our next run, finds its process gone: there is no error to show."""
    first = dg.build_sensor_context(instance=instance, resources={"settings": settings})
    failed_runs.evaluate_tick(first)  # from here on
    run = dg.DagsterRun("some_job", status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    instance.report_run_failed(run, reported)
    second = dg.build_sensor_context(
        instance=instance, cursor=first.cursor, resources={"settings": settings}
    )
    [reaction] = failed_runs.evaluate_tick(second).dagster_run_reactions
    assert reaction.error is None
    [told] = [r.getMessage() for r in caplog.records if r.name == "warehouse.serve.notify"]
    assert told.startswith(f"some_job failed: {said}")
    assert run.run_id in told


def test_a_message_that_cannot_be_sent_is_an_error_of_the_sensor_and_goes_on_to_the_next_run(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotifyError("the webhook at example.org answered 404")

    monkeypatch.setattr(automation, "notify", refuse)
    first = dg.build_sensor_context(instance=instance, resources={"settings": settings})
    failed_runs.evaluate_tick(first)  # from here on
    run = failed_run(instance, stumbles)
    second = dg.build_sensor_context(
        instance=instance, cursor=first.cursor, resources={"settings": settings}
    )
    ticked = failed_runs.evaluate_tick(second)
    [reaction] = ticked.dagster_run_reactions
    assert reaction.dagster_run.run_id == run.run_id, "a run of no code location"
    assert "answered 404" in str(reaction.error)
    assert ticked.cursor != first.cursor


def failed_run(instance: dg.DagsterInstance, op: dg.OpDefinition) -> dg.ExecuteInProcessResult:
    @dg.job(name="some_job")
    def some_job() -> None:
        op()

    result = some_job.execute_in_process(
        instance=instance,
        tags={TAG_SOURCE: "api", TAG_RELEASE: "2025-12.1"},
        raise_on_error=False,
    )
    assert not result.success
    return result
