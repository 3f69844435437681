"""Housekeeping: old runs, their events and old damaged files are removed, by age and number.

Nothing landed or published is ever touched, and neither is the run that an asset was last made in:
the UI goes on to say when that was.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.resources import Warehouse
from warehouse.core.repairs import MARK
from warehouse.serve import record
from warehouse.settings import Settings

_ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]
# So many runs more than are kept may stand before a run on the command line tidies up.
_SLACK = 4
# What can be made again, or was found damaged and has been made again. A damaged published file is
# kept: somebody may have quoted it.
_OLD_FILES = (f"build.duckdb{MARK}*", f"dagster{MARK}*", "tmp/*", "dbt/logs/dbt.log.*")


@dataclass(frozen=True)
class Pruned:
    """What was removed: runs, files; bytes of Dagster's record before and after."""

    runs: int
    files: list[str]
    bytes_before: int
    bytes_after: int


def prune(settings: Settings, instance: dg.DagsterInstance, now: datetime | None = None) -> Pruned:
    """Remove the runs that are older than `keep_days` or beyond the newest `keep_runs`, and old
    files. The caller holds the right to write to the data folder.
    """
    oldest = (now or datetime.now(UTC)) - timedelta(days=settings.keep_days)
    before = record.size(settings.dagster_home)
    ended = instance.get_run_records(dg.RunsFilter(statuses=_ENDED))  # newest first
    needed = _needed(instance)
    removed = 0
    for position, one in enumerate(ended):
        is_old = one.create_timestamp < oldest or position >= settings.keep_runs
        if is_old and one.dagster_run.run_id not in needed:
            instance.delete_run(one.dagster_run.run_id)
            removed += 1
    if "Sqlite" in type(instance.event_log_storage).__name__:  # PostgreSQL gives room back itself
        known = {run.run_id for run in instance.get_runs()}
        record.forget_deleted_runs(settings.dagster_home, known, oldest)
    files = record.remove_old_files(settings.data_dir, _OLD_FILES, oldest)
    return Pruned(removed, files, before, record.size(settings.dagster_home))


def prune_if_due(settings: Settings, instance: dg.DagsterInstance) -> None:
    """`prune`, once there are clearly more runs than are kept."""
    if instance.get_runs_count() > settings.keep_runs + _SLACK:
        prune(settings, instance)


def _needed(instance: dg.DagsterInstance) -> set[str]:
    """The runs that the assets were last made in."""
    events = [instance.get_latest_materialization_event(key) for key in instance.get_asset_keys()]
    return {event.run_id for event in events if event}


@dg.op(description="Removes old runs of Dagster, their events, and old damaged files.")
def remove_what_is_old(context: dg.OpExecutionContext, warehouse: Warehouse) -> None:
    """By ASYLUM_KEEP_RUNS and ASYLUM_KEEP_DAYS."""
    done = prune(warehouse.settings, context.instance)
    context.log.info(
        f"{done.runs} runs and {len(done.files)} files removed; Dagster's record has "
        f"{done.bytes_after / 1e6:,.1f} MB, it had {done.bytes_before / 1e6:,.1f} MB."
    )


@dg.job(
    name="housekeeping",
    description="Removes runs, events and damaged files that are older than ASYLUM_KEEP_DAYS or "
    "beyond ASYLUM_KEEP_RUNS. Nothing landed or published is touched.",
    executor_def=dg.in_process_executor,
)
def housekeeping() -> None:
    """One step."""
    remove_what_is_old()


tidy_up = dg.ScheduleDefinition(
    name="tidy_up",
    job=housekeeping,
    cron_schedule="30 3 * * 0",
    execution_timezone="UTC",
    description="Housekeeping every Sunday at 03:30 UTC. It sends no request.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
