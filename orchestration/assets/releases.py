"""Releases: which release each loaded snapshot is, and whether it is accepted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration import checks, keys
from orchestration.descriptions import table
from orchestration.resources import Warehouse
from warehouse.build import raw, repair
from warehouse.releases.assign import assign
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            keys.SNAPSHOT_RELEASES,
            deps=[
                *(keys.raw_table(endpoint.table) for endpoint in ENDPOINTS.values()),
                *(keys.raw_table(name) for name in keys.RAW_DESCRIPTIONS),
            ],
            group_name=keys.RELEASES,
            description="One row per snapshot: the release assigned to it by its content, the "
            "findings of validation, and whether it is accepted or quarantined.",
            kinds={"python", "duckdb"},
        )
    ],
    check_specs=[checks.releases_spec()],
    pool=keys.WRITERS,
)
def releases(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[Any]:
    """Assign each loaded snapshot a release and validate it."""
    found = repair.repaired(
        warehouse.settings,
        lambda: assign(warehouse.settings, on_progress=warehouse.progress("releases")),
        context.log.warning,
        before=raw.load,
    )
    by_release = Counter(found.releases.values())
    yield dg.MaterializeResult(
        keys.SNAPSHOT_RELEASES,
        metadata={
            "dagster/row_count": len(found.releases),
            "releases": table(("release", "snapshots"), sorted(by_release.items())),
            "quarantined": len(found.quarantined),
            "table": "releases.snapshot_releases",
        },
    )
    yield checks.releases_result(found.quarantined)
