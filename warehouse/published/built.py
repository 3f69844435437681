"""The tables of the build that are published, with their columns and keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.build.lineage import SCHEMAS
from warehouse.core.database import identifier, literal
from warehouse.published.read import Column

# Of this schema only what is asked for.
ON_REQUEST = "intermediate"
# What the build's own tool leaves behind when it is killed between two renames.
_LEFT_BY_DBT = "__dbt_"


class PublishError(Exception):
    """The build cannot be published as it is; the published file stands as it was."""


@dataclass(frozen=True)
class BuiltTable:
    """A table of the build, with the columns of its key and the number of its rows."""

    schema: str
    name: str
    comment: str | None
    columns: list[Column]
    key: list[str]
    rows: int

    @property
    def in_build(self) -> str:
        """Its name in SQL, in the build."""
        return f"build.{identifier(self.schema)}.{identifier(self.name)}"

    @property
    def published(self) -> str:
        """Its name in SQL, in the published file."""
        return f"published.main.{identifier(self.name)}"

    @property
    def order(self) -> list[str]:
        """The key first; the other columns make the order one even where no key is known."""
        return [*self.key, *(c.name for c in self.columns if c.name not in self.key)]


def built_tables(
    con: duckdb.DuckDBPyConnection,
    build: Path,
    keys: Mapping[str, Sequence[str]],
    only: Collection[str] | None,
    reserved: Collection[str],
) -> list[BuiltTable]:
    """The tables to publish, by name; refuses what cannot be published.

    `reserved` are names that the published file needs for tables of its own.
    """
    schemas = ", ".join(literal(schema) for schema in SCHEMAS)
    requested = f"[{', '.join(literal(name) for name in only or ())}]::varchar[]"
    views = con.execute(
        f"select schema_name || '.' || view_name from duckdb_views() "
        f"where database_name = 'build' and schema_name in ({schemas}) order by all"
    ).fetchall()
    if views:
        raise PublishError(
            f"{build}: {', '.join(name for (name,) in views)} is a view. Only tables are "
            f"published, since a view names the file it was made in: materialise it as a table."
        )
    found = con.execute(
        f"select schema_name, table_name, comment from duckdb_tables() "
        f"where database_name = 'build' "
        f"and (schema_name in ({schemas}) or schema_name = {literal(ON_REQUEST)} "
        f"and list_contains({requested}, table_name)) "
        f"and not contains(table_name, {literal(_LEFT_BY_DBT)}) order by table_name, schema_name"
    ).fetchall()
    if only is not None:
        missing = sorted(set(only) - {name for _, name, _ in found})
        if missing:
            raise PublishError(
                f"{build}: {', '.join(missing)} is not in schema {' or '.join(SCHEMAS)}. "
                f"Build everything before publishing."
            )
        found = [row for row in found if row[1] in only]
    if not found:
        raise PublishError(
            f"{build}: no tables in schema {' or '.join(SCHEMAS)}. Build before publishing."
        )
    taken: dict[str, str] = dict.fromkeys(reserved, "this file")
    for schema, name, _ in found:
        if name.lower() in taken:
            raise PublishError(
                f"{build}: {schema}.{name} has the name of a table of {taken[name.lower()]}. "
                f"Published tables share one schema: rename one of the two."
            )
        taken[name.lower()] = f"schema {schema}"
    # One look through the catalogue: it takes as long for one table as for all.
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, name, *column in con.execute(
        "select schema_name, table_name, column_name, data_type, is_nullable, comment "
        "from duckdb_columns() where database_name = 'build' order by column_index"
    ).fetchall():
        columns.setdefault((schema, name), []).append(Column(*column))
    constraints = {
        (schema, name): key
        for schema, name, key in con.execute(
            "select schema_name, table_name, constraint_column_names from duckdb_constraints() "
            "where database_name = 'build' and constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    }
    return [
        _table(
            con,
            build,
            BuiltTable(
                schema,
                name,
                comment,
                columns[schema, name],
                list(keys.get(name, constraints.get((schema, name), ()))),
                rows=0,
            ),
        )
        for schema, name, comment in found
    ]


def _table(con: duckdb.DuckDBPyConnection, build: Path, table: BuiltTable) -> BuiltTable:
    """The table with its number of rows; refuses a key of other columns than its own."""
    unknown = sorted(set(table.key) - {column.name for column in table.columns})
    if unknown:
        raise PublishError(
            f"{build}: the key of {table.schema}.{table.name} names {', '.join(unknown)}, which is "
            f"not among its columns. Correct the key where the model is described."
        )
    [(rows,)] = con.execute(f"select count(*) from {table.in_build}").fetchall()
    return dataclasses.replace(table, rows=rows)


def described_alike(
    tables: Sequence[BuiltTable], described_like: Mapping[str, str]
) -> list[BuiltTable]:
    """The tables, with comments of the columns that have none from tables of which they are kin."""
    comments = {table.name: {c.name: c.comment for c in table.columns} for table in tables}

    def text(table: str, column: str) -> str | None:
        found = comments[table].get(column)
        while found is None and table in described_like:
            table = described_like[table]
            found = comments[table].get(column)
            if found is None:
                found = comments[table].get(column.removeprefix("last_"))
        return found

    return [
        dataclasses.replace(
            table,
            columns=[c._replace(comment=text(table.name, c.name)) for c in table.columns],
        )
        for table in tables
    ]
