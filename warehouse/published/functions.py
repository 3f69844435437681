"""Table functions of the published file, such as the rows as of a day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.core.database import identifier, literal
from warehouse.published.built import BuiltTable, PublishError

# Ends the name of the column that says from when on another was not NULL, within a row of a
# history.
KNOWN_FROM = "_known_from"


@dataclass(frozen=True)
class TableFunction:
    """A function that answers with a table; `query` names tables as the published file does.

    `history` is the table it filters by a day, where it does no more than that.
    """

    name: str
    parameters: list[str]
    query: str
    comment: str | None
    history: str | None = None


def as_of_query(columns: Sequence[str], table: str, day: str) -> str:
    """The query for the rows of a history that stood on a day, in SQL that DuckDB and PostgreSQL
    read alike.

    `columns` are all those of the table, `table` its name, quoted, and `day` an expression for a
    date. A column that has a `…_known_from` beside it was NULL before that day.
    """
    shown = [
        f"case when coalesce({identifier(name + KNOWN_FROM)} <= {day}, true) "
        f"then {identifier(name)} end as {identifier(name)}"
        if name + KNOWN_FROM in columns
        else identifier(name)
        for name in columns
    ]
    return (
        f"select {', '.join(shown)} from {table} "
        f"where valid_from <= {day} and (valid_to > {day} or valid_to is null)"
    )


def as_of_functions(
    build: Path, tables: Sequence[BuiltTable], as_of: Mapping[str, str]
) -> list[TableFunction]:
    """The functions of these names, each of which filters a table by a day."""
    by_name = {table.name: table for table in tables}
    missing = sorted(set(as_of.values()) - by_name.keys())
    if missing:
        raise PublishError(
            f"{build}: {', '.join(missing)} is not among the tables, and {len(missing)} functions "
            f"as of a day are to be made of them. Build everything before publishing."
        )
    return [
        TableFunction(
            name,
            ["as_of_day"],
            as_of_query(
                [column.name for column in by_name[table].columns],
                identifier(table),
                "cast(as_of_day as date)",
            ),
            f"{name}(day): the rows of {table} that stood on that day; the same columns, units "
            f"and meaning of NULL. release_id is the release that brought the row, "
            f"last_release_id the newest that still has it.",
            history=table,
        )
        for name, table in sorted(as_of.items())
    ]


def built_functions(
    con: duckdb.DuckDBPyConnection, build: Path, names: Collection[str]
) -> list[TableFunction]:
    """The table functions of these names, each after those it calls."""
    left = {
        name: TableFunction(name, parameters, query, comment)
        for name, parameters, query, comment in con.execute(
            "select function_name, parameters, macro_definition, comment from duckdb_functions() "
            "where database_name = 'build' and schema_name = 'marts' "
            "and function_type = 'table_macro' order by function_name"
        ).fetchall()
        if name in names
    }
    missing = sorted(set(names) - left.keys())
    if missing:
        raise PublishError(
            f"{build}: the function {', '.join(missing)} is not in schema marts. "
            f"Build everything before publishing."
        )
    ordered: list[TableFunction] = []
    while left:
        ready = [
            one
            for one in left.values()
            if not any(re.search(rf"\b{re.escape(other)}\(", one.query) for other in left)
        ]
        if not ready:
            raise PublishError(
                f"{build}: the functions {', '.join(sorted(left))} call each other in a circle."
            )
        ordered += ready
        for one in ready:
            del left[one.name]
    return ordered


def create(con: duckdb.DuckDBPyConnection, functions: Sequence[TableFunction]) -> None:
    """Create the functions. They name tables alone, without a catalogue: a reader may open the file
    under any name. So the file must be the one in use while they are made.
    """
    con.execute("use published")
    con.execute("begin")
    for function in functions:
        name = identifier(function.name)
        parameters = ", ".join(identifier(parameter) for parameter in function.parameters)
        with must_answer(function):
            con.execute(f"create macro {name}({parameters}) as table ({function.query})")
        if function.comment is not None:
            con.execute(f"comment on macro table {name} is {literal(function.comment)}")
    con.execute("commit")
    con.execute("use memory")


@contextmanager
def must_answer(function: TableFunction) -> Iterator[None]:
    """Let an error of DuckDB say which function does not answer."""
    try:
        yield
    except duckdb.Error as error:
        raise PublishError(
            f"The function {function.name} does not answer from the published tables alone: "
            f"{error}. What it reads and calls must be published too."
        ) from error
