"""A refresh in this process: what `asylum run` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import dagster as dg

from orchestration.assets.landing import TAG_SOURCE
from orchestration.automation import REFRESH
from orchestration.definitions import REPOSITORY_TAG, definitions
from orchestration.failures import error_text
from orchestration.instance import open_instance
from orchestration.resources import Record, WarehouseBusyError, exclusive, silent
from warehouse import fingerprint
from warehouse.dbt import DbtError
from warehouse.landing import all_set_aside
from warehouse.publish import open_published, read_about
from warehouse.quarantine import published_quarantine
from warehouse.runresult import OnProgress, RunQuarantine, RunResult, RunSnapshot
from warehouse.settings import Settings

# Tells runs of this module from those of the UI, which Dagster's daemon looks after.
TAG_COMMAND = "asylum/launched_by"
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def run_refresh(
    settings: Settings,
    *,
    source: Literal["starter", "api"] = "starter",
    origins: Sequence[str] = (),
    api_url: str | None = None,
    on_progress: OnProgress | None = None,
) -> RunResult:
    """Land, load, build, test, publish, export; end after landing when nothing is new.

    A run that fails gives a result with `success` False and the cause in `error`; nothing is
    raised for it. What runs that were killed left behind is put in order first.
    """
    config = {"source": source, "origins": list(origins), "api_url": api_url}
    try:
        with exclusive(settings, patience=0), open_instance(settings) as instance:
            _close_killed_runs(instance)
            record = Record()
            # The client has tried for minutes, and somebody is waiting: no further attempts.
            known = definitions(
                settings,
                on_progress=on_progress or silent,
                record=record,
                landing_retries=None,
            )
            outcome = known.resolve_job_def(REFRESH).execute_in_process(
                instance=instance,
                run_config={
                    "ops": {"landing": {"config": config}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                # Without its repository the UI shows it with no job and in no timeline.
                tags={TAG_SOURCE: source, TAG_COMMAND: "command line", **REPOSITORY_TAG},
                raise_on_error=False,
            )
            return _result(settings, outcome, record)
    except (WarehouseBusyError, DbtError) as error:
        return RunResult(success=False, error=str(error))


def _result(settings: Settings, outcome: dg.ExecuteInProcessResult, record: Record) -> RunResult:
    tested = fingerprint.read_tested(settings)
    # Of a snapshot that does not say so itself, as the build recognised it.
    releases = {
        (used.endpoint, used.snapshot_id): used.release_id
        for used in (tested.lineage.snapshots if tested else ())
    }
    result = RunResult(
        success=outcome.success,
        up_to_date=outcome.success and record.nothing_new,
        run_id=outcome.run_id,
        snapshots=[
            RunSnapshot(
                one.endpoint,
                one.snapshot_id,
                one.manifest.release_id or releases.get((one.endpoint, one.snapshot_id)),
                one.manifest.rows,
                one.is_new,
            )
            for one in record.landed
        ],
        not_landed=record.not_landed,
        exports=record.exports,
        seconds=_seconds(outcome.all_events),
        error=None if outcome.success else error_text(outcome.all_events),
    )
    if record.build:
        result.models_built = len(record.build.models)
        statuses = [node.status for node in record.build.tests]
        result.tests_passed = statuses.count("pass")
        result.tests_warned = statuses.count("warn")
        result.tests_failed = [
            f"{node.name}: {' '.join(node.message.split())}"
            for node in record.build.tests
            if node.failed
        ]
    result.quarantined = _quarantined(settings, record)
    result.set_aside = [one.sentence for one in all_set_aside(settings)]
    result.release = _release(settings, record)
    if settings.published_db.exists():
        result.published = settings.published_db
    return result


def _quarantined(settings: Settings, record: Record) -> list[RunQuarantine]:
    """What this run did not use; if it ended after landing, what the published file leaves out."""
    if record.loaded:
        return [
            RunQuarantine(
                one.endpoint, one.snapshot_id, one.release_id, one.held_because, one.held_back
            )
            for one in record.loaded.quarantined
        ]
    if record.nothing_new:
        return [
            RunQuarantine(*(one[name] for name in RunQuarantine._fields))
            for one in published_quarantine(settings)
        ]
    return []


def _release(settings: Settings, record: Record) -> str:
    """The newest release: of this run's build, or of what stands published."""
    if record.published:
        return record.published.release
    if record.nothing_new:
        with open_published(settings) as con:
            return read_about(con)["release"]
    tested = fingerprint.read_tested(settings)
    return tested.lineage.release if tested else ""


def _close_killed_runs(instance: dg.DagsterInstance) -> None:
    """Mark as failed what a killed process left as running.

    Whoever calls this is the only one that writes, so no other run of this module is alive.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if TAG_COMMAND in run.tags:
            instance.report_run_failed(run, "Its process ended before the run did.")
            if instance.event_log_storage.supports_global_concurrency_limits:
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _seconds(events: Sequence[dg.DagsterEvent]) -> dict[str, float]:
    """Seconds by stage, of the steps that succeeded."""
    out: dict[str, float] = {}
    for event in events:
        if event.event_type == dg.DagsterEventType.STEP_SUCCESS and event.step_key:
            stage = event.step_key.partition("__")[0]
            seconds = event.step_success_data.duration_ms / 1000
            out[stage] = round(out.get(stage, 0.0) + seconds, 2)
    return out
