"""Published: the read-only file that people query."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration import checks, keys
from orchestration.descriptions import place
from orchestration.freshness import BY_THE_CALENDAR
from orchestration.keys import TAG_RELEASE
from orchestration.resources import Warehouse
from warehouse.build import dbt, fingerprint, repair
from warehouse.build.dbt import PublishedTable, as_of_functions, described_like, published_functions
from warehouse.exports import beside
from warehouse.published.sound import note_sound
from warehouse.published.write import Published, publish
from warehouse.settings import Settings

_NOT_TESTED = (
    "The build database has not passed all data tests in its current state, so nothing was "
    "published. Build all models in one run: `asylum run`, or the job `refresh`."
)


def published(tables: Sequence[PublishedTable], manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The step that publishes `tables` and dbt's functions, once all data tests have passed."""
    functions = published_functions(manifest)

    def _publish(settings: Settings) -> tuple[fingerprint.TestedBuild, Published]:
        build = fingerprint.read_tested(settings)
        if build is None:
            raise dg.Failure(_NOT_TESTED, allow_retries=False)
        return build, publish(
            settings,
            lineage=build.lineage.model_dump(),
            keys={table.name: table.key for table in tables if table.key},
            only=[table.name for table in tables],
            functions=functions,
            as_of=as_of_functions(manifest),
            described_like=described_like(manifest),
        )

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                keys.PUBLISHED_FILE,
                deps=[
                    *(keys.modelled(table.schema, table.name) for table in tables),
                    *(keys.modelled("marts", name) for name in functions),
                ],
                group_name=keys.PUBLISHED,
                description="`asylum.duckdb`: marts, dimensions, facts and reference as tables "
                "with comments, read-only, in the format of DuckDB 1.5. Readers see the old file "
                "until the new one is complete.",
                kinds={"duckdb"},
                freshness_policy=BY_THE_CALENDAR,
            )
        ],
        check_specs=checks.published_specs(),
        pool=keys.WRITERS,
    )
    def published(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[Any]:
        started, settings = time.perf_counter(), warehouse.settings
        warehouse.on_progress("published", "publish", 0, 1)
        build, file = repair.repaired(
            settings, lambda: _publish(settings), context.log.warning, before=_rebuild
        )
        note_sound(settings)
        context.instance.add_run_tags(context.run_id, {TAG_RELEASE: file.release})
        yield dg.MaterializeResult(
            keys.PUBLISHED_FILE,
            metadata={
                "dagster/row_count": sum(file.rows.values()),
                "tables": len(file.rows),
                "release": file.release,
                "snapshots": len(build.lineage.snapshots),
                "bytes": file.bytes,
                "path": place(settings, file.path),
                "seconds": round(time.perf_counter() - started, 2),
            },
        )
        check = checks.published_result(settings, build.rows)
        yield check
        yield checks.release_is_due(settings)
        if not check.passed:
            raise dg.Failure(
                f"{file.path} differs from the build: {_differences(check)}. "
                f"Nothing is exported from it; run again.",
                allow_retries=False,
            )
        beside.ask(settings, beside.CHARTS, beside.REPORT)
        warehouse.on_progress("published", "publish", 1, 1)

    return published


def _rebuild(settings: Settings) -> None:
    repair.load_and_assign(settings)
    result = dbt.build(settings)
    if result.failed:
        raise dg.Failure(result.failure_text(), allow_retries=False)


def _differences(check: dg.AssetCheckResult) -> str:
    return ", ".join(
        f"{table} {found.value}" for table, found in check.metadata.items() if table != "tables"
    )
