"""The dashboard as code, made ready for one source.

`assets/` is in the format in which Superset exports: databases, datasets, charts and dashboards, a
file each, tied together by their UUIDs. It names no machine. What depends on one is filled in here:
the address of the source, its schema, the columns of each dataset with the comments they carry,
the colours of verdicts.

The published file and PostgreSQL can stand in the same Superset: the UUIDs in the repository are
those of the published file, and those of PostgreSQL are derived from them, always the same way.
"""

from __future__ import annotations

import json
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import yaml
from psycopg.conninfo import conninfo_to_dict

from warehouse.published.read import open_published, read_columns
from warehouse.reference.claim_lists import verdicts
from warehouse.settings import Settings

ASSETS = Path(__file__).resolve().parent / "assets"
URI_PLACEHOLDER = "__SQLALCHEMY_URI__"
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_TIME_TYPES = ("DATE", "TIMESTAMP")
_SERIES = "echarts_timeseries_"
# What the two databases call the same thing, in the one word that Superset knows of both.
_TYPES = {
    "text": "VARCHAR",
    "double": "DOUBLE PRECISION",
    "timestamp without time zone": "TIMESTAMP",
}


# What Superset takes for "a password, not shown".
_MASK = "X" * 10
_PASSWORD = re.compile(r"(?<=//)([^/@:]*:)[^/@]*@")


class BundleError(Exception):
    """The dashboard cannot be made for this source; the message says why and what to do."""


@dataclass(frozen=True)
class Column:
    """A column of a table as it is published."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True)
class Source:
    """Where Superset asks. `columns` are those of every table there."""

    name: str
    label: str
    uri: str = field(repr=False)
    schema: str
    columns: Mapping[str, Sequence[Column]] = field(repr=False)
    connect_args: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = ""


def published_file(settings: Settings) -> Source:
    """The published file, opened read-only by DuckDB in Superset's own process.

    Whoever may write SQL in Superset would otherwise read any file that its process can: no
    external access, and no setting it back.
    """
    with open_published(settings) as con:
        listed = [
            (table, column.name, column.type, column.comment)
            for table, columns in read_columns(con).items()
            for column in columns
        ]
    if "?" in str(settings.published_db):
        raise BundleError(
            f"{settings.published_db} has a question mark in it, where the address of a database "
            "ends. Choose another ASYLUM_DATA_DIR."
        )
    return Source(
        name="duckdb",
        label="published file",
        uri=f"duckdb:///{settings.published_db}",
        schema="main",
        columns=_by_table(listed),
        connect_args={
            "read_only": True,
            "config": {
                "memory_limit": settings.memory_limit,
                "threads": settings.threads,
                "autoinstall_known_extensions": False,
                "enable_external_access": False,
                "lock_configuration": True,
            },
        },
    )


def postgresql(settings: Settings) -> Source:
    """The schema that `asylum publish` makes in PostgreSQL, asked by a user who can read alone."""
    if settings.superset_postgres_url is None:
        raise BundleError(
            "ASYLUM_SUPERSET_POSTGRES_URL is not set: the address of PostgreSQL, with a user who "
            "is a member of the reading role and no more (docs/postgresql.md says how to make one)."
        )
    address = settings.superset_postgres_url.get_secret_value()
    schema = settings.postgres_schema
    try:
        with psycopg.connect(address, connect_timeout=10) as con:
            may_write = con.execute(
                "select usesuper or has_database_privilege(current_database(), 'create') "
                "from pg_user where usename = current_user"
            ).fetchone()
            listed = con.execute(
                "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), "
                "col_description(c.oid, a.attnum) from pg_class c "
                "join pg_namespace n on n.oid = c.relnamespace "
                "join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
                "where n.nspname = %s and c.relkind = 'r' "
                "and has_table_privilege(c.oid, 'select') order by c.relname, a.attnum",
                (schema,),
            ).fetchall()
    except psycopg.OperationalError as error:
        # Not `from error`, and not its text: it may repeat the address.
        raise BundleError(
            f"PostgreSQL at ASYLUM_SUPERSET_POSTGRES_URL does not answer ({type(error).__name__}). "
            "`psql` with the same address says more."
        ) from None
    if may_write is None or may_write[0]:
        raise BundleError(
            "The user of ASYLUM_SUPERSET_POSTGRES_URL may make schemas: that is a publisher or an "
            "administrator. Give Superset a user that is a member of the reading role and no more."
        )
    if not listed:
        raise BundleError(
            f"There is no table in schema {schema} that the user of ASYLUM_SUPERSET_POSTGRES_URL "
            "may read. Publish with `asylum publish`, and make the user a member of "
            f"{settings.postgres_reader}."
        )
    host = conninfo_to_dict(address).get("host", "")
    if str(host).startswith("/"):
        raise BundleError("Superset needs a host in ASYLUM_SUPERSET_POSTGRES_URL, not a socket.")
    return Source(
        name="postgresql",
        label="PostgreSQL",
        uri="postgresql+psycopg2://" + address.partition("://")[2],
        schema=schema,
        columns=_by_table(listed),
        suffix=" (PostgreSQL)",
    )


def _by_table(listed: Sequence[Sequence[Any]]) -> dict[str, list[Column]]:
    tables: dict[str, list[Column]] = {}
    for table, name, type_, comment in listed:
        known = _TYPES.get(str(type_).lower(), str(type_).upper())
        tables.setdefault(table, []).append(Column(name, known, comment))
    return tables


def read_assets() -> dict[str, Any]:
    """Everything in `assets/`, by its path there."""
    return {
        path.relative_to(ASSETS).as_posix(): yaml.safe_load(path.read_text("utf-8"))
        for path in sorted(ASSETS.rglob("*.yaml"))
    }


def dataset_columns(dataset: Mapping[str, Any], source: Source) -> list[Column]:
    """The columns of a dataset: those of its table, or those its query selects from it.

    What a query gives a name of its own is described in the dataset.
    """
    if dataset["sql"] is None:
        if dataset["table_name"] not in source.columns:
            raise BundleError(
                f"The dashboard needs the table {dataset['table_name']}, and the {source.label} "
                "has none. Publish anew with this version: `asylum run`, `asylum publish`."
            )
        return list(source.columns[dataset["table_name"]])
    behind = {
        table: columns
        for table, columns in source.columns.items()
        if re.search(rf"\b{re.escape(table)}\b", dataset["sql"])
    }
    known = {column.name: column for columns in behind.values() for column in columns}
    for own in dataset.get("columns", ()):
        known[own["column_name"]] = Column(own["column_name"], own["type"], own["description"])
    with duckdb.connect() as con:
        # Empty tables of the same shape: what a query selects is asked, not guessed.
        for table, columns in behind.items():
            shape = ", ".join(f'"{column.name}" {column.type}' for column in columns)
            con.execute(f'create table "{table}" ({shape})')
        names = [
            row[0]
            for row in con.execute(
                "select column_name from (describe " + dataset["sql"] + ")"
            ).fetchall()
        ]
    return [known[name] for name in names]


def contents(source: Source) -> dict[str, str]:
    """What is handed to Superset's import: a text for each file of the bundle."""
    assets = read_assets()
    for path, asset in assets.items():
        folder = path.partition("/")[0]
        if folder == "databases":
            asset["sqlalchemy_uri"] = source.uri
            asset["database_name"] += source.suffix
            asset["extra"]["engine_params"] = {"connect_args": dict(source.connect_args)}
        elif folder == "datasets":
            asset["schema"] = source.schema
            asset["columns"] = [_column(column) for column in dataset_columns(asset, source)]
        elif folder == "charts":
            # Superset writes it when a chart is saved in the browser; its data API needs it before.
            asset["query_context"] = json.dumps(query_context(asset["params"]))
        elif folder == "dashboards":
            asset["dashboard_title"] += source.suffix
            asset["position"]["HEADER_ID"]["meta"]["text"] += source.suffix
            asset["slug"] += f"-{source.name}" if source.suffix else ""
            asset["metadata"]["label_colors"] = {
                name: verdict.colour for name, verdict in verdicts().items()
            }
    dumped = {
        path: yaml.safe_dump(asset, sort_keys=False, allow_unicode=True)
        for path, asset in assets.items()
    }
    if not source.suffix:
        return dumped
    return {
        path: _UUID.sub(lambda found: str(derived(found.group(), source.name)), text)
        for path, text in dumped.items()
    }


def derived(original: str, source_name: str) -> uuid.UUID:
    """The UUID that stands for `original` in the bundle of another source."""
    return uuid.uuid5(uuid.UUID(original), source_name)


def _column(column: Column) -> dict[str, Any]:
    words = column.name.replace("_", " ")
    return {
        "column_name": column.name,
        "verbose_name": words[0].upper() + words[1:],
        "description": column.comment,
        "type": column.type,
        "is_dttm": column.type.startswith(_TIME_TYPES),
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def query_context(params: Mapping[str, Any]) -> dict[str, Any]:
    """The query of a chart, as its saved settings say it.

    For the kinds of chart that the dashboard has. Another one is an error, not a guess.
    """
    query: dict[str, Any] = {
        "filters": [
            {"col": one["subject"], "op": one["operator"]}
            | ({} if one["comparator"] is None else {"val": one["comparator"]})
            for one in params["adhoc_filters"]
        ],
        "extras": {"having": "", "where": ""},
        "row_limit": params["row_limit"],
    }
    kind = params["viz_type"]
    if kind == "table" and params["query_mode"] == "raw":
        query |= {
            "columns": params["all_columns"],
            "orderby": [json.loads(order) for order in params["order_by_cols"]],
        }
    elif kind.startswith(_SERIES):
        query |= {
            "columns": [params["x_axis"], *params["groupby"]],
            "metrics": params["metrics"],
            "orderby": [[params["metrics"][0], False]],
            "series_columns": params["groupby"],
        }
        if "limit" in params:
            query |= {
                "series_limit": params["limit"],
                "series_limit_metric": params["timeseries_limit_metric"],
            }
    else:
        raise BundleError(f"There is no query yet for charts of the kind {kind!r}: write one here.")
    return {
        "datasource": {"id": 0, "type": "table"},  # Filled in by the import.
        "force": False,
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
    }


def write_zip(source: Source, target: Path) -> None:
    """The bundle as a file, for a Superset that somebody else runs: Dashboards, Import.

    Without the password: where there is one, that page asks for it.
    """
    masked = replace(source, uri=_PASSWORD.sub(rf"\g<1>{_MASK}@", source.uri))
    texts = contents(masked)
    metadata = yaml.safe_load(texts["metadata.yaml"]) | {"type": "Dashboard"}
    texts["metadata.yaml"] = yaml.safe_dump(metadata, sort_keys=False)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path, text in texts.items():
            bundle.writestr(f"asylum/{path}", text)
