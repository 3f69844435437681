"""Jobs, a weekly schedule and two sensors.

Schedule and `new_figures` are off until somebody turns them on: they ask a public API that is not
ours, and opening the UI is no reason to do so. `failed_runs` is on; it sends no request to UNHCR.
"""

from typing import Any

import dagster as dg

from orchestration import checks, keys
from orchestration.failures import error_text
from orchestration.keys import BACKFILL, REBUILD, REFRESH, TAG_NOT_LANDED, TAG_RELEASE, TAG_SOURCE
from warehouse.landing.snapshots import control_fingerprint
from warehouse.serve.notify import FailedRun, notify
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError

# What Dagster calls the definitions in pyproject.toml's `tool.dagster`. A run made in another
# process is put with them by this tag.
CODE_LOCATION = "asylum_warehouse"
REPOSITORY_TAG = {".dagster/repository": f"__repository__@{CODE_LOCATION}"}

TAG_SEEN = "asylum/control_totals"
# UNHCR publishes twice a year and corrects now and then: a look a day is enough, and polite.
LOOK_EVERY_SECONDS = 24 * 60 * 60
# A refresh that failed, or landed a part, is asked for again at the next look, this often in all.
ATTEMPTS = 3
FROM_API: dict[str, Any] = {"ops": {"landing": {"config": {"source": "api"}}}}

# Every start of a process costs more than all of Dagster's own work in one: steps share one.
EXECUTOR = dg.in_process_executor

# Documentation of the project takes seconds and is not of the figures: it is made when asked for.
# Older releases are asked for by name.
EVERYTHING = dg.AssetSelection.all() - dg.AssetSelection.assets(keys.DBT_DOCS, keys.ARCHIVE)

refresh = dg.define_asset_job(
    REFRESH,
    selection=EVERYTHING,
    description="Land, load, build, test, publish and export. Uses the starter extract unless the "
    "configuration of `landing` says `source: api`. Ends after landing if nothing is new.",
    executor_def=EXECUTOR,
)

rebuild = dg.define_asset_job(
    REBUILD,
    selection=EVERYTHING - dg.AssetSelection.groups(keys.LANDING),
    description="Load, build, test, publish and export what is landed; no source is queried.",
    tags={TAG_SOURCE: "landing"},
    executor_def=EXECUTOR,
)


backfill = dg.define_asset_job(
    BACKFILL,
    selection=EVERYTHING - dg.AssetSelection.groups(keys.LANDING)
    | dg.AssetSelection.assets(keys.ARCHIVE),
    description="Land one older release from UNHCR's archive, a partition, then load, build, test, "
    "publish and export. Ends after landing if nothing is new. To land several and build once, "
    "materialize the partitions of `landing/archive`, then run `rebuild`.",
    executor_def=EXECUTOR,
)

weekly = dg.ScheduleDefinition(
    name="weekly",
    job=refresh,
    cron_schedule="0 5 * * 1",
    execution_timezone="UTC",
    run_config=FROM_API,
    tags={TAG_SOURCE: "api"},
    description="A refresh from the whole API every Monday at 05:00 UTC, to find corrections that "
    "did not change the control totals of the newest years.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Reads the API's control totals of the newest years once a day, and starts a "
    "refresh when they changed. The cursor stores them. Each tick reports `landing/last_look` and "
    "evaluates the check `release_is_due`.",
)
def new_figures(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult | dg.SkipReason:
    """One tick: read the API's control totals."""
    try:
        seen = control_fingerprint(settings)
    except UpstreamError as error:
        return dg.SkipReason(f"The API did not answer; the next attempt is in a day: {error}")
    looked = dg.AssetMaterialization(
        keys.LAST_LOOK, metadata={"asked_by": "sensor new_figures", "control_totals": seen}
    )
    events: list[dg.AssetMaterialization | dg.AssetCheckEvaluation] = [looked, *_calendar(settings)]
    if seen == context.cursor and not _lacking_before(context.instance, seen):
        reason = "The control totals have not changed."
        return dg.SensorResult(skip_reason=reason, cursor=seen, asset_events=events)
    request = dg.RunRequest(run_config=FROM_API, tags={TAG_SOURCE: "api", TAG_SEEN: seen})
    return dg.SensorResult(run_requests=[request], cursor=seen, asset_events=events)


def _calendar(settings: Settings) -> list[dg.AssetCheckEvaluation]:
    """Whether a release is due; of what is published, if something is."""
    if not settings.published_db.exists():
        return []
    return [checks.on_record(checks.release_is_due(settings))]


def _lacking_before(instance: dg.DagsterInstance, seen: str) -> bool:
    """Whether the refresh for these totals failed last time, or ended well without a dataset, and
    is due another attempt.
    """
    runs = instance.get_runs(dg.RunsFilter(tags={TAG_SEEN: seen}), limit=ATTEMPTS)
    ended_well = dg.DagsterRunStatus.SUCCESS
    return 0 < len(runs) < ATTEMPTS and all(
        run.status == dg.DagsterRunStatus.FAILURE
        or (run.status == ended_well and TAG_NOT_LANDED in run.tags)
        for run in runs
    )


@dg.run_failure_sensor(
    # Runs of the command line belong to no code location, and are ours all the same.
    monitor_all_code_locations=True,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports each failed run: in the log, by mail or to a webhook, as ASYLUM_NOTIFY "
    "says. A message that cannot be sent makes the tick fail.",
)
def failed_runs(context: dg.RunFailureSensorContext, settings: dg.ResourceParam[Settings]) -> None:
    """One message a run. Raises NotifyError when it cannot be sent."""
    run = context.dagster_run
    events = [*context.get_step_failure_events(), context.failure_event]
    notify(
        settings,
        FailedRun(
            job=run.job_name,
            run_id=run.run_id,
            error=error_text(events),
            source=run.tags.get(TAG_SOURCE),
            release=run.tags.get(TAG_RELEASE),
        ),
    )
