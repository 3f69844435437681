"""When a refresh runs: the job, a weekly schedule, and a sensor that looks for new figures.

Both are off until somebody turns them on: they ask a public API that is not ours, and opening the
UI is no reason to do so.
"""

from typing import Any

import dagster as dg

from orchestration import keys
from orchestration.assets.landing import TAG_SOURCE
from warehouse.landing import control_fingerprint
from warehouse.settings import Settings
from warehouse.unhcr.api import UpstreamError

REFRESH = "refresh"
REBUILD = "rebuild"
TAG_SEEN = "asylum/control_totals"
# UNHCR publishes twice a year and corrects now and then: a look a day is enough, and polite.
LOOK_EVERY_SECONDS = 24 * 60 * 60
# A refresh that failed is asked for again at the next look, this often in all.
ATTEMPTS = 3
FROM_API: dict[str, Any] = {"ops": {"landing": {"config": {"source": "api"}}}}

# Every start of a process costs more than all of Dagster's own work in one: steps share one.
EXECUTOR = dg.in_process_executor

refresh = dg.define_asset_job(
    REFRESH,
    selection=dg.AssetSelection.all(),
    description="Land, load, build, test, publish and export. From the starter extract unless the "
    "configuration of `landing` says `source: api`. Ends after landing if nothing is new.",
    executor_def=EXECUTOR,
)

rebuild = dg.define_asset_job(
    REBUILD,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(keys.LANDING),
    description="Load, build, test, publish and export what is landed; no source is asked.",
    executor_def=EXECUTOR,
)

weekly = dg.ScheduleDefinition(
    name="weekly",
    job=refresh,
    cron_schedule="0 5 * * 1",
    execution_timezone="UTC",
    run_config=FROM_API,
    tags={TAG_SOURCE: "api"},
    description="Every Monday at 05:00 UTC the whole of the API, in case a correction left the "
    "control totals of the newest years as they were.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Asks the API for its control totals of the newest years, and for a refresh when "
    "they are not those seen last. The cursor holds what was seen.",
)
def new_figures(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult | dg.SkipReason:
    """One look at the API."""
    try:
        seen = control_fingerprint(settings)
    except UpstreamError as error:
        return dg.SkipReason(f"The API did not answer, the next look is in a day: {error}")
    if seen == context.cursor and not _failed_before(context.instance, seen):
        return dg.SkipReason("The control totals are those seen last.")
    request = dg.RunRequest(run_config=FROM_API, tags={TAG_SOURCE: "api", TAG_SEEN: seen})
    return dg.SensorResult(run_requests=[request], cursor=seen)


def _failed_before(instance: dg.DagsterInstance, seen: str) -> bool:
    """Whether the refresh for these totals failed last time, and is due another attempt."""
    runs = instance.get_runs(dg.RunsFilter(tags={TAG_SEEN: seen}), limit=ATTEMPTS)
    failed = dg.DagsterRunStatus.FAILURE
    return 0 < len(runs) < ATTEMPTS and all(run.status == failed for run in runs)
