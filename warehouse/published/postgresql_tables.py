"""What the published tables look like in PostgreSQL: types, keys, references, comments.

Read from the published file alone, and nothing is sent anywhere from here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
from psycopg import sql

from warehouse.core.database import identifier
from warehouse.published.about import ABOUT_KEYS
from warehouse.published.functions import as_of_query
from warehouse.published.read import Column, read_columns

# What is left out of the tables about the tables: functions that are DuckDB's own.
_SHOWN = {"about": "item <> 'functions'", "about_functions": "history_table is not null"}
LONGEST_NAME = 63

_TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(39)",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20)",
    "UHUGEINT": "numeric(39)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UUID": "uuid",
    "JSON": "jsonb",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")

# By a column's name, the table that holds what it names. `special_origins` is a list kept by hand:
# it holds codes that a narrow extract has no country for. The lists of codes are kept by hand too:
# UNHCR may send one that they lack.
_REFERENCES = (
    (re.compile(r"(.+_)?unhcr_code"), "dim_country", "unhcr_code"),
    (re.compile(r"(.+_)?release_id"), "dim_release", "release_id"),
    (re.compile(r"era_id"), "dim_era", "era_id"),
    (re.compile(r"app_type"), "application_types", "app_type"),
    (re.compile(r"dec_level"), "decision_levels", "dec_level"),
    (re.compile(r"procedure_type"), "procedure_types", "procedure_type"),
    (re.compile(r"pop_type"), "population_types", "pop_type"),
)
_NO_REFERENCE = {("special_origins", "unhcr_code")}
_CODE_LISTS = {"application_types", "decision_levels", "procedure_types", "population_types"}


class UnfitTableError(Exception):
    """A published table that PostgreSQL cannot hold as it is; the message says which and why."""


@dataclass(frozen=True)
class PostgresColumn:
    """A column: its type in DuckDB and in PostgreSQL."""

    name: str
    duckdb_type: str
    type: str
    nullable: bool
    comment: str | None

    @property
    def is_nested(self) -> bool:
        """Whether its values are lists."""
        return self.duckdb_type.endswith("[]")

    @property
    def selected(self) -> str:
        """The expression that reads it as PostgreSQL's COPY understands it."""
        name = identifier(self.name)
        if self.type == "jsonb":
            return f"to_json({name})::varchar"
        # PostgreSQL writes lists otherwise: they are handed over as lists.
        return f"{name}::varchar[]" if self.is_nested else f"{name}::varchar"


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key of one column; one that is not valid is there for tools that read which tables
    belong together, and PostgreSQL does not check it.
    """

    column: str
    to_table: str
    to_column: str
    is_valid: bool = True


@dataclass(frozen=True)
class PostgresFunction:
    """A function of one day: the rows of a history that stood on it."""

    name: str
    history: str
    columns: tuple[str, ...]
    comment: str | None

    def create(self, schema: str) -> list[sql.Composed]:
        """The statements that make and describe it. Its body is bound to the table itself and not
        to a name, so it follows the table when the schema is renamed.
        """
        table = sql.Identifier(schema, self.history)
        name = sql.Identifier(schema, self.name)
        # The table's name stands in the query as {}: no other braces are in it.
        query = as_of_query(self.columns, "{}", "as_of_day")
        return [
            sql.SQL(
                "create function {}(as_of_day date) returns setof {} language sql stable "
                "parallel safe begin atomic {}; end"
            ).format(name, table, sql.SQL(query).format(table)),
            sql.SQL("comment on function {}(date) is {}").format(name, sql.Literal(self.comment)),
        ]


@dataclass(frozen=True)
class PostgresTable:
    """A published table; `key_has_nulls` says that NULL is a value in its key."""

    name: str
    comment: str | None
    columns: tuple[PostgresColumn, ...]
    key: tuple[str, ...]
    key_has_nulls: bool
    references: tuple[ForeignKey, ...]
    rows: int

    @property
    def selected(self) -> str:
        """The query that reads its rows from the published file, in the file's own order."""
        columns = ", ".join(column.selected for column in self.columns)
        shown = _SHOWN.get(self.name, "true")
        return f"select {columns} from {identifier(self.name)} where {shown}"

    def create(self, schema: str) -> sql.Composed:
        """The statement that makes it, empty and without keys."""
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}{}").format(
                sql.Identifier(column.name),
                sql.SQL(column.type),
                sql.SQL("" if column.nullable else " not null"),
            )
            for column in self.columns
        )
        return sql.SQL("create table {} ({})").format(sql.Identifier(schema, self.name), columns)

    def copy(self, schema: str) -> sql.Composed:
        """The statement that takes its rows. Frozen: a transaction that began before the swap and
        looks after it finds them, where it would else find the table empty.
        """
        return sql.SQL("copy {} ({}) from stdin (freeze)").format(
            sql.Identifier(schema, self.name),
            sql.SQL(", ").join(sql.Identifier(column.name) for column in self.columns),
        )

    def add_key(self, schema: str) -> list[sql.Composed]:
        """The statement that adds its key. A primary key has no room for NULL: where NULL is one
        of the values that tell rows apart, the key is unique with NULL as a value.
        """
        if not self.key:
            return []
        kind = "unique nulls not distinct" if self.key_has_nulls else "primary key"
        return [
            sql.SQL("alter table {} add {} ({})").format(
                sql.Identifier(schema, self.name),
                sql.SQL(kind),
                sql.SQL(", ").join(map(sql.Identifier, self.key)),
            )
        ]

    def add_references(self, schema: str) -> list[sql.Composed]:
        """The statements that add its foreign keys; they need the keys of the other tables."""
        return [
            sql.SQL("alter table {} add foreign key ({}) references {} ({}){}").format(
                sql.Identifier(schema, self.name),
                sql.Identifier(reference.column),
                sql.Identifier(schema, reference.to_table),
                sql.Identifier(reference.to_column),
                sql.SQL("" if reference.is_valid else " not valid"),
            )
            for reference in self.references
        ]

    def add_comments(self, schema: str) -> list[sql.Composed]:
        """The statements that describe it."""
        name = sql.Identifier(schema, self.name)
        found = [sql.SQL("comment on table {} is {}").format(name, sql.Literal(self.comment))]
        return found + [
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier(schema, self.name, column.name), sql.Literal(column.comment)
            )
            for column in self.columns
        ]


def read_tables(con: duckdb.DuckDBPyConnection) -> list[PostgresTable]:
    """The tables of an opened published file, by name.

    Raises UnfitTableError for a type or a name that PostgreSQL has no room for.
    """
    keys: dict[str, tuple[str, ...]] = dict(ABOUT_KEYS)
    for name, key in con.execute("select table_name, key_columns from about_tables").fetchall():
        keys[name] = tuple(key or ())
    found = con.execute(
        "select table_name, comment from duckdb_tables() "
        "where database_name = current_database() and schema_name = 'main' order by table_name"
    ).fetchall()
    published = {name: keys.get(name, ()) for name, _ in found}
    columns = read_columns(con)
    return [_table(con, name, comment, columns[name], published) for name, comment in found]


def read_functions(con: duckdb.DuckDBPyConnection) -> list[PostgresFunction]:
    """The functions as of a day of an opened published file, by name."""
    found = con.execute(
        "select function_name, history_table, description from about_functions "
        "where history_table is not null order by function_name"
    ).fetchall()
    columns = read_columns(con)
    return [
        PostgresFunction(name, table, tuple(column.name for column in columns[table]), text)
        for name, table, text in found
    ]


def fingerprint(tables: Iterable[PostgresTable], *facts: str) -> str:
    """A checksum of all that decides how the tables look, and of `facts`."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(repr(table).encode())
    for fact in facts:
        digest.update(b"\0" + fact.encode())
    return digest.hexdigest()


def refuse_nul(con: duckdb.DuckDBPyConnection, table: PostgresTable) -> None:
    """Raise UnfitTableError where a text holds the character NUL, which PostgreSQL's cannot."""
    texts = [
        (
            column.name,
            f"array_to_string({identifier(column.name)}, '')"
            if column.is_nested
            else identifier(column.name),
        )
        for column in table.columns
        if column.type in {"text", "text[]"}
    ]
    if not texts:
        return
    counts = ", ".join(f"count(*) filter (contains({text}::varchar, chr(0)))" for _, text in texts)
    [found] = con.execute(f"select {counts} from {identifier(table.name)}").fetchall()
    spoilt = [
        f"{name} ({count:,} rows)" for (name, _), count in zip(texts, found, strict=True) if count
    ]
    if spoilt:
        raise UnfitTableError(
            f"{table.name}: the character NUL is in {', '.join(spoilt)}, and PostgreSQL's text "
            f"cannot hold it. Remove it where the column is made (a model of staging) and run "
            f"again."
        )


def postgres_type(duckdb_type: str) -> str | None:
    """PostgreSQL's name for a type of DuckDB; None where it has none that holds all its values."""
    if duckdb_type in _TYPES:
        return _TYPES[duckdb_type]
    if duckdb_type.startswith("ENUM("):
        return "text"
    if decimal := _DECIMAL.fullmatch(duckdb_type):
        return f"numeric({decimal[1]},{decimal[2]})"
    if duckdb_type.endswith("[]"):
        inner = postgres_type(duckdb_type[:-2])
        # A list of lists may be ragged, an array of arrays may not.
        is_flat = inner is not None and not inner.endswith("[]") and inner != "jsonb"
        return f"{inner}[]" if is_flat else None if inner is None else "jsonb"
    if duckdb_type.startswith(("STRUCT(", "MAP(")):
        return "jsonb"
    return None


def _table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    comment: str | None,
    found: Sequence[Column],
    published: Mapping[str, tuple[str, ...]],
) -> PostgresTable:
    columns = tuple(_column(name, one) for one in found)
    key = published[name]
    for used in (name, *(column.name for column in columns)):
        if len(used.encode()) > LONGEST_NAME:
            raise UnfitTableError(
                f"{name}: the name {used} is longer than the {LONGEST_NAME} bytes that PostgreSQL "
                f"keeps of a name. Give it a shorter one."
            )
    any_null = " or ".join(f"{identifier(column)} is null" for column in key) or "false"
    [(rows, nulls)] = con.execute(
        f"select count(*), count(*) filter ({any_null}) from {identifier(name)} "
        f"where {_SHOWN.get(name, 'true')}"
    ).fetchall()
    return PostgresTable(
        name=name,
        comment=comment,
        columns=columns,
        key=key,
        key_has_nulls=bool(nulls),
        references=tuple(_references(con, name, columns, published)),
        rows=rows,
    )


def _column(table: str, column: Column) -> PostgresColumn:
    found = postgres_type(column.type)
    if found is None:
        raise UnfitTableError(
            f"{table}.{column.name} is {column.type}, for which there is no type in PostgreSQL. "
            f"Cast the column in its model, or name the type in {__name__}."
        )
    return PostgresColumn(column.name, column.type, found, column.nullable, column.comment)


def _references(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[PostgresColumn],
    published: Mapping[str, tuple[str, ...]],
) -> Iterable[ForeignKey]:
    """Only to a table whose rows that one column tells apart."""
    for column in columns:
        for pattern, to_table, to_column in _REFERENCES:
            if (
                pattern.fullmatch(column.name)
                and published.get(to_table) == (to_column,)
                and to_table != table
                and (table, column.name) not in _NO_REFERENCE
            ):
                is_valid = to_table not in _CODE_LISTS or _is_listed(
                    con, table, column.name, to_table, to_column
                )
                yield ForeignKey(column.name, to_table, to_column, is_valid)


def _is_listed(
    con: duckdb.DuckDBPyConnection, table: str, column: str, to_table: str, to_column: str
) -> bool:
    """Whether each value of a column is in a list."""
    name = identifier(column)
    [(lacking,)] = con.execute(
        f"select count(*) from {identifier(table)} where {name} is not null "
        f"and {name} not in (select {identifier(to_column)} from {identifier(to_table)})"
    ).fetchall()
    return not lacking
