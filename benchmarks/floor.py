"""The floor: the same work as plain DuckDB scripts, in a process of its own.

    python benchmarks/floor.py load  LANDING DATABASE
    python benchmarks/floor.py build LANDING DATABASE PLAN

`load` reads every landed page into tables, one `read_json` a slice. `build` goes on from there: it
runs the statements of PLAN (a JSON list of [kind, name, SQL], as dbt compiled them) one after the
other, copies the result into a second file, and writes it as CSV and Parquet. No orchestrator, no
dbt, no checks beyond the statements. Memory and threads are what ASYLUM_MEMORY_LIMIT and
ASYLUM_THREADS say. Prints the seconds it took, as JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

import duckdb


def text(value):
    return "'" + str(value).replace("'", "''") + "'"


def load(con, landing):
    con.execute("create schema if not exists raw")
    made = set()
    for path in sorted(landing.glob("*/*/manifest.json")):
        manifest = json.loads(path.read_text())
        if manifest["endpoint"] == "inhabitants":
            continue  # the World Bank's pages have another shape
        table = manifest["endpoint"].replace("-", "_")
        for part in manifest["slices"]:
            if not part["columns"]:
                continue
            names = [f'"{name}"' for name in part["columns"]]
            kind = "struct(" + ", ".join(f"{name} varchar" for name in names) + ")[]"
            files = ", ".join(text(path.parent / page["file"]) for page in part["pages"])
            select = (
                f"select {text(manifest['snapshot_id'])} as _snapshot_id, "
                f"{text(part['slice'])} as _slice, "
                f"(page - 1) * {part['page_size']} + position as _row_number, "
                + ", ".join(f"item.{name}" for name in names)
                + " from (select page, unnest(items) as item, "
                f"generate_subscripts(items, 1) as position from read_json([{files}], "
                f"columns = {{'page': 'bigint', 'items': {text(kind)}}}, format = 'unstructured'))"
            )
            if table in made:
                for name in names:
                    con.execute(f"alter table raw.{table} add column if not exists {name} varchar")
                con.execute(f"insert into raw.{table} by name {select}")
            else:
                con.execute(f"create table raw.{table} as {select}")
                made.add(table)


def build(con, database, plan):
    for kind, name, sql in plan:
        if kind == "test":
            con.execute(f"select count(*) from ({sql})").fetchall()
        elif kind == "hook":
            con.execute(sql)
        else:
            con.execute(f"create schema if not exists {name.split('.')[0]}")
            body = f"table ({sql})" if kind == "macro" else sql
            con.execute(f"create or replace {kind} {name} as {body}")
    published = database.with_name("published.duckdb")
    published.unlink(missing_ok=True)
    con.execute(f"attach {text(published)} as published")
    exports = database.with_name("floor_exports")
    exports.mkdir(exist_ok=True)
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = current_database() and (schema_name in ('marts', 'reference') "
        "or schema_name = 'intermediate' and not starts_with(table_name, 'int_'))"
    ).fetchall()
    for schema, table in tables:
        con.execute(f"create table published.{table} as from {schema}.{table}")
        if table.startswith(("dim_", "mart_")):
            for ending, options in (("csv", "format csv, header"), ("parquet", "format parquet")):
                con.execute(
                    f"copy {schema}.{table} to {text(exports / f'{table}.{ending}')} ({options})"
                )
    con.execute("detach published")


def main():
    what, landing, database = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    started = time.perf_counter()
    with duckdb.connect(
        str(database),
        config={
            "memory_limit": os.environ["ASYLUM_MEMORY_LIMIT"],
            "threads": os.environ["ASYLUM_THREADS"],
            "temp_directory": str(database.parent / "floor_tmp"),
            # As the build has it: with every step the floor would be slower.
            "disabled_optimizers": "projection_pullup",
        },
    ) as con:
        if what == "load":
            load(con, landing)
        else:
            build(con, database, json.loads(Path(sys.argv[4]).read_text()))
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
