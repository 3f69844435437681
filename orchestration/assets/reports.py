"""The report of one country of origin: a page, a text and a workbook."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import keys
from orchestration.descriptions import place, written
from orchestration.resources import Warehouse
from warehouse.exports import beside

if TYPE_CHECKING:
    from warehouse.exports.report import Written


def reports() -> Sequence[dg.AssetsDefinition]:
    """The steps that write the report, each file on its own."""
    return [
        _report(
            keys.REPORT_PAGE,
            "report.html",
            "A page that works offline: headline figures, charts, claims checked, revisions, "
            "stale figures, destinations, definitions, source.",
            "html",
        ),
        _report(
            keys.REPORT_TEXT,
            "report.md",
            "The same as Markdown that reads as plain text, for a newsroom's editor.",
            "markdown",
        ),
        _report(
            keys.WORKBOOK,
            "asylum.xlsx",
            "The marts of one country of origin, one sheet each, with a readme sheet.",
            "excel",
        ),
    ]


def _report(key: dg.AssetKey, name: str, description: str, kind: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=key,
        deps=[keys.PUBLISHED_FILE],
        group_name=keys.EXPORTS,
        description=description,
        kinds={kind},
        op_tags=keys.COLLECTED_LAST if name == beside.REPORT else None,
        pool=keys.WRITERS,
    )
    def report_file(warehouse: Warehouse) -> dg.MaterializeResult:
        settings = warehouse.settings
        warehouse.on_progress("exports", name, 1, 3)
        made: Written = beside.made(settings, name)
        return dg.MaterializeResult(
            metadata={
                "origin": made.origin.code,
                "preview": dg.MetadataValue.md(made.preview),
                "path": place(settings, made.path),
                **written(settings, [made.path]),
            }
        )

    return report_file
