"""The site: all countries and releases as static files for any web server."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import keys
from orchestration.descriptions import place, written
from orchestration.resources import Warehouse
from warehouse.build.dbt import PublishedTable
from warehouse.exports import beside

if TYPE_CHECKING:
    from warehouse.exports.site import Site


def site(exported: Sequence[PublishedTable]) -> dg.AssetsDefinition:
    """The step that writes `exports/site/`, after the tables it offers."""

    @dg.asset(
        key=keys.SITE,
        deps=[*(keys.exported(table.name) for table in exported), keys.PUBLISHED_FILE],
        group_name=keys.EXPORTS,
        description="`exports/site/`: a page for each country of origin and of asylum, pairs, "
        "documents checked, releases, data and method, as published in any release. Static files "
        "for any web server; without scripts they show the newest release.",
        kinds={"html", "json"},
        op_tags=keys.COLLECTED_LAST,
        pool=keys.WRITERS,
    )
    def site_files(warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        warehouse.on_progress("exports", "site", 1, 3)
        made: Site = beside.made(settings, beside.SITE)
        return dg.MaterializeResult(
            metadata={
                "release": made.release,
                "pages": made.page_count,
                "site_files": made.file_count,
                "site_bytes": made.bytes,
                "path": place(settings, made.path),
                # The first page stands for all: there are hundreds.
                **written(settings, [made.path / "index.html"]),
            }
        )

    return site_files
