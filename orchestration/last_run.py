"""The note of the last run, of a run that the UI, a schedule or a sensor began.

`asylum run` keeps its own. So `asylum status` knows of each, whoever began it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration import keys
from orchestration.outcome import Recorded, run_result
from warehouse.build.run_result import OnProgress, under_way, write_last_run
from warehouse.settings import Settings

_NOTED = {keys.REFRESH: "starter", keys.REBUILD: "landing", keys.BACKFILL: "archive"}


@contextmanager
def noted(
    settings: Settings, context: dg.InitResourceContext, on_progress: OnProgress
) -> Iterator[OnProgress]:
    """Note that a run is under way, and how it ended. Yields what to call with its progress.

    Runs of the command line are left out, and those that only make a part or tidy up.
    """
    run, instance = context.dagster_run, context.instance
    if not run or not instance or run.job_name not in _NOTED or keys.TAG_COMMAND in run.tags:
        yield on_progress
        return
    config = _asked_for(run.run_config)
    source = str(config.get("source", _NOTED[run.job_name]))
    origins = list(config.get("origins", []))
    started = datetime.now(UTC)
    with under_way(
        settings, job=run.job_name, source=source, origins=origins, started_at=started
    ) as is_alive:

        def heard_of(stage: str, label: str, done: int, total: int | None) -> None:
            if is_alive:
                is_alive()
            on_progress(stage, label, done, total)

        try:
            yield heard_of
        finally:
            if is_alive:
                logged = instance.all_logs(run.run_id)
                events = [one.dagster_event for one in logged if one.dagster_event]
                write_last_run(
                    settings,
                    run_result(settings, [Recorded(run.run_id, events)], started),
                    job=run.job_name,
                    source=source,
                    origins=origins,
                    started_at=started,
                    finished_at=datetime.now(UTC),
                )


def _asked_for(run_config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of `landing`, empty where it has none."""
    return dict(run_config.get("ops", {}).get("landing", {}).get("config", {}))
