"""What BI tools do with PostgreSQL, as a reader: the commands of docs/bi.md, and a look around."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.postgres_server import PostgresServer
from warehouse.exports import tables
from warehouse.published import postgresql as pg
from warehouse.published.read import open_published
from warehouse.settings import PROJECT_ROOT, Settings

PAGE = (PROJECT_ROOT / "docs" / "bi.md").read_text("utf-8")
COMMANDS = re.findall(r"(?m)^psql .*$", PAGE)
TOOL = "bi_tool"


@pytest.fixture(scope="module")
def place(postgres: PostgresServer, published_starter: Settings) -> dict[str, str]:
    """Where a tool connects to, with a user of its own."""
    database = postgres.database()
    pg.publish(published_starter, database)
    postgres.user(TOOL, role_of="asylum_reader")
    parts = urlsplit(database.get_secret_value())
    return {
        "host": str(parts.hostname),
        "port": str(parts.port),
        "dbname": parts.path.lstrip("/"),
        "user": TOOL,
        "password": postgres.password,
    }


@pytest.fixture(scope="module")
def tool(place: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**place, autocommit=True) as con:  # type: ignore[arg-type]
        yield con


@pytest.mark.skipif(
    shutil.which("psql") is None, reason="no psql here: .ci/install-tools installs it"
)
def test_commands_of_the_page_run(place: dict[str, str], published_starter: Settings) -> None:
    assert len(COMMANDS) == 2
    answers = []
    for command in COMMANDS:
        words = shlex.split(command)
        for name, of_the_page in {
            "host": "db.example.org",
            "port": "5432",
            "dbname": "statistics",
            "user": "dashboard",
        }.items():
            assert f"{name}={of_the_page}" in words[1]
            words[1] = words[1].replace(f"{name}={of_the_page}", f"{name}={place[name]}")
        done = subprocess.run(
            [*words, "--no-psqlrc", "--csv", "--tuples-only"],
            env={**os.environ, "PGPASSWORD": place["password"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers.append(done.stdout.splitlines())
    with open_published(published_starter) as con:
        assert answers[0] == [
            row[0]
            for row in con.execute("select value from about where item = 'release'").fetchall()
        ]
        years = con.execute(
            "select reference_year, asylum_seekers_stock from mart_origin_yearly "
            "where origin_iso3 = 'CHN' and counting_unit = 'persons' order by 1"
        ).fetchall()
    assert answers[1] == [f"{year},{stock}" for year, stock in years]


def test_a_tool_finds_tables_keys_and_comments(
    tool: psycopg.Connection, published_starter: Settings
) -> None:
    """By the standard's views and the catalogue, as drivers do to fill their lists."""
    seen = {
        row[0]
        for row in tool.execute(
            "select table_name from information_schema.tables where table_schema = 'asylum'"
        )
    }
    with open_published(published_starter) as con:
        published = {
            row[0]
            for row in con.execute(
                "select table_name from duckdb_tables() where database_name = current_database()"
            ).fetchall()
        }
    assert seen == published
    for table in sorted(seen):
        tool.execute(sql.SQL("select * from asylum.{} limit 1").format(sql.Identifier(table)))
    assert tool.execute(
        "select count(*) from pg_constraint where contype = 'f' "
        "and connamespace = 'asylum'::regnamespace"
    ).fetchone() > (50,)
    uncommented = tool.execute(
        "select a.attrelid::regclass::text, a.attname from pg_attribute a "
        "join pg_class c on c.oid = a.attrelid "
        "where c.relnamespace = 'asylum'::regnamespace and c.relkind = 'r' and a.attnum > 0 "
        "and not a.attisdropped and col_description(c.oid, a.attnum) is null"
    ).fetchall()
    assert uncommented == []


def test_query_for_evidence_finds_the_years_in_the_parquet_file(
    published_starter: Settings, tmp_path: Path
) -> None:
    section = PAGE.split("\n## Evidence\n")[1].split("\n## ")[0]
    [query] = re.findall(r"(?s)\n```sql\n(.*?)```", section)
    assert "'data/mart_origin_yearly.parquet'" in query
    elsewhere = published_starter.model_copy(update={"data_dir": tmp_path})
    shutil.copy(published_starter.published_db, elsewhere.published_db)
    tables.export_tables(elsewhere)
    with open_published(elsewhere) as con:
        folder = elsewhere.exports_dir / "tables"
        wanted = con.execute(
            query.replace("'data/mart_origin_yearly.parquet'", "mart_origin_yearly")
        )
        rows = wanted.fetchall()
        found = con.execute(query.replace("'data/", f"'{folder}/")).fetchall()
    assert len(rows) > 20
    assert found == rows


def test_page_says_of_every_tool_whether_it_was_tried() -> None:
    for tool_name in ("Metabase", "Power BI", "Tableau"):
        section = PAGE.split(f"\n## {tool_name}\n")[1].split("\n## ")[0]
        assert section.strip().startswith("Untested here.")
