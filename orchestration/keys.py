"""Asset keys and groups: the rooms of the warehouse, from the API's endpoints to exported files.

Names of jobs and of their tags, too.
"""

from __future__ import annotations

from dagster import AssetKey

from warehouse.sources.unhcr_api.endpoints import Endpoint

# Groups, in the order of the data's way. dbt's schemas have these names too.
SOURCES = "sources"
LANDING = "landing"
RAW = "raw"
RELEASES = "releases"
PUBLISHED = "published"
EXPORTS = "exports"

# Jobs that make the published file and the exports.
REFRESH = "refresh"
REBUILD = "rebuild"
BACKFILL = "backfill"

# Tags of a run: its source, its release, the datasets that it was to land and could not. The last
# one tells those of the command line, which Dagster's daemon does not look after.
TAG_SOURCE = "asylum/source"
TAG_RELEASE = "asylum/release"
TAG_NOT_LANDED = "asylum/not_landed"
TAG_COMMAND = "asylum/launched_by"

# All that writes to the data folder goes through this pool, one step at a time.
WRITERS = "warehouse_writers"
# Tags of a step whose work a process of its own does meanwhile, and of one that it waits for.
COLLECTED_LAST = {"dagster/priority": "-1"}
DONE_FIRST = {"dagster/priority": "1"}

# When a source outside was asked last, whether or not it had anything new.
LAST_LOOK = AssetKey([LANDING, "last_look"])
# A partition is a release that UNHCR's archive has.
ARCHIVE = AssetKey([LANDING, "archive"])
UNHCR_ARCHIVE = AssetKey([SOURCES, "unhcr_archive"])
STARTER_EXTRACT = AssetKey([SOURCES, "starter_extract"])
PUBLISHED_FILE = AssetKey([PUBLISHED, "asylum_duckdb"])
POSTGRESQL = AssetKey([PUBLISHED, "postgresql"])
# Which release each loaded snapshot is.
SNAPSHOT_RELEASES = AssetKey([RELEASES, "snapshot_releases"])
DATA_PACKAGE = AssetKey([EXPORTS, "datapackage"])
CHARTS = AssetKey([EXPORTS, "charts"])
DATA_DICTIONARY = AssetKey([EXPORTS, "data_dictionary"])
DBT_DOCS = AssetKey([EXPORTS, "dbt_docs"])
REPORT_PAGE = AssetKey([EXPORTS, "report_page"])
REPORT_TEXT = AssetKey([EXPORTS, "report_text"])
WORKBOOK = AssetKey([EXPORTS, "workbook"])
SITE = AssetKey([EXPORTS, "site"])

# What the manifests say of all snapshots together.
RAW_DESCRIPTIONS = {
    "snapshots": "One row per snapshot in the landing folder, from its manifest.",
    "snapshot_coverage": "Coverage of each query of each snapshot: years, origin, asylum.",
}


_SOURCE_OF = {"api": "unhcr_api", "workbook": "unhcr_flows", "world_bank": "world_bank"}


def api_endpoint(endpoint: Endpoint) -> AssetKey:
    """An endpoint of UNHCR's API, the flow workbook, or the World Bank's population."""
    return AssetKey([_SOURCE_OF[endpoint.published_in], endpoint.table])


def landed(endpoint: Endpoint) -> AssetKey:
    """The snapshots of one endpoint."""
    return AssetKey([LANDING, endpoint.table])


def raw_table(name: str) -> AssetKey:
    """A table of schema `raw`."""
    return AssetKey([RAW, name])


def modelled(schema: str, name: str) -> AssetKey:
    """A model or seed of dbt, by the schema it is built in."""
    return AssetKey([schema, name])


def exported(table: str) -> AssetKey:
    """The files of one exported table."""
    return AssetKey([EXPORTS, table])
