"""Descriptions of tables and checks for the UI, beyond those dbt passes to Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration import keys
from warehouse.build import sentences
from warehouse.settings import Settings

COLUMN_SCHEMA = "dagster/column_schema"
# The metadata that lists what a step wrote, by its path in the data folder.
FILES = "files"
METRICS_DOC = "docs/metrics.md"

_BLOCKS = "Blocks: if it fails, nothing is published and the published file is unchanged."
_WARNS = "Warns: a failure is shown and stops nothing."


def check_text(test: Mapping[str, Any]) -> str:
    """What a data test of dbt says, and what follows when it fails; `test` is its manifest node.

    Its own description; of a singular test the comment above its SQL; of a generic one a sentence
    made of its arguments.
    """
    said = sentences.said(test)
    severity = str(test["config"].get("severity", "error")).lower()
    return f"{said} {_WARNS if severity == 'warn' else _BLOCKS}"


def columns(node: Mapping[str, Any], types: Mapping[str, str]) -> dg.TableSchema:
    """The columns of a model or seed as the project describes them.

    `types` by column, as the database has them, fill what the project leaves open.
    """
    stated = {**types, **(node["config"].get("column_types") or {})}
    return dg.TableSchema(
        [
            dg.TableColumn(
                name,
                type=str(column.get("data_type") or stated.get(name) or "?"),
                description=column.get("description") or None,
            )
            for name, column in node["columns"].items()
        ]
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> dg.TableMetadataValue:
    """Rows of metadata, as a table."""
    return dg.MetadataValue.table(
        records=[dg.TableRecord(dict(zip(columns, row, strict=True))) for row in rows],
        schema=dg.TableSchema([dg.TableColumn(name) for name in columns]),
    )


def place(settings: Settings, path: Path) -> dg.MetadataValue:
    """Where a file or folder lies in the data folder."""
    return dg.MetadataValue.path(str(path.relative_to(settings.data_dir)))


def written(settings: Settings, paths: Sequence[Path]) -> dict[str, dg.MetadataValue]:
    """What a step that writes files says of them: which, and how large they are together."""
    names = [str(path.relative_to(settings.data_dir)) for path in paths]
    return {
        FILES: dg.MetadataValue.json(names),
        "bytes": dg.MetadataValue.int(sum(path.stat().st_size for path in paths)),
    }


def files_described(
    assets: Iterable[dg.AssetsDefinition], manifest: Mapping[str, Any]
) -> Sequence[dg.AssetsDefinition]:
    """Exported tables with the description and the columns of the table they are made from."""
    nodes = {
        node["alias"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed", "snapshot"}
    }

    def described(spec: dg.AssetSpec) -> dg.AssetSpec:
        room, *_, name = spec.key.path
        node = nodes.get(name) if room == keys.EXPORTS else None
        if node is None:
            return spec
        return spec.replace_attributes(
            description=f"{spec.description}\n\n{node['description']}",
            metadata={
                **spec.metadata,
                COLUMN_SCHEMA: columns(node, {}),
                "documentation": dg.MetadataValue.path(METRICS_DOC),
            },
        )

    return list(dg.map_asset_specs(described, assets))
