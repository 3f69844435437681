"""A reader's SQL reaches the published tables and nothing else."""

from __future__ import annotations

import csv
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import duckdb
import pytest

from tests.warehouse.small_build import (
    ask,
    copied,
    published,
    published_with_functions,
    settings_in,
)
from warehouse.published.read import PublishedMissingError
from warehouse.serve import query as module
from warehouse.serve.query import FileFormat, QueryError, Session, open_session
from warehouse.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A published file that no test here may change."""
    settings = settings_in(tmp_path_factory.mktemp("query") / "data")
    published_with_functions(settings)
    return settings


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    with open_session(settings) as session:
        yield session


def rows(session: Session, text: str) -> list[object]:
    return [list(result.fetchall()) for result in session.run(text)]


def test_the_tables_are_found_by_their_bare_names(session: Session) -> None:
    assert rows(session, "select count(*) from mart_origin_yearly") == [[(12,)]]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into dim_country values ('X', null, 'X', null, null)",
        "delete from dim_country",
        "update dim_country set country_name = 'X'",
        "drop table dim_country",
        "create table mine (a int)",
        "create view mine as select 1 as one",
        "create or replace table dim_country as select 1 as one",
        "alter table dim_country drop iso3",
        "comment on table dim_country is 'mine'",
        "create schema mine",
        "create macro mine() as 1",
    ],
)
def test_writing_is_refused(settings: Settings, statement: str) -> None:
    before = settings.published_db.read_bytes()
    with open_session(settings) as session, pytest.raises(QueryError, match=r"(?i)read-only"):
        rows(session, statement)
    assert settings.published_db.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('{other}')",
        "select * from '{other}'",
        "from read_text('{other}')",
        "from read_blob('{other}')",
        "from read_json('{other}')",
        "from glob('{folder}/*')",
        "select * from read_parquet('https://example.org/x.parquet')",
        "copy dim_country to '{folder}/stolen.csv'",
        "copy (select 1) to '/dev/stdout'",
        "copy dim_country from '{other}'",
        "export database '{folder}/stolen'",
        "import database '{folder}'",
        "attach '{folder}/mine.duckdb' as mine",
        "attach '{build}' as build",
        "attach '{build}' as build (read_only)",
        "install httpfs",
        "load httpfs",
        "install '{other}'",
        "load '{other}'",
        "set enable_external_access = true",
        "reset enable_external_access",
        "set lock_configuration = false",
        "set allowed_directories = ['/']",
        "set allowed_paths = ['{other}']",
        "set memory_limit = '1TB'",
        "set temp_directory = '{folder}/spill'",
        "set home_directory = '{folder}'",
        "set log_query_path = '{folder}/log'",
        "set secret_directory = '{folder}/secrets'",
        "pragma enable_profiling = 'json'",
        "pragma profiling_output = '{folder}/profile'",
        "create persistent secret mine (type s3)",
        "call enable_logging(storage = 'file', storage_config = {{'path': '{folder}/log'}})",
    ],
)
def test_other_files_the_network_and_the_settings_are_out_of_reach(
    settings: Settings, tmp_path: Path, statement: str
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = folder / "secret.csv"
    other.write_text("a,b\n1,2\n")
    text = statement.format(other=other, folder=folder, build=settings.build_db)
    with open_session(settings) as session, pytest.raises(QueryError) as refused:
        rows(session, text)
    assert "1,2" not in str(refused.value)
    assert [path.name for path in folder.iterdir()] == ["secret.csv"]


def test_python_variables_are_not_tables(session: Session) -> None:
    secret = duckdb.sql("select 42 as answer")
    assert secret is not None
    with pytest.raises(QueryError, match="secret does not exist"):
        rows(session, "from secret")


def test_an_error_is_duckdbs_own_message(session: Session) -> None:
    with pytest.raises(QueryError, match=r"(?s)syntax error.*selct"):
        rows(session, "selct 1")
    with pytest.raises(QueryError, match=r"mart_origin_yearl does not exist(?s:.*)Did you mean"):
        rows(session, "from mart_origin_yearl")
    [late] = session.run("select error('late') from range(1)")
    with pytest.raises(QueryError, match="late"):
        session.head(late, 10)


@pytest.mark.parametrize("format_", ["csv", "json", "parquet", "xlsx"])
def test_an_error_while_a_result_is_written_shows_no_statement_of_ours(
    session: Session, format_: FileFormat
) -> None:
    [result] = session.run("select 'x'::int as a")
    with pytest.raises(QueryError) as raised:
        session.write(result, format_)
    assert str(raised.value) == "Conversion Error: Could not convert string 'x' to INT32"


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        (
            "from range(1_048_576)",
            "The result has more rows than a sheet holds, which is 1,048,575.",
        ),
        (
            f"select {', '.join(['1'] * 16_385)}",
            "The result has 16,385 columns, and a sheet holds 16,384.",
        ),
    ],
    ids=["rows", "columns"],
)
def test_what_no_sheet_holds_is_refused_with_what_to_do(
    session: Session, query: str, refusal: str
) -> None:
    [result] = session.run(query)
    with pytest.raises(QueryError) as raised:
        session.write(result, "xlsx")
    assert str(raised.value) == f"{refusal} Write csv or parquet."


def test_a_result_that_is_larger_when_it_is_fetched_is_not_cut(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one with chance in it can be."""
    monkeypatch.setattr(module, "SHEET_ROWS", 5)
    counted, fetched = session.run("from range(5); from range(6)")
    result = Mock(wraps=fetched, columns=fetched.columns, types=fetched.types, limit=counted.limit)
    with pytest.raises(QueryError, match="more rows than a sheet holds"):
        session.write(result, "xlsx")


def test_statements_run_in_turn_and_those_without_a_result_are_silent(session: Session) -> None:
    found = rows(
        session,
        "set variable y = 2019; select getvariable('y') as y; -- it's; not an end\n"
        "create temp table t as select 1 as a; insert into t values (2); from t order by a;"
        "begin; rollback; show tables; explain select 1; describe dim_country; select ';' as s;;",
    )
    assert found[:2] == [[(2019,)], [(1,), (2,)]]
    assert ("dim_country",) in found[2]
    assert found[-1] == [(";",)]
    assert len(found) == 6


def test_the_head_counts_what_it_leaves_out(session: Session) -> None:
    [result] = session.run("select n from range(1000) as t (n) order by n")
    head = session.head(result, 3)
    assert (head.rows, head.total, head.columns) == ([(0,), (1,), (2,)], 1000, ["n"])
    [result] = session.run("select n from range(3) as t (n)")
    assert session.head(result, 3).total == 3
    [result] = session.run("select 1 as n where false")
    assert (session.head(result, 3).rows, session.head(result, 3).total) == ([], 0)


def test_json_is_an_array_of_objects_that_a_strict_reader_takes(session: Session) -> None:
    [result] = session.run(
        "select 1 as i, 'a\"b' as s, null as n, '' as e, date '2025-06-30' as d, 0.5 as r, "
        "['x'] as l, 'nan'::double as nan, '-inf'::double as inf, 1e300 as large, true as b "
        "union all by name select 2 as i order by i"
    )
    text = session.write(result, "json").read_text(encoding="utf-8")

    def refuse(word: str) -> None:
        raise AssertionError(word)

    first, second = json.loads(text, parse_constant=refuse)
    assert first == {
        **{"i": 1, "s": 'a"b', "n": None, "e": "", "d": "2025-06-30", "r": 0.5, "l": ["x"]},
        **{"nan": None, "inf": None, "large": 1e300, "b": True},
    }
    assert second["i"] == 2
    [empty] = session.run("select 1 as i where false")
    assert json.loads(session.write(empty, "json").read_text()) == []


def test_json_refuses_two_columns_of_one_name(session: Session) -> None:
    [result] = session.run("select 1 as a, 2 as a")
    with pytest.raises(QueryError, match="called a"):
        session.write(result, "json")


def test_csv_is_exact(session: Session) -> None:
    [result] = session.run(
        "select * from (values ('=1+1', -1, null), ('a,\"b\"\nc', 2, '')) as t (s, n, e)"
    )
    path = session.write(result, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["s", "n", "e"],
            ["=1+1", "-1", ""],
            ['a,"b"\nc', "2", ""],
        ]


def test_parquet_keeps_types_and_the_order_asked_for(session: Session) -> None:
    [result] = session.run(
        "select n, n::varchar as s, date '2025-01-01' as d from range(300000) as t (n) "
        "order by n desc"
    )
    path = session.write(result, "parquet")
    with duckdb.connect() as con:
        back = con.sql(f"from '{path}'")
        assert [str(kind) for kind in back.types] == ["BIGINT", "VARCHAR", "DATE"]
        assert [n for (n,) in con.sql(f"select n from '{path}'").fetchall()] == list(
            range(299999, -1, -1)
        )


def test_what_is_written_is_gone_when_the_session_ends(settings: Settings, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with open_session(settings, scratch) as session:
        [result] = session.run("select 1 as one")
        assert session.write(result, "csv").is_relative_to(scratch)
    assert list(scratch.iterdir()) == []


def test_a_scratch_folder_with_a_quote_in_its_name_opens_no_other(
    settings: Settings, tmp_path: Path
) -> None:
    scratch = tmp_path / "it's, '"
    scratch.mkdir()
    with open_session(settings, scratch) as session:
        [result] = session.run("select 1 as one")
        assert session.write(result, "csv").read_text() == "one\n1\n"
        with pytest.raises(QueryError, match="Permission"):
            rows(session, f"copy (select 1) to '{tmp_path}/x.csv'")


def test_a_query_larger_than_memory_spills(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data", memory_limit="150MB", threads=1)
    copied(settings)
    with open_session(settings) as session:
        [result] = session.run(
            "select n, md5(n::varchar) as a from range(4000000) as t (n) order by a"
        )
        assert session.write(result, "parquet").stat().st_size > 60_000_000


def test_ctrl_c_stops_a_query_and_the_session_lives(session: Session) -> None:
    [endless] = session.run(
        "select count(*) from range(10000000) as a, range(10000000) as b, range(1000) as c"
    )
    stop = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        session.head(endless, 10)
    assert rows(session, "select 1 as one") == [[(1,)]]


@pytest.mark.parametrize("begun", [True, False], ids=["the query runs", "the query waits"])
def test_ctrl_c_while_a_query_begins_leaves_nothing_running(
    session: Session, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if begun:
            start(thread)
        raise KeyboardInterrupt

    [endless] = session.run("select count(*) from range(10000000) as a, range(10000000) as b")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            session.head(endless, 10)
    assert rows(session, "select 1 as one") == [[(1,)]], "the connection is free"


def test_the_schema_of_a_table_is_told_with_descriptions(session: Session) -> None:
    assert ("dim_country", 5, "Countries, one a row.") in session.tables()
    assert ("country_name", "VARCHAR", "As UNHCR has it.") in session.columns("DIM_country")
    with pytest.raises(QueryError, match="no table 'nothing'"):
        session.columns("nothing")


def test_functions_are_told_as_they_are_called_and_answer(session: Session) -> None:
    assert session.functions() == [
        ("a_sum_as_of(as_of_day)", ""),
        ("releases_as_of(as_of_day)", "Published by a day. It's a row each."),
    ]
    assert rows(session, "from a_sum_as_of('2026-02-01')") == [[("CHI", 12)]]


def test_without_a_published_file_the_way_to_one_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(PublishedMissingError, match="asylum run"),
        open_session(settings_in(tmp_path / "data")),
    ):
        pass


def test_a_session_sees_one_file_while_another_is_swapped_in(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    copied(settings)
    name = "select country_name from dim_country where unhcr_code = 'BRA'"
    with open_session(settings) as session:
        published(settings, asylum_name="New")
        assert rows(session, name) == [[("Brazil",)]]
    assert ask(settings.published_db, name) == [("New",)]
