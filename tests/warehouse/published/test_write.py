"""Publishing: the same data, sorted, described, swapped in whole or not at all."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import garble, killed
from tests.other_processes import begin, end_of, held_by_another
from tests.warehouse.small_build import (
    FUNCTIONS,
    KEYS,
    LINEAGE,
    ask,
    build,
    copied,
    published,
    published_with_functions,
    settings_in,
    statements,
    with_functions,
)
from warehouse.core.database import DatabaseBusyError
from warehouse.published import write
from warehouse.published.built import BuiltTable, PublishError
from warehouse.published.read import (
    PublishedMissingError,
    open_published,
    published_fingerprint,
    read_about,
)
from warehouse.published.write import Published, publish
from warehouse.serve.query import QueryError, open_session
from warehouse.settings import Settings

TABLES = {
    **dict.fromkeys(
        (
            *("mart_origin_yearly", "mart_destination_yearly", "dim_country"),
            *("fct_population_yearly", "mart_reporting_breaks", "mart_reporting_break_origins"),
        ),
        "marts",
    ),
    "releases": "reference",
    "break_kinds": "reference",
    "special_origins": "reference",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "data")


def files(settings: Settings) -> set[str]:
    """Names in the data folder, without the spill folder and locks."""
    return {p.name for p in settings.data_dir.iterdir() if p.suffix != ".lock"} - {"tmp"}


def test_every_table_arrives_with_its_rows_types_not_nulls_and_comments(settings: Settings) -> None:
    done = published(settings)
    assert set(done.rows) == set(TABLES)
    with duckdb.connect() as con:
        con.execute(f"attach '{settings.build_db}' as build (read_only)")
        con.execute(f"attach '{settings.published_db}' as published (read_only)")
        for table, schema in TABLES.items():
            both = (f"from build.{schema}.{table}", f"from published.main.{table}")
            assert con.execute(f"select count(*) {both[0]}").fetchall() == [(done.rows[table],)]
            for one, other in (both, both[::-1]):
                assert con.execute(f"{one} except all {other}").fetchall() == []
            for catalogue, what in (
                ("duckdb_columns", "column_name, data_type, is_nullable, comment, column_index"),
                ("duckdb_tables", "comment"),
            ):
                found = [
                    con.execute(
                        f"select {what} from {catalogue}() where database_name = ? "
                        "and table_name = ? order by all",
                        [database, table],
                    ).fetchall()
                    for database in ("build", "published")
                ]
                assert found[0] == found[1]
                assert found[0]


def test_no_views_no_other_schemas_and_no_indexes_are_published(settings: Settings) -> None:
    copied(settings)
    assert ask(
        settings.published_db,
        "select distinct schema_name from duckdb_tables() where database_name = 'asked'",
    ) == [("main",)]
    for catalogue in ("duckdb_views", "duckdb_indexes"):
        query = f"from {catalogue}() where database_name = 'asked' and schema_name = 'main'"
        assert ask(settings.published_db, query) == []


def test_the_file_is_in_the_format_that_duckdb_1_5_reads(settings: Settings) -> None:
    copied(settings)
    [(tags,)] = ask(
        settings.published_db,
        "select tags from duckdb_databases() where database_name = 'asked'",
    )
    assert tags["storage_version"].startswith("v1.5")


@hypothesis_settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_rows_lie_in_the_order_of_the_key_however_the_build_has_them(
    tmp_path: Path, seed: int
) -> None:
    settings = settings_in(tmp_path / "data")
    published(settings, seed=seed)
    for table, key in KEYS.items():
        lying = ask(settings.published_db, f"select {', '.join(key)} from {table}")
        ordered = ", ".join(f"{column} asc nulls last" for column in key)
        assert lying == ask(
            settings.published_db, f"select {', '.join(key)} from {table} order by {ordered}"
        )


def test_without_a_key_all_columns_in_turn_give_the_order(settings: Settings) -> None:
    build(settings)
    publish(settings, lineage=LINEAGE)
    rows = ask(settings.published_db, "from fct_population_yearly")
    assert rows == sorted(rows)


def test_a_primary_key_of_the_build_is_the_key_where_none_is_given(settings: Settings) -> None:
    build(settings)
    statements(settings, "create table marts.fct_keyed (a int, b int, primary key (b))")
    publish(settings, lineage=LINEAGE)
    assert ask(
        settings.published_db,
        "select key_columns from about_tables where table_name = 'fct_keyed'",
    ) == [(["b"],)]


def test_about_says_what_a_reader_must_know(settings: Settings) -> None:
    done = copied(settings)
    with open_published(settings) as con:
        about = read_about(con)
    assert about["release"] == "2025-12.1"
    assert about["build_fingerprint"] == LINEAGE["build_fingerprint"]
    assert about["built_at"] == done.built_at.isoformat().replace("+00:00", "Z")
    assert about["retrieved_at"] == "2026-11-22T10:20:30Z"
    assert about["licence"] == "CC-BY-4.0"
    assert "UNHCR Refugee Population Statistics Database" in about["source_sentence"]
    assert "2025-12.1" in about["how_to_cite"] and "2026-11-22" in about["how_to_cite"]
    assert about["terms_address"].startswith("https://www.unhcr.org/")
    assert all(value for value in about.values())
    snapshots = ask(
        settings.published_db, "select endpoint, snapshot_id, row_count from about_snapshots"
    )
    assert snapshots == [
        ("asylum-applications", "starter-2025-12.1-bbbbbbbb", 4),
        ("population", "starter-2025-12.1-aaaaaaaa", 12),
    ]
    assert dict(
        ask(settings.published_db, "select table_name, row_count from about_tables")
    ) == dict(done.rows)


def test_every_column_of_the_tables_about_is_described(settings: Settings) -> None:
    copied(settings)
    assert (
        ask(
            settings.published_db,
            "select table_name, column_name from duckdb_columns() where comment is null "
            "and database_name = 'asked' and starts_with(table_name, 'about')",
        )
        == []
    )


def test_nothing_but_the_build_and_the_published_file_is_left(settings: Settings) -> None:
    published(settings)
    assert files(settings) == {"build.duckdb", "asylum.duckdb"}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("create view marts.v as select 1 as one", r"marts\.v is a view"),
        ("create view reference.v as select 1 as one", r"reference\.v is a view"),
        ("create table reference.dim_country (a int)", "dim_country has the name of a table"),
        ("create table reference.DIM_COUNTRY (a int)", "(?i)dim_country has the name of a table"),
        ("create table marts.about (a int)", "about has the name of a table of this file"),
        ("create table marts.About_Tables (a int)", "has the name of a table of this file"),
    ],
)
def test_what_cannot_be_published_is_refused_and_the_old_file_stays(
    settings: Settings, spoil: str, message: str
) -> None:
    copied(settings)
    before = settings.published_db.read_bytes()
    statements(settings, spoil)
    with pytest.raises(PublishError, match=message):
        publish(settings, lineage=LINEAGE, keys=KEYS)
    assert settings.published_db.read_bytes() == before
    assert files(settings) == {"build.duckdb", "asylum.duckdb"}


def test_a_view_in_another_schema_is_not_our_business(settings: Settings) -> None:
    build(settings)
    statements(settings, "create schema staging", "create view staging.v as select 1 as one")
    publish(settings, lineage=LINEAGE)
    assert settings.published_db.exists()


def test_a_build_that_is_not_there_or_empty_is_refused(settings: Settings) -> None:
    with pytest.raises(PublishError, match=r"no build at .*build\.duckdb.*asylum run"):
        publish(settings, lineage=LINEAGE)
    settings.data_dir.mkdir(parents=True)
    statements(settings, "create table other (a int)")
    with pytest.raises(PublishError, match="no tables in schema marts or reference"):
        publish(settings, lineage=LINEAGE)
    assert not settings.published_db.exists()


def test_a_lineage_without_fingerprint_is_refused(settings: Settings) -> None:
    build(settings)
    with pytest.raises(PublishError, match="build_fingerprint"):
        publish(settings, lineage={"release": "2025-12.1"})


def test_a_key_that_names_no_column_is_refused(settings: Settings) -> None:
    build(settings)
    with pytest.raises(PublishError, match=r"key of marts\.dim_country names nonsense"):
        publish(settings, lineage=LINEAGE, keys={"dim_country": ["nonsense"]})


def test_only_the_tables_named_are_published_and_each_must_be_there(settings: Settings) -> None:
    build(settings)
    done = publish(settings, lineage=LINEAGE, only=["dim_country", "releases"])
    assert set(done.rows) == {"dim_country", "releases"}
    with pytest.raises(PublishError, match="mart_gone is not in schema"):
        publish(settings, lineage=LINEAGE, only=["dim_country", "mart_gone"])


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), read_only=True)


def attached(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"attach '{path}' as anything (read_only)")
    con.execute("use anything")
    return con


@pytest.mark.parametrize("name", ["asylum.duckdb", "other.duckdb"])
@pytest.mark.parametrize("reader", [opened, attached])
def test_functions_answer_whatever_the_file_is_called_and_however_it_is_opened(
    settings: Settings, name: str, reader: Callable[[Path], duckdb.DuckDBPyConnection]
) -> None:
    done = copied(settings, published_with_functions)
    settings.build_db.unlink()
    path = done.path.rename(done.path.with_name(name))
    with reader(path) as con:
        for day, known in (("2024-10-08", []), ("2025-01-01", ["2024-06"])):
            found = con.execute(f"select release_id from releases_as_of('{day}')").fetchall()
            assert [release for (release,) in found] == known
        found = con.execute("from a_sum_as_of(date '2026-02-01')").fetchall()
        assert found == [("CHI", 12)]
        assert con.execute("from a_sum_as_of('2026-01-31')").fetchall() == []


def test_functions_answer_where_the_published_file_is_opened_as_the_project_does(
    settings: Settings,
) -> None:
    copied(settings, published_with_functions)
    with open_published(settings) as con:
        assert con.execute("from a_sum_as_of('2026-02-01')").fetchall() == [("CHI", 12)]


def test_functions_keep_their_parameters_and_comments_and_are_listed(settings: Settings) -> None:
    copied(settings, published_with_functions)
    expected = [
        ("a_sum_as_of", ["as_of_day"], None),
        ("releases_as_of", ["as_of_day"], "Published by a day. It's a row each."),
    ]
    listed = "select * exclude (history_table) from about_functions"
    in_catalogue = ask(
        settings.published_db,
        "select function_name, parameters, comment from duckdb_functions() "
        "where database_name = 'asked' and function_type = 'table_macro' order by all",
    )
    assert in_catalogue == ask(settings.published_db, listed) == expected
    # They do more than filter a history by a day.
    of_history = "select count(history_table) from about_functions"
    assert ask(settings.published_db, of_history) == [(0,)]


def test_a_function_that_nobody_asks_for_is_not_published(settings: Settings) -> None:
    build(settings)
    with_functions(settings)
    publish(settings, lineage=LINEAGE, keys=KEYS, functions=["releases_as_of"])
    assert ask(settings.published_db, "select function_name from about_functions") == [
        ("releases_as_of",)
    ]
    with pytest.raises(duckdb.CatalogException, match="a_sum_as_of"):
        ask(settings.published_db, "from a_sum_as_of('2026-02-01')")


@pytest.mark.parametrize(
    ("spoil", "functions", "error", "message"),
    [
        pytest.param(
            *("select 1", [*FUNCTIONS, "gone_as_of"]),
            *(PublishError, "the function gone_as_of is not in schema marts"),
            id="a function that the build has not",
        ),
        pytest.param(
            *("create macro marts.gone_as_of(d) as d", [*FUNCTIONS, "gone_as_of"]),
            *(PublishError, "the function gone_as_of is not in schema marts"),
            id="a function that answers with a value",
        ),
        pytest.param(
            *("select 1", ["a_sum_as_of"]),
            *(PublishError, "a_sum_as_of.*releases_as_of"),
            id="a function that calls one that is not published",
        ),
        pytest.param(
            "create schema other; create table other.notes as select 1 as note; "
            "create macro marts.notes_as_of(d) as table (from build.other.notes)",
            ["notes_as_of"],
            *(PublishError, "notes_as_of.*notes"),
            id="a function that reads a table that is not published",
        ),
    ],
)
def test_a_function_that_could_not_answer_is_refused_and_the_old_file_stays(
    settings: Settings, spoil: str, functions: list[str], error: type[Exception], message: str
) -> None:
    copied(settings, published_with_functions)
    before = settings.published_db.read_bytes()
    statements(settings, spoil)
    with pytest.raises(error, match=message):
        publish(settings, lineage=LINEAGE, keys=KEYS, functions=functions)
    assert settings.published_db.read_bytes() == before
    assert files(settings) == {"build.duckdb", "asylum.duckdb"}


def test_what_a_killed_dbt_leaves_is_not_published(settings: Settings) -> None:
    build(settings)
    statements(
        settings,
        "create table marts.dim_country__dbt_tmp (a int)",
        "create table marts.dim_country__dbt_backup (a int)",
    )
    assert set(publish(settings, lineage=LINEAGE).rows) == set(TABLES)


def test_a_file_with_other_row_counts_than_the_build_is_not_swapped_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(settings)
    before = settings.published_db.read_bytes()
    whole = write._copy

    def lossy(con: duckdb.DuckDBPyConnection, table: BuiltTable) -> None:
        whole(con, table)
        if table.name == "dim_country":
            con.execute(f"delete from {table.published} where unhcr_code = 'CHI'")

    monkeypatch.setattr(write, "_copy", lossy)
    with pytest.raises(PublishError, match="dim_country: 5 rows in the build, 4 in the file"):
        publish(settings, lineage=LINEAGE, keys=KEYS)
    assert settings.published_db.read_bytes() == before
    assert files(settings) == {"build.duckdb", "asylum.duckdb"}


def test_a_build_that_another_process_holds_is_refused_with_a_reason(settings: Settings) -> None:
    copied(settings)
    with (
        held_by_another(settings.build_db),
        pytest.raises(DatabaseBusyError, match="still open elsewhere"),
    ):
        publish(settings, lineage=LINEAGE)
    assert published_fingerprint(settings) == LINEAGE["build_fingerprint"]


def test_a_build_left_open_in_this_process_is_refused_with_a_reason(settings: Settings) -> None:
    build(settings)
    with (
        duckdb.connect(str(settings.build_db)),
        pytest.raises(DatabaseBusyError, match="still open elsewhere"),
    ):
        publish(settings, lineage=LINEAGE)


def test_a_second_publisher_is_refused_while_the_first_is_at_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    monkeypatch.setattr(write, "_LOCK_SECONDS", 0)
    with (
        FileLock(settings.data_dir / ".asylum.duckdb.lock"),
        pytest.raises(PublishError, match="Another process has been publishing"),
    ):
        publish(settings, lineage=LINEAGE)
    assert publish(settings, lineage=LINEAGE).rows


def test_a_reader_that_holds_the_old_file_goes_on_reading_it(settings: Settings) -> None:
    copied(settings, asylum_name="Old")
    names = "select country_name from dim_country where unhcr_code = 'BRA'"
    with duckdb.connect(str(settings.published_db), read_only=True) as reader:
        assert reader.execute(names).fetchall() == [("Old",)]
        published(settings, asylum_name="New")
        assert reader.execute(names).fetchall() == [("Old",)]
        [(total,)] = reader.execute("select count(*) from fct_population_yearly").fetchall()
        assert total == 5000
        with open_published(settings) as con:
            assert con.execute(names).fetchall() == [("New",)]


def test_a_journal_beside_the_old_file_does_not_get_into_the_new_one(settings: Settings) -> None:
    copied(settings)
    # Somebody writes into the published file and dies.
    assert end_of(begin(killed.forge, settings.published_db)) == -signal.SIGKILL
    assert (settings.data_dir / "asylum.duckdb.wal").exists()
    publish(settings, lineage=LINEAGE, keys=KEYS)
    assert files(settings) == {"build.duckdb", "asylum.duckdb"}
    forged = "select count(*) from dim_country where country_name = 'Forged'"
    assert ask(settings.published_db, forged) == [(0,)]


@pytest.mark.parametrize(
    ("where", "stands"),
    [
        ("between two tables", "f" * 64),
        ("before the count", "f" * 64),
        ("before the swap", "f" * 64),
        ("after the swap", "new"),
    ],
)
def test_a_publisher_killed_at_any_point_leaves_a_whole_file_and_the_next_one_cleans_up(
    settings: Settings, where: str, stands: str
) -> None:
    copied(settings)
    assert end_of(begin(killed.publish, settings, where)) == -signal.SIGKILL
    assert published_fingerprint(settings) == stands
    assert ask(settings.published_db, "select count(*) from fct_population_yearly") == [(5000,)]
    publish(settings, lineage=LINEAGE, keys=KEYS)
    assert files(settings) == {"build.duckdb", "asylum.duckdb"}
    assert published_fingerprint(settings) == LINEAGE["build_fingerprint"]


def test_there_is_no_fingerprint_of_a_file_that_is_missing_torn_or_not_ours(
    settings: Settings,
) -> None:
    assert published_fingerprint(settings) is None
    copied(settings)
    whole = settings.published_db.read_bytes()
    settings.published_db.write_bytes(b"not a database")
    assert published_fingerprint(settings) is None
    settings.published_db.write_bytes(whole[:5000])
    assert published_fingerprint(settings) is None
    settings.published_db.unlink()
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute("create table other as select 1 as one")
    assert published_fingerprint(settings) is None


def test_a_missing_and_an_unreadable_file_are_told_apart_from_an_empty_answer(
    settings: Settings,
) -> None:
    with pytest.raises(PublishedMissingError, match="asylum run"), open_published(settings):
        pass
    settings.data_dir.mkdir(parents=True)
    settings.published_db.write_bytes(os.urandom(10_000))
    with pytest.raises(PublishedMissingError, match="cannot be read"), open_published(settings):
        pass


@pytest.mark.parametrize("opened", [open_published, open_session])
def test_a_file_that_does_not_open_for_another_reason_is_not_called_unreadable(
    settings: Settings, opened: Callable[[Settings], AbstractContextManager[object]]
) -> None:
    copied(settings)
    in_use = r"asylum.duckdb is in use by another process \(.*PID \d+.*run again"
    with (
        held_by_another(settings.published_db),
        pytest.raises(PublishedMissingError, match=in_use),
        opened(settings),
    ):
        pass
    no_memory = settings.model_copy(update={"memory_limit": "0MB"})
    said = r"cannot be opened: (?!.*asylum run).*ASYLUM_MEMORY_LIMIT higher"
    with pytest.raises(PublishedMissingError, match=said), opened(no_memory):
        pass


def test_damage_that_is_found_while_a_file_is_read_names_it_and_what_to_do(
    settings: Settings,
) -> None:
    copied(settings)
    [(number,)] = ask(
        settings.published_db,
        "select any_value(block_id) from pragma_storage_info('fct_population_yearly') "
        "where column_name = 'reference_year' and block_id >= 0",
    )
    garble.block(settings.published_db, number)
    query = "select sum(reference_year) from fct_population_yearly"
    told = r"(?s)asylum\.duckdb cannot be read: .*checksum.*`asylum doctor`.*`asylum run`"
    with pytest.raises(PublishedMissingError, match=told), open_published(settings) as con:
        con.execute(query).fetchall()
    with open_session(settings) as session, pytest.raises(QueryError, match=told):
        session.head(next(session.run(query)), 1)


STAYS = """
create or replace table marts.mart_stays (country varchar, stock bigint, hosts bigint,
    release_id varchar);
comment on table marts.mart_stays is 'A row is a country.';
comment on column marts.mart_stays.country is 'UNHCR code.';
comment on column marts.mart_stays.stock is 'Persons.';
comment on column marts.mart_stays.hosts is 'Hosts; NULL: not known.';
comment on column marts.mart_stays.release_id is 'Release.';
insert into marts.mart_stays values ('CHI', 7, 0, '2025-12.1');
create or replace table marts.mart_stays_history (country varchar, stock bigint, hosts bigint,
    hosts_known_from date, valid_from date, valid_to date, release_id varchar,
    last_release_id varchar);
comment on table marts.mart_stays_history is 'A row is a country and an interval.';
comment on column marts.mart_stays_history.country is 'Its own words.';
insert into marts.mart_stays_history values
    ('CHI', 7, 0, null, '2026-06-25', null, '2025-12.1', '2025-12.1'),
    ('CHI', 5, 0, '2025-06-12', '2024-10-09', '2026-06-25', '2024-06', '2025-06'),
    ('SYR', 9, null, null, '2024-10-09', '2025-06-12', '2024-06', '2024-06');
"""


def published_with_history(settings: Settings) -> Published:
    build(settings)
    statements(settings, STAYS)
    return publish(
        settings,
        lineage=LINEAGE,
        keys=KEYS,
        as_of={"stays_as_of": "mart_stays_history"},
        described_like={"mart_stays_history": "mart_stays"},
    )


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        pytest.param("2024-10-08", [], id="before all"),
        pytest.param("2024-10-09", [("CHI", 5, None), ("SYR", 9, None)], id="a first day"),
        pytest.param("2025-06-11", [("CHI", 5, None), ("SYR", 9, None)], id="not known yet"),
        pytest.param("2025-06-12", [("CHI", 5, 0)], id="known, and a row that ended"),
        pytest.param("2026-06-24", [("CHI", 5, 0)], id="a last day"),
        pytest.param("2026-06-25", [("CHI", 7, 0)], id="the next row"),
        pytest.param("9999-12-31", [("CHI", 7, 0)], id="what still stands"),
    ],
)
def test_as_of_a_day_a_history_answers_with_the_rows_that_stood(
    settings: Settings, day: str, rows: list[tuple[object, ...]]
) -> None:
    copied(settings, published_with_history)
    for written in (f"'{day}'", f"date '{day}'"):
        found = ask(
            settings.published_db,
            f"select country, stock, hosts from stays_as_of({written}) order by all",
        )
        assert found == rows


def test_a_function_as_of_a_day_has_all_columns_of_its_history_and_is_listed(
    settings: Settings,
) -> None:
    copied(settings, published_with_history)
    shape = "select column_name, column_type from (describe from {})"
    assert ask(settings.published_db, shape.format("stays_as_of('2026-01-01')")) == ask(
        settings.published_db, shape.format("mart_stays_history")
    )
    [(name, parameters, history, description)] = ask(settings.published_db, "from about_functions")
    assert (name, parameters, history) == ("stays_as_of", ["as_of_day"], "mart_stays_history")
    assert isinstance(description, str) and "mart_stays_history" in description


def test_a_history_takes_the_words_that_it_has_not_from_the_table_it_is_of(
    settings: Settings,
) -> None:
    copied(settings, published_with_history)
    found = ask(
        settings.published_db,
        "select column_name, comment from duckdb_columns() "
        "where table_name = 'mart_stays_history' and comment is not null order by column_index",
    )
    assert found == [
        ("country", "Its own words."),
        ("stock", "Persons."),
        ("hosts", "Hosts; NULL: not known."),
        ("release_id", "Release."),
        ("last_release_id", "Release."),
    ]
    [(comment,)] = ask(
        settings.published_db,
        "select comment from duckdb_tables() where table_name = 'mart_stays_history'",
    )
    assert comment == "A row is a country and an interval."


def test_a_function_as_of_a_day_without_its_history_is_refused_and_the_old_file_stays(
    settings: Settings,
) -> None:
    copied(settings, published_with_history)
    before = settings.published_db.read_bytes()
    with pytest.raises(PublishError, match="mart_gone_history is not among the tables"):
        publish(settings, lineage=LINEAGE, keys=KEYS, as_of={"gone_as_of": "mart_gone_history"})
    assert settings.published_db.read_bytes() == before
