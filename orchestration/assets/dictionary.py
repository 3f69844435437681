"""Documentation of the published tables: data dictionary, Table Schemas and dbt's page.

dbt's documentation is of the project, not of the figures, and takes seconds: it is made when asked
for (`make docs`, or by materializing its asset) and is no part of a refresh.
"""

import dagster as dg

from orchestration import keys
from orchestration.descriptions import place, written
from orchestration.resources import Warehouse
from warehouse.exports import dbt_docs, dictionary


def dictionaries() -> list[dg.AssetsDefinition]:
    """The steps that describe the published tables."""

    @dg.asset(
        key=keys.DATA_DICTIONARY,
        deps=[keys.PUBLISHED_FILE],
        group_name=keys.EXPORTS,
        description="`data_dictionary.csv`, a row for each column of each published table, and "
        "`schemas/`, a Table Schema (Frictionless) for each table.",
        kinds={"csv", "json"},
        pool=keys.WRITERS,
    )
    def data_dictionary(warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        path, *schemas = dictionary.export_dictionary(settings)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": dictionary.described_columns(path),
                "tables": len(schemas),
                "path": place(settings, path),
                **written(settings, [path, *schemas]),
            }
        )

    @dg.asset(
        key=keys.DBT_DOCS,
        deps=[keys.PUBLISHED_FILE],
        group_name=keys.EXPORTS,
        description="`dbt_docs.html`: every model, column, test and metric of the dbt project, and "
        "their lineage, as one page. Written on demand, not by a refresh.",
        kinds={"html", "dbt"},
        pool=keys.WRITERS,
    )
    def dbt_docs_page(warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        path = dbt_docs.export_dbt_docs(settings)
        return dg.MaterializeResult(
            metadata={
                "path": place(settings, path),
                **written(settings, [path]),
            }
        )

    return [data_dictionary, dbt_docs_page]
