"""What the UI says of tables and checks beyond what dbt itself hands to Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration import keys

COLUMN_SCHEMA = "dagster/column_schema"
METRICS_DOC = "docs/metrics.md"

_BLOCKS = "Blocks: while it fails, nothing is published and the file of before stands."
_WARNS = "Warns: it is shown, and stops nothing."

# Of generic tests that the project does not describe one by one.
_SENTENCES = {
    "expect_no_nulls": "Known in every row: {columns}.",
    "expect_unique_grain": "No two rows share {columns}.",
    "expect_true": "Holds in every row where it can be decided: `{statement}`.",
    "expect_between": "Where known, {columns} lie between {minimum} and {maximum}.",
    "expect_known_countries": "`dim_country` has every code of {columns}.",
    "expect_known_values": "`{to}` has every value of `{column}`.",
    "expect_year_in_span": "No year before the dataset `{endpoint}` begins, none after the fetch.",
    "expect_intervals_apart": "Intervals of one key (`{key}`) do not overlap.",
    "expect_as_many_rows": "As many rows as `{to}`: nothing lost, nothing doubled.",
    "expect_slices_agree": "What kind of row it is agrees with the query it came from.",
    "expect_parts_add_up": "Parts add up to `{total}`: {parts}.",
    "expect_shares_add_up": "{columns} add up to 1 for each {group_by}.",
    "accepted_values": "`{column_name}` is one of {values}.",
    "not_null": "`{column_name}` is known in every row.",
    "unique": "No value of `{column_name}` occurs twice.",
    "relationships": "Every `{column_name}` is a `{field}` of `{to}`.",
}


def check_text(test: Mapping[str, Any]) -> str:
    """What a data test of dbt says, and what follows when it fails; `test` is its manifest node.

    Its own description; of a singular test the comment above its SQL; of a generic one a sentence
    made of its arguments.
    """
    said = test.get("description") or _comment(test) or _sentence(test)
    severity = str(test["config"].get("severity", "error")).lower()
    return f"{said} {_WARNS if severity == 'warn' else _BLOCKS}"


def _comment(test: Mapping[str, Any]) -> str:
    if test.get("test_metadata"):
        return ""
    lines = []
    for line in test["raw_code"].splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def _sentence(test: Mapping[str, Any]) -> str:
    about = test.get("test_metadata") or {"name": test["name"], "kwargs": {}}
    given = {
        name: _words(value)
        for name, value in about["kwargs"].items()
        if name not in {"model", "where"}
    }
    where = about["kwargs"].get("where")
    pattern = _SENTENCES.get(about["name"])
    if pattern:
        text = pattern.format_map(_Open(given))
    else:
        listed = "; ".join(f"{name}: {value}" for name, value in given.items())
        text = f"`{about['name']}`" + (f" of {listed}." if listed else ".")
    return f"{text} Where `{where}`." if where else text


class _Open(dict[str, str]):
    """A bound that was left out is open."""

    def __missing__(self, _name: str) -> str:
        return "…"


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(f"`{one}`" for one in value)
    text = " ".join(str(value).split())
    return text.removeprefix("ref('").removesuffix("')") if text.startswith("ref('") else text


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
