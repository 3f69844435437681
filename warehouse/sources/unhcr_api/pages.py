"""How DuckDB reads the pages of a slice: one statement, for the loader and for whoever lands.

All its names are of our own declarations (unhcr/endpoints.py); what a source sent is data in it.
Columns that we do not know come as one JSON object a row, under the names they were sent with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.core.database import identifier, identifiers, literal, literals, lock
from warehouse.core.manifest import Manifest, Slice
from warehouse.sources.unhcr_api.endpoints import Endpoint

ROW_NUMBER = "_row_number"
ADDED = "_added"
# DuckDB holds two buffers of this size for each thread, so it is no larger than it must be.
SMALLEST_BUFFER = 16 * 1024 * 1024
_MEMORY = "160MB"


class UnreadablePagesError(Exception):
    """Pages that DuckDB cannot read, or that hold other rows than their manifest says."""


def rows_of(endpoint: Endpoint, part: Slice) -> str:
    """The query for the rows of a slice; its parameters are those of `pages_of`.

    Its columns: `_row_number` (position in the slice, from 1), each column of the endpoint as
    text, and `_added` (JSON; NULL where the slice has no column that we do not know).
    """
    if part.added_columns:
        return _with_added(endpoint)
    row_type = ", ".join(f"{identifier(name)} varchar" for name in endpoint.columns)
    return f"""
        select
            (page - 1) * $page_size + position as {ROW_NUMBER},
            {identifiers(endpoint.columns, of="item")},
            null::json as {ADDED}
        from ({_items(endpoint, f"struct({row_type})")})
    """


def pages_of(part: Slice, folder: Path) -> dict[str, object]:
    """The parameters of `rows_of`: the files of a slice that has pages, in `folder`."""
    return {
        "files": [str(folder / page.file) for page in part.pages],
        "page_size": part.page_size,
        "buffer": max(SMALLEST_BUFFER, *(page.bytes + 1 for page in part.pages)),
    }


def _with_added(endpoint: Endpoint) -> str:
    """The same for pages with columns that we do not know; DuckDB takes twice as long over it."""
    known = literals((*endpoint.columns, *endpoint.extras))
    structure = literal(json.dumps(dict.fromkeys(endpoint.columns, "VARCHAR")))
    return f"""
        select {ROW_NUMBER}, {identifiers(endpoint.columns, of="known")}, {ADDED}
        from (
            select
                (page - 1) * $page_size + position as {ROW_NUMBER},
                json_transform(item, {structure}) as known,
                to_json(map_from_entries(list_filter(
                    map_entries(cast(item as map(varchar, json))),
                    lambda sent: sent.key not in ({known})
                ))) as {ADDED}
            from ({_items(endpoint, "json")})
        )
    """


def _items(endpoint: Endpoint, kind: str) -> str:
    if endpoint.published_in == "world_bank":
        row = "JSON" if kind == "json" else dict.fromkeys(endpoint.columns, "VARCHAR")
        return f"""
            select page, unnest(items) as item, generate_subscripts(items, 1) as position
            from (
                select
                    cast(json ->> '$[0].page' as bigint) as page,
                    json_transform(json -> '$[1]', {literal(json.dumps([row]))}) as items
                from read_json_objects(
                    $files, format = 'unstructured', maximum_object_size = $buffer
                )
            )
        """
    return f"""
        select page, unnest(items) as item, generate_subscripts(items, 1) as position
        from read_json(
            $files,
            columns = {{'page': 'bigint', 'items': {literal(f"{kind}[]")}}},
            format = 'unstructured',
            maximum_object_size = $buffer
        )
    """


@contextmanager
def reading(folder: Path, temp_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in little memory that reads pages below `folder`; what does not fit spills to
    `temp_dir`. To open one takes as long as to read a small snapshot.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": _MEMORY,
        "temp_directory": str(temp_dir),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(":memory:", config=config) as con:
        lock(con, [folder])
        yield con


def check_readable(
    con: duckdb.DuckDBPyConnection, endpoint: Endpoint, folder: Path, manifest: Manifest
) -> None:
    """Read all pages of a snapshot as the loader will, each value of each row, and keep nothing.

    `con` is one of `reading`. Raises UnreadablePagesError naming the slice.
    """
    for part in manifest.slices:
        where = f"{manifest.endpoint} {part.slice}"
        try:
            rows = _count(con, endpoint, part, folder)
        except duckdb.Error as error:
            raise UnreadablePagesError(f"{where}: DuckDB cannot read it: {error}") from error
        if rows != part.rows:
            raise UnreadablePagesError(
                f"{where}: DuckDB reads {rows:,} rows where {part.rows:,} were counted"
            )


def _count(con: duckdb.DuckDBPyConnection, endpoint: Endpoint, part: Slice, folder: Path) -> int:
    if not part.pages:
        return 0
    columns = identifiers((ROW_NUMBER, *endpoint.columns, ADDED))
    # The hash makes DuckDB take each value out of the page.
    [(rows, _)] = con.execute(
        f"select count(*), bit_xor(hash({columns})) from ({rows_of(endpoint, part)})",
        pages_of(part, folder),
    ).fetchall()
    return int(rows)
