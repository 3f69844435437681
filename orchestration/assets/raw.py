"""Raw: one asset a table of schema `raw`, all loaded in one step."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration import checks, keys
from orchestration.assets.archive import note_landed_releases
from orchestration.descriptions import COLUMN_SCHEMA
from orchestration.resources import Warehouse
from warehouse.build import raw as loader
from warehouse.build import repair
from warehouse.landing.restore import restore
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS


def _specs() -> list[dg.AssetSpec]:
    endpoints = ENDPOINTS.values()
    tables = [
        dg.AssetSpec(
            keys.raw_table(endpoint.table),
            deps=[keys.landed(endpoint), keys.ARCHIVE],
            group_name=keys.RAW,
            description=f"Responses of `{endpoint.name}/` as a table of the build database: all "
            "columns as text, uninterpreted, with every snapshot.",
            kinds={"python", "duckdb"},
            metadata={
                COLUMN_SCHEMA: dg.TableSchema(
                    [
                        dg.TableColumn(name, type=kind)
                        for name, kind in loader.columns(endpoint).items()
                    ]
                )
            },
        )
        for endpoint in endpoints
    ]
    descriptions = [
        dg.AssetSpec(
            keys.raw_table(name),
            deps=[*(keys.landed(endpoint) for endpoint in endpoints), keys.ARCHIVE],
            group_name=keys.RAW,
            description=description,
            kinds={"python", "duckdb"},
        )
        for name, description in keys.RAW_DESCRIPTIONS.items()
    ]
    return [*tables, *descriptions]


@dg.multi_asset(specs=_specs(), check_specs=checks.raw_specs(), pool=keys.WRITERS)
def raw(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[Any]:
    """Bring schema `raw` in line with the landing folder."""
    started, began = time.perf_counter(), datetime.now(UTC)
    result = repair.repaired(
        warehouse.settings,
        lambda: loader.load(warehouse.settings, on_progress=warehouse.progress("raw")),
        context.log.warning,
    )
    damaged = [one for one in result.set_aside if one.note.set_aside_at >= began]
    attempts = restore(warehouse.settings, damaged)
    for attempt in attempts:
        context.log.warning(attempt.sentence)
    if any(attempt.restored_as for attempt in attempts):
        result = loader.load(warehouse.settings, on_progress=warehouse.progress("raw"))
    seconds = round(time.perf_counter() - started, 2)
    loaded = {ENDPOINTS[endpoint].table: snapshot for endpoint, snapshot in result.loaded}
    for endpoint in ENDPOINTS.values():
        table = endpoint.table
        yield dg.MaterializeResult(
            keys.raw_table(table),
            metadata={
                "dagster/row_count": result.rows.get(table, 0),
                "snapshot": loaded.get(table, "none new"),
                "table": f"raw.{table}",
                "seconds_for_all_tables": seconds,
            },
        )
    for name in keys.RAW_DESCRIPTIONS:
        yield dg.MaterializeResult(keys.raw_table(name), metadata={"table": f"raw.{name}"})
    note_landed_releases(context, warehouse.settings)
    yield from checks.raw_results(result.set_aside)
