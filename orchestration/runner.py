"""A refresh in this process: what `asylum run` does."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import dagster as dg
import sqlalchemy

from orchestration import keys
from orchestration.assets.landing import ends_here, landing, sources
from orchestration.automation import EXECUTOR, REPOSITORY_TAG
from orchestration.housekeeping import prune_if_due
from orchestration.instance import RecordError, open_instance, record_errors_told
from orchestration.keys import REBUILD, REFRESH, TAG_COMMAND, TAG_SOURCE
from orchestration.outcome import run_result
from orchestration.resources import WarehouseBusyError, exclusive, resources, silent
from warehouse.build import apart
from warehouse.build.dbt import DbtError
from warehouse.build.run_result import OnProgress, RunResult
from warehouse.core.repairs import move_aside
from warehouse.exports import beside
from warehouse.settings import Settings

# What SQLite says of a file that is none of its own, or that was cut or changed.
_DAMAGED_RECORD = re.compile("file is not a database|disk image is malformed")
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dataclass(frozen=True)
class _Run:
    """What was asked for, and how it is done."""

    settings: Settings
    source: str
    origins: list[str]
    on_progress: OnProgress

    def outcomes(self, instance: dg.DagsterInstance) -> Iterator[dg.ExecuteInProcessResult]:
        """One run, or two."""
        stood = ends_here(self.settings)
        if stood:
            landed = self._execute(instance, self._landing_alone(), REFRESH)
            yield landed
            if not landed.success or any(
                event.event_type == dg.DagsterEventType.ASSET_OBSERVATION
                for event in landed.all_events
            ):
                return  # what landing found, it left as it is
        # What follows takes dbt, and that takes seconds to import, and to parse the project.
        apart.start(self.settings)
        from orchestration.definitions import definitions  # noqa: PLC0415

        # The client has tried for minutes, and somebody is waiting: no further attempts.
        known = definitions(self.settings, on_progress=self.on_progress, landing_retries=None)
        yield self._execute(instance, known, REBUILD if stood else REFRESH)

    def _landing_alone(self) -> dg.Definitions:
        return dg.Definitions(
            assets=[*sources(), landing(None)],
            jobs=[
                dg.define_asset_job(
                    REFRESH,
                    selection=dg.AssetSelection.groups(keys.LANDING),
                    executor_def=EXECUTOR,
                )
            ],
            resources=resources(self.settings, self.on_progress),
        )

    def _execute(
        self, instance: dg.DagsterInstance, known: dg.Definitions, job: str
    ) -> dg.ExecuteInProcessResult:
        config = {"source": self.source, "origins": self.origins}
        return known.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_config={
                **({"ops": {"landing": {"config": config}}} if job == REFRESH else {}),
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            # Without its repository the UI shows it with no job and in no timeline.
            tags={TAG_SOURCE: self.source, TAG_COMMAND: "command line", **REPOSITORY_TAG},
            raise_on_error=False,
        )


def run_refresh(
    settings: Settings,
    *,
    source: Literal["starter", "api"] = "starter",
    origins: Sequence[str] = (),
    on_progress: OnProgress | None = None,
) -> RunResult:
    """Land, load, build, test, publish, export; end after landing when nothing is new.

    It is one run. Where the published file stands for all that is landed, it is a run of landing
    alone, since all the rest has likely nothing to do, and one of the rest if it has.

    A run that fails gives a result with `success` False and the cause in `error`; nothing is
    raised for it. What runs that were killed left behind is put in order first.
    """
    started = datetime.now(UTC)
    run = _Run(settings, source, list(origins), on_progress or silent)

    def once() -> RunResult:
        with open_instance(settings) as instance, beside.planned(settings):
            _close_killed_runs(instance)
            prune_if_due(settings, instance)
            return run_result(settings, list(run.outcomes(instance)), started)

    try:
        with exclusive(settings, patience=0), record_errors_told(settings):
            try:
                return once()
            except (sqlite3.DatabaseError, sqlalchemy.exc.DatabaseError) as error:
                if not _DAMAGED_RECORD.search(str(error)):
                    raise
                move_aside(settings, settings.dagster_home, str(error).partition("\n")[0])
                return once()
    except (WarehouseBusyError, DbtError, RecordError, OSError) as error:
        return RunResult(success=False, error=str(error))


def _close_killed_runs(instance: dg.DagsterInstance) -> None:
    """Mark as failed what a killed process left as running.

    Whoever calls this is the only one that writes, so no other run of this module is alive.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if TAG_COMMAND in run.tags:
            instance.report_run_failed(run, "Its process ended before the run did.")
            if instance.event_log_storage.supports_global_concurrency_limits:
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
