"""Exports: files for people who do not open a database, made from the published file."""

import base64
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import keys
from orchestration.assets.reports import reports
from orchestration.assets.site import site
from orchestration.descriptions import place, written
from orchestration.resources import Warehouse
from warehouse.build.dbt import PublishedTable
from warehouse.exports import beside, datapackage, tables
from warehouse.exports.readback import published_rows
from warehouse.exports.tables import is_exported
from warehouse.published.read import open_published, read_about

if TYPE_CHECKING:
    from warehouse.exports.charts import ChartsWritten


def exports(published: Sequence[PublishedTable]) -> list[dg.AssetsDefinition]:
    """The steps that write the tables as files, draw them, and describe them."""
    exported = [table for table in published if is_exported(table.name)]

    @dg.multi_asset(
        name="exports__tables",
        specs=[_spec(table) for table in exported],
        op_tags=keys.DONE_FIRST,
        pool=keys.WRITERS,
    )
    def exported_tables(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        settings = warehouse.settings
        warehouse.on_progress("exports", "tables", 0, 3)
        tables.forget_fingerprint(settings)
        by_table: dict[str, list[Path]] = defaultdict(list)
        for path in tables.export_tables(settings):
            by_table[path.stem].append(path)
        beside.ask(settings, beside.SITE)  # it offers what is now exported
        rows = published_rows(settings)
        for table in exported:
            files = by_table[table.name]
            yield dg.MaterializeResult(
                keys.exported(table.name),
                metadata={
                    "dagster/row_count": rows[table.name],
                    **{path.suffix[1:]: place(settings, path) for path in files},
                    **written(settings, files),
                },
            )

    @dg.asset(
        key=keys.CHARTS,
        deps=[keys.PUBLISHED_FILE],
        group_name=keys.EXPORTS,
        description="Figures of a country of origin as pictures, PNG and SVG: each year, each "
        "release, flows and rates, destinations, ranks, and stocks carried forward.",
        kinds={"png", "svg"},
        op_tags=keys.COLLECTED_LAST,
        pool=keys.WRITERS,
    )
    def chart_files(warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        warehouse.on_progress("exports", "charts", 1, 3)
        drawn: ChartsWritten = beside.made(settings, beside.CHARTS)
        metadata: dict[str, dg.MetadataValue] = {
            # `yearly_png` and `yearly_svg`: of one origin, it need not say which.
            path.name.partition("_")[2].replace(".", "_"): place(settings, path)
            for path in drawn.paths
        }
        metadata |= written(settings, drawn.paths)
        for name, picture in drawn.pictures.items():
            # Small, since it is kept with the event: about 60 kB each.
            encoded = base64.b64encode(picture).decode()
            metadata[f"{name}_preview"] = dg.MetadataValue.md(
                f"![{name}](data:image/png;base64,{encoded})"
            )
        return dg.MaterializeResult(metadata=metadata)

    # Last of all: when it is done the exports count as complete.
    @dg.asset(
        key=keys.DATA_PACKAGE,
        deps=[
            *(keys.exported(table.name) for table in exported),
            keys.CHARTS,
            keys.DATA_DICTIONARY,
            keys.REPORT_PAGE,
            keys.REPORT_TEXT,
            keys.WORKBOOK,
            keys.SITE,
            keys.PUBLISHED_FILE,
        ],
        group_name=keys.EXPORTS,
        description="`datapackage.json`: schema, units, source, licence and release of the "
        "exported tables, as a Frictionless Data Package.",
        kinds={"json"},
        pool=keys.WRITERS,
    )
    def data_package(warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        warehouse.on_progress("exports", "data package", 2, 3)
        path = datapackage.export_datapackage(settings)
        with open_published(settings) as con:
            about = read_about(con)
        # From here on the exports count as complete.
        tables.keep_fingerprint(settings, about["build_fingerprint"])
        warehouse.on_progress("exports", "data package", 3, 3)
        return dg.MaterializeResult(
            metadata={
                "release": about["release"],
                "path": place(settings, path),
                **written(settings, [path]),
            }
        )

    return [exported_tables, chart_files, *reports(), site(exported), data_package]


def _spec(table: PublishedTable) -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.exported(table.name),
        deps=[keys.modelled(table.schema, table.name), keys.PUBLISHED_FILE],
        group_name=keys.EXPORTS,
        description=f"`{table.name}` as CSV and Parquet, with the rows of the published file.",
        kinds={"csv", "parquet"},
    )
