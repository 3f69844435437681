"""The tables about the tables: what a reader of the published file must know, inside the file.

`about` holds a fact a row, `about_snapshots` what the file was made from, `about_tables` the rows
and the key of each table, `about_functions` how each function is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from warehouse.build.lineage import Lineage
from warehouse.core import attribution
from warehouse.core.database import identifier, literal
from warehouse.published.built import BuiltTable
from warehouse.published.functions import TableFunction
from warehouse.settings import PROJECT_NAME, project_version

# The columns that tell the rows of each apart.
ABOUT_KEYS = {
    "about": ("item",),
    "about_snapshots": ("endpoint", "snapshot_id"),
    "about_tables": ("table_name",),
    "about_functions": ("function_name",),
}


def describe(
    con: duckdb.DuckDBPyConnection,
    lineage: Lineage,
    built_at: datetime,
    tables: Sequence[BuiltTable],
    functions: Sequence[TableFunction],
) -> None:
    """Write the tables about the tables into the attached file `published`."""
    times = [used.retrieved_at for used in lineage.snapshots if used.retrieved_at]
    newest = max(times).astimezone(UTC) if times else None
    held_back = [
        ("held_back", "\n".join(lineage.held_back), "show this first; one line per dataset")
    ]
    facts = [
        *(held_back if lineage.held_back else ()),
        ("release", lineage.release, "the newest release of the source in here"),
        ("source", attribution.SOURCE_TITLE, "provider of the figures"),
        ("source_address", attribution.SOURCE_URL, "where the source publishes them"),
        ("source_sentence", attribution.source_sentence(lineage.release), "put it under a table"),
        (
            "how_to_cite",
            attribution.citation(lineage.release, newest.date().isoformat() if newest else None),
            "for a bibliography",
        ),
        ("licence", attribution.LICENCE_NAME, attribution.LICENCE_TITLE),
        ("licence_address", attribution.LICENCE_URL, "the licence's text"),
        ("terms_address", attribution.TERMS_URL, "the source's terms of use for its datasets"),
        ("other_providers", attribution.OTHER_PROVIDERS, "name them where you show their series"),
        ("endorsement", attribution.NO_ENDORSEMENT, "do not claim another"),
        ("retrieved_at", _utc(newest), "when the newest snapshot was taken, UTC"),
        ("built_at", _utc(built_at), "when this file was made, UTC"),
        ("snapshots", str(len(lineage.snapshots)), "see table about_snapshots"),
        ("tables", str(len(tables)), "see table about_tables"),
        ("functions", str(len(functions)), "see table about_functions"),
        ("project", PROJECT_NAME, "what made this file"),
        ("project_version", project_version(), "its version"),
        (
            "build_fingerprint",
            lineage.build_fingerprint,
            "equal fingerprints: built from the same data and code",
        ),
    ]
    _small_table(
        con,
        "about",
        "Facts about these figures that users must know. A row is a fact.",
        {
            "item": ("varchar not null", "name of the fact"),
            "value": ("varchar", "the fact, as text; times are ISO 8601 in UTC"),
            "explanation": ("varchar not null", "what it means or what to do with it"),
        },
        facts,
    )
    _small_table(
        con,
        "about_snapshots",
        "The snapshots that the tables were built from. A row is a snapshot.",
        {
            "endpoint": ("varchar not null", "dataset, as in the address of the source's API"),
            "snapshot_id": ("varchar not null", "name of the snapshot's folder in landing"),
            "release_id": ("varchar", "its release; NULL if not known"),
            "source": ("varchar", "api, archive or starter"),
            "retrieved_at": ("timestamp with time zone", "when it was taken"),
            "row_count": ("bigint", "rows of the source's responses, all queries together"),
        },
        sorted(
            (
                (s.endpoint, s.snapshot_id, s.release_id, s.source, _utc(s.retrieved_at), s.rows)
                for s in lineage.snapshots
            ),
            key=lambda row: row[:2],
        ),
    )
    _small_table(
        con,
        "about_tables",
        "The tables of this file. A row is a table.",
        {
            "table_name": ("varchar not null", "name of the table"),
            "room": ("varchar not null", "marts, or reference for facts kept by hand"),
            "row_count": ("bigint not null", "number of rows"),
            "key_columns": ("varchar[]", "columns that tell the rows apart; NULL if not stated"),
            "description": ("varchar", "grain, unit and meaning of NULL"),
        },
        [(t.name, t.schema, t.rows, t.key or None, t.comment) for t in tables],
    )
    _small_table(
        con,
        "about_functions",
        "The functions of this file that answer with a table: one a row. "
        "Ask them with select * from NAME(PARAMETERS).",
        {
            "function_name": ("varchar not null", "name of the function"),
            "parameters": ("varchar[] not null", "its parameters, in order"),
            "history_table": (
                "varchar",
                "the table that it filters; NULL if it does more than filter",
            ),
            "description": ("varchar", "what a row of its result is"),
        },
        sorted((f.name, f.parameters, f.history, f.comment) for f in functions),
    )


def _small_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    comment: str,
    columns: Mapping[str, tuple[str, str]],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    table = f"published.main.{identifier(name)}"
    definition = ", ".join(f"{identifier(c)} {kind}" for c, (kind, _) in columns.items())
    con.execute(f"create table {table} ({definition})")
    if rows:
        con.executemany(
            f"insert into {table} values ({', '.join('?' for _ in columns)})",
            [list(row) for row in rows],
        )
    con.execute(f"comment on table {table} is {literal(comment)}")
    for column, (_, meaning) in columns.items():
        con.execute(f"comment on column {table}.{identifier(column)} is {literal(meaning)}")


def _utc(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
