"""The published starter extract in PostgreSQL: the same values, keys and comments."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb
import psycopg
import pytest
from pydantic import SecretStr

from orchestration import keys
from orchestration.definitions import definitions
from tests.postgres_server import ADMIN, PostgresServer
from warehouse.published.postgresql import PublishedSchema, publish
from warehouse.published.read import open_published
from warehouse.settings import Settings


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> SecretStr:
    return postgres.database()


@pytest.fixture(scope="module")
def loaded(published_starter: Settings, database: SecretStr) -> PublishedSchema:
    return publish(published_starter, database)


@pytest.fixture(scope="module")
def con(
    postgres: PostgresServer, database: SecretStr, loaded: PublishedSchema
) -> Iterator[psycopg.Connection]:
    assert loaded.is_new
    with postgres.connect(database) as con:
        con.execute("set search_path = asylum")
        con.execute("set TimeZone = 'UTC'")
        yield con


def ask(con: psycopg.Connection, query: str) -> list[Any]:
    return con.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def file(published_starter: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file; opened once, since that takes a tenth of a second."""
    with open_published(published_starter) as file:
        yield file


def in_file(file: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return file.execute(query).fetchall()


def sortable(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def kinds(rows: list[Any]) -> list[Any]:
    return [[type(value) for value in row] for row in rows]


def test_every_value_of_every_table_is_that_of_the_file(
    file: duckdb.DuckDBPyConnection, con: psycopg.Connection, loaded: PublishedSchema
) -> None:
    tables = {
        name
        for (name,) in in_file(
            file,
            "select table_name from duckdb_tables() where database_name = current_database()",
        )
    }
    assert set(loaded.rows) == tables
    assert len(tables) > 40
    for table in loaded.rows:
        query = f"select * from {table}"
        if table == "about":
            query += " where item <> 'functions'"
        if table == "about_functions":
            query += " where history_table is not null"
        expected = sortable(in_file(file, query))
        found = sortable(ask(con, query))
        assert found == expected, table
        # True, 1 and 1.0 are equal, and not the same.
        assert kinds(found) == kinds(expected), table
        assert loaded.rows[table] == len(expected)


def test_tables_and_columns_have_the_comments_of_the_file(
    file: duckdb.DuckDBPyConnection, con: psycopg.Connection, loaded: PublishedSchema
) -> None:
    found = ask(
        con,
        "select relname, attname, col_description(c.oid, attnum), obj_description(c.oid) "
        "from pg_class as c join pg_attribute as a on a.attrelid = c.oid "
        "where relnamespace = 'asylum'::regnamespace and relkind = 'r' and attnum > 0",
    )
    expected = in_file(
        file,
        "select table_name, column_name, c.comment, t.comment from duckdb_columns() as c "
        "join duckdb_tables() as t using (database_name, table_name) "
        "where database_name = current_database()",
    )
    assert sorted(found) == sorted(expected)
    assert all(column and table for _, _, column, table in found)


def test_every_table_has_a_key_and_every_key_of_the_file_is_one(
    file: duckdb.DuckDBPyConnection, con: psycopg.Connection, loaded: PublishedSchema
) -> None:
    found = {
        table: set(columns)
        for table, columns in ask(
            con,
            "select relname, (select array_agg(attname::text) from pg_attribute "
            "where attrelid = conrelid and attnum = any(conkey)) "
            "from pg_constraint join pg_class on conrelid = pg_class.oid "
            "where contype in ('p', 'u') and connamespace = 'asylum'::regnamespace",
        )
    }
    keyed = in_file(file, "select table_name, key_columns from about_tables")
    assert {table: set(key or ()) for table, key in keyed}.items() <= found.items()
    without = set(loaded.rows) - set(found)
    assert not without, "give these a test expect_unique_grain, as the other seeds and models have"


def test_countries_releases_and_codes_are_references(con: psycopg.Connection) -> None:
    found = {
        tuple(row)
        for row in ask(
            con,
            "select c.relname, a.attname, r.relname from pg_constraint as k "
            "join pg_class as c on k.conrelid = c.oid join pg_class as r on k.confrelid = r.oid "
            "join pg_attribute as a on a.attrelid = c.oid and a.attnum = k.conkey[1] "
            "where contype = 'f' and k.connamespace = 'asylum'::regnamespace and convalidated",
        )
    }
    columns = ask(
        con,
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'asylum'",
    )
    for suffix, dimension in (("unhcr_code", "dim_country"), ("release_id", "dim_release")):
        expected = {
            (table, column, dimension)
            for table, column in columns
            if column.endswith(suffix) and table not in {dimension, "special_origins"}
        }
        assert len(expected) > 25
        assert {row for row in found if row[2] == dimension} == expected
    for row in (
        ("fct_asylum_decisions_yearly", "dec_level", "decision_levels"),
        ("fct_asylum_applications_yearly", "app_type", "application_types"),
        ("fct_asylum_applications_yearly", "procedure_type", "procedure_types"),
        ("fct_demographics_yearly", "pop_type", "population_types"),
    ):
        assert row in found


def test_each_function_as_of_a_day_answers_as_that_of_the_file(
    file: duckdb.DuckDBPyConnection, con: psycopg.Connection
) -> None:
    functions = in_file(
        file,
        "select function_name, history_table, description from about_functions "
        "where history_table is not null order by function_name",
    )
    assert len(functions) >= 20
    there = ask(
        con,
        "select proname, prorettype::regtype::text, obj_description(oid) from pg_proc "
        "where pronamespace = 'asylum'::regnamespace order by proname",
    )
    assert there == functions
    differ = set()
    for name, *_ in functions:
        answers = []
        for day in ("2026-02-01", "2026-07-01"):
            query = f"select * from {name}(date '{day}')"
            result = file.execute(query)
            names = [column[0] for column in result.description]
            expected = sortable(result.fetchall())
            cursor = con.execute(query.encode())
            assert [column.name for column in cursor.description or ()] == names, name
            found = sortable(cursor.fetchall())
            assert found == expected, (name, day)
            assert kinds(found) == kinds(expected), (name, day)
            answers.append(found)
        if answers[0] != answers[1]:
            differ.add(name)
    assert {"population_as_of", "origin_yearly_as_of", "destination_yearly_as_of"} <= differ


def test_a_second_publication_replaces_functions_and_readers_may_call_them(
    published_starter: Settings, postgres: PostgresServer
) -> None:
    database = postgres.database()
    publish(published_starter, database, reader="askers")
    postgres.user("one_asker", role_of="askers")
    postgres.user("a_stranger")
    listed = (
        "select proname, oid from pg_proc where pronamespace = 'asylum'::regnamespace order by 1"
    )
    question = (
        "select asylum_seekers_stock from asylum.origin_yearly_as_of('2026-02-01') "
        "where origin_iso3 = 'CHN' and reference_year = 2025 and counting_unit = 'persons'"
    )

    def as_user(name: str) -> psycopg.Connection:
        return postgres.connect(SecretStr(database.get_secret_value().replace(ADMIN, name)))

    with postgres.connect(database) as con, as_user("one_asker") as asker:
        before = dict(ask(con, listed))
        assert ask(asker, question) == [(178_725,)]
        assert publish(published_starter, database, reader="askers", force=True).is_new
        after = dict(ask(con, listed))
        assert before.keys() == after.keys()
        assert not set(before.values()) & set(after.values())
        # A function is bound to a table and not to a name: it must be the new one.
        assert ask(asker, question) == [(178_725,)]
        assert ask(con, "select nspname from pg_namespace where nspname like 'asylum%'") == [
            ("asylum",)
        ]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asker.execute("drop function asylum.origin_yearly_as_of(date)")
    with as_user("a_stranger") as stranger, pytest.raises(psycopg.errors.InsufficientPrivilege):
        stranger.execute(question.encode())


def test_the_asset_is_there_only_where_a_postgresql_is_configured(
    published_starter: Settings, database: SecretStr
) -> None:
    without = definitions(published_starter).resolve_asset_graph().get_all_asset_keys()
    configured = published_starter.model_copy(update={"postgres_url": database})
    with_it = definitions(configured).resolve_asset_graph().get_all_asset_keys()
    assert with_it - without == {keys.POSTGRESQL}


def test_the_asset_publishes_and_shows_nothing_of_the_connection(
    published_starter: Settings,
    database: SecretStr,
    postgres: PostgresServer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    secret = database.get_secret_value()
    configured = published_starter.model_copy(
        update={"postgres_url": database, "postgres_schema": "from_dagster"}
    )
    with caplog.at_level(logging.DEBUG), dg.DagsterInstance.ephemeral() as instance:
        result = materialize(configured, instance)
        assert result.success
        [made] = result.asset_materializations_for_node("published__postgresql")
        shown = {name: value.value for name, value in made.metadata.items()}
        assert shown["stood_there_already"] is False
        assert set(shown) == {
            *("dagster/row_count", "tables", "schema", "release", "stood_there_already"),
            "seconds",
        }
        assert shown["schema"] == "from_dagster" and shown["release"] == "2025-12.1"
        assert shown["tables"] > 40 and shown["dagster/row_count"] > 1000
        again = materialize(configured, instance)
        [made] = again.asset_materializations_for_node("published__postgresql")
        assert made.metadata["stood_there_already"].value is True

        wrong = postgres.address("postgres", password="wr0ng-p4ss")
        failed = materialize(configured.model_copy(update={"postgres_url": wrong}), instance)
        assert not failed.success
        logged = "".join(
            str(entry) for run in (result, again, failed) for entry in instance.all_logs(run.run_id)
        )
    assert "password authentication failed" in logged
    said = logged + caplog.text + "".join(capfd.readouterr())
    for part in (secret, postgres.password, secret.split(":")[2].split("@")[0], "wr0ng-p4ss"):
        assert part not in said


def materialize(settings: Settings, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = definitions(settings).resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=instance, asset_selection=[keys.POSTGRESQL], raise_on_error=False
    )
