"""Reference, staging, intermediate, marts: dbt's seeds and models as assets, tests as checks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import dagster as dg

from orchestration import checks, keys
from orchestration.dagster_dbt import (
    UNIQUE_ID,
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    dbt_assets,
)
from orchestration.descriptions import COLUMN_SCHEMA, check_text, columns
from orchestration.resources import Warehouse
from warehouse.build import dbt, repair
from warehouse.exports import beside


class Translator(DagsterDbtTranslator):
    """Keys and groups by schema, so that rooms, schemas and groups have the same names."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """[schema, table]: for a source the key of the raw asset that makes it."""
        if dbt_resource_props["resource_type"] == "source":
            return keys.modelled(dbt_resource_props["schema"], dbt_resource_props["identifier"])
        return keys.modelled(dbt_resource_props["schema"], dbt_resource_props["alias"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The schema."""
        return str(dbt_resource_props["schema"])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What the project says of it, without the SQL, which the file shows better."""
        return str(dbt_resource_props.get("description") or f"`{dbt_resource_props['name']}`")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> None:
        """Nobody is named."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> Any:
        """The kind says how it is kept, too."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        kept = node.get("config", {}).get("materialized")
        return spec.replace_attributes(
            kinds={"dbt", "duckdb", *([kept] if kept else [])},
            metadata={**spec.metadata, COLUMN_SCHEMA: columns(node, {})},
        )

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetCheckSpec | None:
        """With what it says, and what follows when it fails.

        Not blocking: the step itself fails when a test of severity error does, and a blocking
        check is warned about in every run that ends before it.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        test = self.get_resource_props(manifest, unique_id)
        return spec and spec._replace(blocking=False, description=check_text(test))


def models(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The step that builds and tests the dbt project, or the part of it that was asked for."""

    @dbt_assets(
        manifest=manifest,
        name="models",
        dagster_dbt_translator=Translator(),
        pool=keys.WRITERS,
    )
    def models(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[Any]:
        event_of = _events(context, manifest)
        building = repair.build(
            warehouse.settings,
            warehouse.progress("models"),
            context.log.warning,
            select=_selection(context, manifest),
        )
        with closing(building):
            try:
                while True:
                    node = next(building)
                    # What fails in a damaged database may be well in the one that replaces it.
                    if not node.failed and (event := event_of(node)):
                        yield event
            except StopIteration as ended:
                result: dbt.BuildResult = ended.value
        yield from filter(None, map(event_of, [*result.models, *result.tests]))
        if result.failed:
            raise dg.Failure(result.failure_text(), allow_retries=False)
        beside.begin(warehouse.settings)

    return models


def _selection(context: dg.AssetExecutionContext, manifest: Mapping[str, Any]) -> list[str]:
    """What to ask of dbt; empty for everything. Tests follow the models they belong to."""
    if not context.is_subset:
        return []
    specs = context.assets_def.specs_by_key
    chosen = [specs[key].metadata[UNIQUE_ID] for key in context.selected_asset_keys]
    if not chosen:
        check_specs = context.assets_def.check_specs_by_output_name.values()
        chosen = [
            (spec.metadata or {})[UNIQUE_ID]
            for spec in check_specs
            if spec.key in context.selected_asset_check_keys
        ]
    return [".".join(manifest["nodes"][unique_id]["fqn"]) for unique_id in sorted(chosen)]


def _events(
    context: dg.AssetExecutionContext, manifest: Mapping[str, Any]
) -> Callable[[dbt.NodeResult], dg.MaterializeResult | dg.AssetCheckEvaluation | None]:
    """A function that makes of a node the event for Dagster: that it was built, or what a test
    came to. None for one that nobody asked for, that was told of before, or that was skipped.

    What a test came to is given as it is recorded: of a result Dagster would make an output of the
    step besides, for each of hundreds of tests, and record that too.
    """
    step = context.op_execution_context.get_step_execution_context()
    assets = {s.metadata[UNIQUE_ID]: key for key, s in context.assets_def.specs_by_key.items()}
    tests = {(s.metadata or {})[UNIQUE_ID]: s.key for s in context.assets_def.check_specs}
    to_tell: set[Any] = {*context.selected_asset_keys, *context.selected_asset_check_keys}

    def event_of(node: dbt.NodeResult) -> dg.MaterializeResult | dg.AssetCheckEvaluation | None:
        key = assets.get(node.unique_id)
        if key in to_tell:
            to_tell.remove(key)
            return dg.MaterializeResult(key, metadata=_metadata(node, manifest))
        check = tests.get(node.unique_id)
        if check is not None and check in to_tell and node.status != "skipped":
            to_tell.remove(check)
            return checks.dbt_result(check, node).to_asset_check_evaluation(step)
        return None

    return event_of


def _metadata(node: dbt.NodeResult, manifest: Mapping[str, Any]) -> dict[str, Any]:
    stated = manifest["nodes"][node.unique_id]["columns"].values()
    return {
        # Where a contract states the types, the definition shows them.
        **(
            {COLUMN_SCHEMA: columns(manifest["nodes"][node.unique_id], dict(node.types))}
            if not all(column.get("data_type") for column in stated)
            else {}
        ),
        **({"dagster/row_count": node.rows} if node.rows is not None else {}),
        "table": f"{node.schema}.{node.relation}",
        "seconds": round(node.seconds, 3),
    }
