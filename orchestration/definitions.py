"""Table of contents: everything that Dagster loads.

    sources -> landing -> raw -> releases -> staging -> intermediate -> marts
    marts -> published -> exports

Loading this needs neither a network nor a database.
"""

from __future__ import annotations

import dagster as dg

from orchestration.assets.archive import archive
from orchestration.assets.dictionary import dictionaries
from orchestration.assets.exports import exports
from orchestration.assets.landing import landing, sources
from orchestration.assets.models import models
from orchestration.assets.postgresql import postgresql
from orchestration.assets.published import published
from orchestration.assets.raw import raw
from orchestration.assets.releases import releases
from orchestration.automation import (
    EXECUTOR,
    backfill,
    failed_runs,
    new_figures,
    rebuild,
    refresh,
    weekly,
)
from orchestration.descriptions import files_described
from orchestration.housekeeping import housekeeping, tidy_up
from orchestration.resources import resources, silent
from warehouse.build.dbt import load_manifest, published_tables
from warehouse.build.run_result import OnProgress
from warehouse.settings import Settings, load_settings

# The client has asked again within minutes; these attempts are for an outage of hours.
LANDING_RETRIES = dg.RetryPolicy(
    max_retries=2, delay=15 * 60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)


def definitions(
    settings: Settings,
    *,
    on_progress: OnProgress = silent,
    landing_retries: dg.RetryPolicy | None = LANDING_RETRIES,
) -> dg.Definitions:
    """The definitions for one data folder."""
    manifest = load_manifest(settings)
    tables = published_tables(manifest)
    return dg.Definitions(
        assets=[
            *sources(),
            landing(landing_retries),
            archive(landing_retries),
            raw,
            releases,
            models(manifest),
            published(tables, manifest),
            *postgresql(settings),
            *files_described([*exports(tables), *dictionaries()], manifest),
        ],
        jobs=[refresh, rebuild, backfill, housekeeping],
        schedules=[weekly, tidy_up],
        sensors=[new_figures, failed_runs],
        resources=resources(settings, on_progress),
        executor=EXECUTOR,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads."""
    return definitions(load_settings())
