"""Older releases from UNHCR's archive: one partition a release, so that the UI shows which are here
and fetches one that is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration import keys
from orchestration.assets.landing import (
    ends_here,
    landing_errors,
    say_of_the_published,
    snapshots_table,
    tag_release,
)
from orchestration.keys import TAG_SOURCE
from orchestration.resources import Warehouse
from warehouse.landing.backfill import backfill, landed_releases
from warehouse.published.landed import refuse_lost_landing
from warehouse.settings import Settings
from warehouse.sources.unhcr_archive.client import chosen_releases


def archive(retry_policy: dg.RetryPolicy | None) -> dg.AssetsDefinition:
    """The step that lands one release."""

    @dg.asset(
        key=keys.ARCHIVE,
        deps=[keys.UNHCR_ARCHIVE],
        partitions_def=dg.StaticPartitionsDefinition(
            [one.release_id for one in chosen_releases(None)]
        ),
        group_name=keys.LANDING,
        description="One release from UNHCR's archive: its files byte for byte, and pages in "
        "the API's shape. Releases that are already landed are not fetched again.",
        kinds={"python", "r"},
        pool=keys.WRITERS,
        # Where published file and exports are of this landing already, the run ends here.
        output_required=False,
    )
    def landing__archive(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult[Any]]:
        settings, release = warehouse.settings, context.partition_key
        context.instance.add_run_tags(context.run_id, {TAG_SOURCE: "archive"})
        with landing_errors(context, retry_policy):
            refuse_lost_landing(settings)
            landed = backfill(
                settings, releases=[release], on_progress=warehouse.progress("landing")
            )
        tag_release(context, landed)
        metadata: dict[str, Any] = {
            "dagster/row_count": sum(one.manifest.rows for one in landed),
            "snapshots": snapshots_table(landed),
        }
        if ends_here(settings):
            context.log_event(_landed(release, metadata))
            say_of_the_published(context, settings)
        else:
            yield dg.MaterializeResult(metadata=metadata)

    return landing__archive


def note_landed_releases(context: dg.AssetExecutionContext, settings: Settings) -> None:
    """Put on record the releases that are here, and that no run of Dagster's landed: `asylum
    backfill` does without it, and a data folder may be older than its record.
    """
    known = context.instance.get_materialized_partitions(keys.ARCHIVE)
    for release in landed_releases(settings):
        if release not in known:
            context.log_event(_landed(release, {"noted_by": "the load, which found it landed"}))


def _landed(release: str, metadata: Mapping[str, Any]) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(keys.ARCHIVE, partition=release, metadata=metadata)
