"""Publishing to a real PostgreSQL: whole or not at all, for readers who never notice."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from tests.other_processes import look_on
from tests.postgres_server import ADMIN, PostgresServer
from tests.warehouse.small_build import KEYS, LINEAGE, build, settings_in, statements
from warehouse.cli.app import app
from warehouse.published import postgresql as module
from warehouse.published.postgresql import PostgresError, PublishedSchema, publish
from warehouse.published.postgresql_tables import UnfitTableError, postgres_type, read_tables
from warehouse.published.read import published_fingerprint
from warehouse.published.write import publish as publish_file
from warehouse.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[3]
TABLES = {
    *("mart_origin_yearly", "mart_destination_yearly", "dim_country", "fct_population_yearly"),
    *("mart_reporting_breaks", "mart_reporting_break_origins"),
    *("releases", "break_kinds", "special_origins"),
    *("about", "about_snapshots", "about_tables", "about_functions"),
}
EMPTY = {"about_functions", "mart_reporting_breaks", "mart_reporting_break_origins"}


def small_file(folder: Path, name: str = "a", *changes: str) -> Settings:
    """A published file; `name` is its fingerprint and the name of a country in it. Where it is
    not "a", its largest table has two rows more.
    """
    settings = settings_in(folder)
    build(settings, asylum_name=name)
    statements(
        settings,
        "insert into marts.dim_country select 'c' || n, null, 'Country ' || n, null "
        "from range(50) as numbers (n)",
        *(
            []
            if name == "a"
            else [
                "insert into marts.fct_population_yearly "
                "values ('CHI', 'c1', 2001, null), ('CHI', 'c2', 2001, 1)"
            ]
        ),
        *changes,
    )
    keys = KEYS | {"decision_levels": ["dec_level"]}
    publish_file(settings, lineage=LINEAGE | {"build_fingerprint": name}, keys=keys)
    return settings


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return small_file(tmp_path_factory.mktemp("a") / "data")


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return small_file(tmp_path_factory.mktemp("b") / "data", "b")


@pytest.fixture
def database(postgres: PostgresServer) -> SecretStr:
    return postgres.database()


@pytest.fixture
def con(postgres: PostgresServer, database: SecretStr) -> Iterator[psycopg.Connection]:
    with postgres.connect(database) as con:
        yield con


@pytest.fixture
def old(a: Settings, database: SecretStr, con: psycopg.Connection) -> psycopg.Connection:
    """A connection to a database in which `a` stands."""
    publish(a, database)
    return con


def ask(con: psycopg.Connection, query: str, *parameters: object) -> list[Any]:
    return con.execute(query.encode(), parameters or None).fetchall()


def stands(con: psycopg.Connection, schema: str = "asylum") -> str:
    """The fingerprint of what a reader finds."""
    [(found,)] = ask(con, f"select value from {schema}.about where item = 'build_fingerprint'")
    return found


def schemas(con: psycopg.Connection) -> set[str]:
    return {
        name
        for (name,) in ask(con, "select nspname from pg_namespace")
        if not name.startswith("pg_") and name not in {"public", "information_schema"}
    }


def test_all_tables_arrive_with_their_rows_and_comments(
    a: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    done = publish(a, database)
    assert done.is_new and done.release == "2025-12.1" and done.build_fingerprint == "a"
    assert set(done.rows) == TABLES
    with duckdb.connect() as file:
        file.execute(f"attach '{a.published_db}' as a (read_only)")
        for table in TABLES - {"about"}:
            query = f"select count(*) from {{}}{table}"
            [(rows,)] = ask(con, query.format("asylum."))
            assert [(rows,)] == file.execute(query.format("a.")).fetchall() == [(done.rows[table],)]
        for table, comment in file.execute(
            "select table_name, comment from duckdb_tables() where database_name = 'a'"
        ).fetchall():
            query = f"select obj_description('asylum.{table}'::regclass)"
            assert ask(con, query) == [(comment,)]
    [(comment,)] = ask(con, "select obj_description('asylum'::regnamespace)")
    assert comment.startswith("Source: UNHCR Refugee Population Statistics Database, release 2025")
    assert schemas(con) == {"asylum"}


def test_what_only_duckdb_has_is_not_spoken_of(
    a: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    publish(a, database)
    assert ask(con, "select 1 from asylum.about where item = 'functions'") == []
    assert ask(con, "select function_name from asylum.about_functions") == []


def test_keys_are_there_and_a_key_in_which_null_is_a_value_has_it_as_one(
    a: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    publish(a, database)
    found = dict(
        ask(
            con,
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
            "where contype in ('p', 'u') and connamespace = 'asylum'::regnamespace",
        )
    )
    assert found["asylum.dim_country"] == "PRIMARY KEY (unhcr_code)"
    assert found["asylum.about"] == "PRIMARY KEY (item)"
    assert found["asylum.mart_destination_yearly"].startswith("UNIQUE NULLS NOT DISTINCT (origin")
    assert "asylum.releases" not in found  # its key is not known
    assert ask(
        con,
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'f' and connamespace = 'asylum'::regnamespace "
        "and conrelid = 'asylum.fct_population_yearly'::regclass order by 2",
    ) == [
        (
            "asylum.fct_population_yearly",
            f"FOREIGN KEY ({column}) REFERENCES asylum.dim_country(unhcr_code)",
        )
        for column in ("asylum_unhcr_code", "origin_unhcr_code")
    ]


@pytest.mark.parametrize(("sent", "is_checked"), [("FI", True), ("0", False)])
def test_a_code_that_no_list_has_arrives_and_is_a_reference_that_is_not_checked(
    tmp_path: Path, database: SecretStr, con: psycopg.Connection, sent: str, is_checked: bool
) -> None:
    changes = [
        "create table reference.decision_levels (dec_level varchar not null)",
        "insert into reference.decision_levels values ('NA'), ('FI')",
        "alter table marts.fct_population_yearly add column dec_level varchar",
        f"update marts.fct_population_yearly set dec_level = '{sent}' "
        "where asylum_unhcr_code = 'c1'",
    ]
    publish(small_file(tmp_path / "data", "b", *changes), database)
    assert ask(con, "select distinct dec_level from asylum.fct_population_yearly order by 1") == [
        (sent,),
        (None,),
    ]
    assert ask(
        con,
        "select confrelid::regclass::text, convalidated from pg_constraint "
        "where contype = 'f' and conrelid = 'asylum.fct_population_yearly'::regclass "
        "order by 1, 2",
    ) == [
        ("asylum.decision_levels", is_checked),
        ("asylum.dim_country", True),
        ("asylum.dim_country", True),
    ]


def test_the_same_build_is_not_published_twice_unless_forced(
    a: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    publish(a, database)
    oid = "select 'asylum.about'::regclass::oid"
    first = ask(con, oid)
    again = publish(a, database)
    assert not again.is_new and ask(con, oid) == first
    assert "nothing was done" in again.sentence()
    assert publish(a, database, reader="another_reader").is_new
    assert publish(a, database, force=True).is_new
    assert ask(con, oid) != first
    con.execute("drop table asylum.releases")
    assert publish(a, database).is_new
    assert ask(con, "select count(*) from asylum.releases") == [(2,)]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into asylum.dim_country values ('X', null, 'X', null)",
        "update asylum.dim_country set country_name = 'X'",
        "delete from asylum.dim_country",
        "truncate asylum.dim_country cascade",
        "create table asylum.mine (a int)",
        "create schema mine",
        "drop table asylum.dim_country cascade",
        "drop schema asylum cascade",
        "alter table asylum.dim_country add column a int",
        "comment on table asylum.dim_country is 'X'",
        "create index on asylum.dim_country (iso3)",
        "create role other",
        "grant select on asylum.dim_country to public",
    ],
    ids=lambda statement: "_".join(statement.split()[:2]),
)
def test_the_reader_may_not(shared: psycopg.Connection, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.Warning)):
        shared.execute(statement.encode())
        if statement.startswith("grant"):  # PostgreSQL only warns of it
            acl = "select relacl::text from pg_class where oid = 'asylum.dim_country'::regclass"
            assert "{=r/" not in ask(shared, acl)[0][0] and ",=r/" not in ask(shared, acl)[0][0]
            raise psycopg.Warning


@pytest.fixture(scope="module")
def shared(postgres: PostgresServer, a: Settings) -> Iterator[psycopg.Connection]:
    """What was published, as one who is a member of the role for readers sees it. Rights that
    the publishing user gives away by default are in the way.
    """
    database = postgres.database()
    with postgres.connect(database) as admin:
        admin.execute("alter default privileges grant all on tables to public")
        admin.execute("alter default privileges grant all on schemas to public")
    publish(a, database, reader="readers_only")
    postgres.user("one_reader", role_of="readers_only")
    address = postgres.address(str(database.get_secret_value()).rpartition("/")[2])
    with postgres.connect(
        SecretStr(address.get_secret_value().replace(ADMIN, "one_reader"))
    ) as reader:
        yield reader


def test_the_reader_may_select_from_every_table(shared: psycopg.Connection) -> None:
    # It publishes no function as of a day and has no break of reporting.
    for table in TABLES:
        has_rows = table not in EMPTY
        assert ask(shared, f"select count(*) > 0 from asylum.{table}") == [(has_rows,)]


def test_rights_and_comments_are_there_after_a_swap_too(
    a: Settings, b: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    for settings in (a, b):
        publish(settings, database, reader="readers_too")
        con.execute("set role readers_too")
        assert stands(con) == published_fingerprint(settings)
        con.execute("reset role")
        assert ask(con, "select col_description('asylum.about'::regclass, 1)") == [
            ("name of the fact",)
        ]


READER = """
import sys, psycopg
url, isolation, counts = sys.argv[1], sys.argv[2], {"a": 5000, "b": 5002}
seen, looks = set(), 0
with psycopg.connect(url) as con:
    con.isolation_level = getattr(psycopg.IsolationLevel, isolation)
    print("ready", flush=True)
    while not looks or sys.stdin.readline() != "end\\n":
        for _ in range(20):
            looks += 1
            with con.transaction():
                said = "select value from asylum.about where item = 'build_fingerprint'"
                [(first,)] = con.execute(said).fetchall()
                many = "select count(*) from asylum.fct_population_yearly"
                [(rows,)] = con.execute(many).fetchall()
                name = "select country_name from asylum.dim_country where unhcr_code = 'BRA'"
                [(country,)] = con.execute(name).fetchall()
                [(last,)] = con.execute(said).fetchall()
                [(joined,)] = con.execute(
                    "select count(*) from asylum.mart_destination_yearly as m "
                    "join asylum.dim_country as c on m.asylum_unhcr_code = c.unhcr_code "
                    "where m.asylum_name = c.country_name"
                ).fetchall()
            assert first == last == country and rows == counts[first] and joined == 3, (
                first, last, country, rows, joined
            )
            seen.add(first)
        print(first, flush=True)
print(looks, *sorted(seen), flush=True)
"""


def test_readers_see_old_or_new_through_twenty_swaps_and_never_a_mixture_or_an_error(
    a: Settings, b: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    publish(a, database)

    def swap(settings: Settings) -> None:
        assert publish(settings, database).is_new

    readers = [
        (READER, database.get_secret_value(), isolation)
        for isolation in ("READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE", "READ_COMMITTED")
    ]
    for said in look_on(readers, [partial(swap, settings) for settings in (b, a) * 10]):
        looks, *seen = said.splitlines()[-1].split()
        assert int(looks) >= 20 and seen == ["a", "b"], said
    assert schemas(con) == {"asylum"}


def test_a_transaction_that_began_before_the_swap_finds_no_empty_table(
    a: Settings, b: Settings, postgres: PostgresServer, database: SecretStr
) -> None:
    publish(a, database)
    with postgres.connect(database) as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1 from pg_class limit 1")
        publish(b, database)
        assert stands(reader) == "b"
        assert ask(reader, "select count(*) from asylum.fct_population_yearly") == [(5002,)]


def test_a_reader_in_a_long_transaction_is_waited_for_named_and_left_in_peace(
    a: Settings, b: Settings, postgres: PostgresServer, database: SecretStr
) -> None:
    publish(a, database)
    with postgres.connect(database) as reader:
        reader.execute("set application_name = 'a slow dashboard'")
        with reader.transaction():
            assert stands(reader) == "a"
            with pytest.raises(
                PostgresError,
                match=rf"Readers have held .* for 0\.3 seconds: process {reader.info.backend_pid} "
                r".*a slow dashboard.*--wait",
            ):
                publish(b, database, wait=0.3)
            [(name,)] = ask(
                reader, "select country_name from asylum.dim_country where iso3 = 'BRA'"
            )
            assert name == "a" and stands(reader) == "a"
        assert schemas(reader) == {"asylum"}
        assert publish(b, database, wait=0.3).is_new
        assert stands(reader) == "b"


def test_a_reader_that_wants_more_while_the_swap_waits_for_it_is_not_called_a_deadlock(
    b: Settings, postgres: PostgresServer, database: SecretStr, old: psycopg.Connection
) -> None:
    last = sorted(TABLES)[-1]  # locked last, so all others are locked when it is waited for
    publisher = publisher_process(b, database)
    waiting = (
        "select count(*) from pg_stat_activity where application_name = 'asylum publish' "
        "and wait_event_type = 'Lock'"
    )
    with postgres.connect(database) as reader, reader.transaction():
        assert ask(reader, f"select count(*) > 0 from asylum.{last}") == [(True,)]
        publisher.stdin.close()  # type: ignore[union-attr]
        for _ in range(3):
            while ask(old, waiting) == [(0,)]:
                assert publisher.poll() is None
            for table in sorted(TABLES - EMPTY):  # empty
                assert ask(reader, f"select count(*) > 0 from asylum.{table}") == [(True,)]
        assert stands(reader) == "a"
    assert publisher.wait(60) == 0
    assert stands(old) == "b"


PUBLISHER = """
import sys
from pathlib import Path
from pydantic import SecretStr
from tests.warehouse.small_build import settings_in
from warehouse.published import postgresql
where, job = sys.argv[2], postgresql._Publication

def stop_here(*_):
    print("there", flush=True)
    sys.stdin.read()

if where == "mid-copy":
    whole = job._copy
    def copy(self, table):
        if table.name == "fct_population_yearly":
            self._run(table.create(self._new))
            with self._con.cursor() as cursor, cursor.copy(table.copy(self._new)) as copying:
                for number in range(30_000):
                    copying.write_row(("CHI", "c" + str(number), "2000", "1"))
                stop_here()
        whole(self, table)
    job._copy = copy
elif where == "before the swap":
    whole = job.swap
    job.swap = lambda *given: (stop_here(), whole(*given))
elif where == "after the swap":
    whole = job.swap
    job.swap = lambda *given: (whole(*given), stop_here())
else:
    stop_here()
url = sys.stdin.readline().strip() if not sys.argv[3:] else sys.argv[3]
postgresql.publish(settings_in(Path(sys.argv[1])), SecretStr(url))
"""


def publisher_process(
    settings: Settings, database: SecretStr, where: str = "at the start"
) -> subprocess.Popen[str]:
    """A process that publishes, and waits at `where` until its input is closed."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", PUBLISHER, str(settings.data_dir), where),
            database.get_secret_value(),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout and process.stdout.readline() == "there\n"
    return process


@pytest.mark.parametrize("where", ["mid-copy", "before the swap", "after the swap"])
def test_a_publisher_that_is_killed_leaves_the_old_schema_and_nothing_else(
    a: Settings, b: Settings, database: SecretStr, con: psycopg.Connection, where: str
) -> None:
    publish(a, database)
    process = publisher_process(b, database, where)
    if where != "after the swap":  # from then on readers wait for its end
        assert stands(con) == "a"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert stands(con) == "a"
    assert publish(b, database).is_new
    assert stands(con) == "b"
    assert schemas(con) == {"asylum"}


def test_a_second_publisher_is_refused_or_waits(
    a: Settings, b: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    publish(a, database)
    process = publisher_process(b, database, "before the swap")
    with pytest.raises(
        PostgresError, match=r"Another publisher .* schema asylum for 0\.2 seconds \(process \d+"
    ):
        publish(a, database, wait=0.2)
    assert publish(a, database, schema="elsewhere", wait=0).is_new  # not in its way
    second = publisher_process(a, database)
    second.stdin.close()  # type: ignore[union-attr]
    publishing = "select count(*) from pg_stat_activity where application_name = 'asylum publish'"
    while ask(con, publishing) == [(1,)]:
        time.sleep(0.02)
    assert second.poll() is None
    process.stdin.close()  # type: ignore[union-attr]
    assert (process.wait(60), second.wait(60)) == (0, 0)
    assert stands(con) == "a"
    assert schemas(con) == {"asylum", "elsewhere"}


def test_a_connection_that_is_lost_leaves_the_old_schema(
    b: Settings,
    database: SecretStr,
    old: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = module._Publication.describe

    def cut(self: module._Publication, comment: str) -> None:
        old.execute("select pg_terminate_backend(%s, 5000)", [self._con.info.backend_pid])
        whole(self, comment)

    monkeypatch.setattr(module._Publication, "describe", cut)
    with pytest.raises(PostgresError, match=r"terminating connection.*stands as it was"):
        publish(b, database)
    assert stands(old) == "a"
    assert schemas(old) == {"asylum"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            "update marts.dim_country set country_name = 'Bra' || chr(0) || 'zil', "
            "groups = ['a' || chr(0)] where unhcr_code in ('BRA', 'USA')",
            r"dim_country: the character NUL is in country_name \(2 rows\), groups \(2 rows\)",
            id="a NUL in a text",
        ),
        pytest.param(
            "delete from marts.dim_country where unhcr_code = 'c7'",
            r"fct_population_yearly\.asylum_unhcr_code names what is not in dim_country: "
            r"Key \(asylum_unhcr_code\)=\(c7\)",
            id="a code without a country",
        ),
        pytest.param(
            "insert into marts.dim_country select * exclude (country_name_within) "
            "from marts.dim_country where iso3 = 'BRA'",
            r"Key \(unhcr_code\)=\(BRA\) is duplicated",
            id="two rows of one key",
        ),
        pytest.param(
            "alter table marts.dim_country add column odd bit; ",
            r"dim_country\.odd is BIT, for which there is no type",
            id="a type that PostgreSQL has not",
        ),
        pytest.param(
            f"alter table marts.dim_country add column {'x' * 64} int",
            "longer than the 63 bytes",
            id="a name that PostgreSQL would cut",
        ),
    ],
)
def test_a_file_that_does_not_fit_leaves_the_old_schema(
    tmp_path: Path, database: SecretStr, old: psycopg.Connection, change: str, message: str
) -> None:
    with pytest.raises(PostgresError, match=message):
        publish(small_file(tmp_path / "data", "c", change), database)
    assert stands(old) == "a"
    assert schemas(old) == {"asylum"}


@pytest.mark.parametrize(
    ("before", "given", "message"),
    [
        pytest.param(
            "create schema asylum; create table asylum.theirs (a int)",
            {},
            r"was not made by asylum-warehouse and is not empty \(theirs\)",
            id="a schema of somebody else",
        ),
        pytest.param("select 1", {"schema": "public"}, "cannot be replaced", id="public"),
        pytest.param(
            "create schema asylum__new", {}, "There is a schema asylum__new", id="name taken"
        ),
        pytest.param("select 1", {"schema": "A;b"}, "'A;b' is no name for a schema", id="no name"),
        pytest.param("select 1", {"schema": ""}, "'' is no name for a schema", id="no schema"),
        pytest.param("select 1", {"reader": ""}, "'' is no name for a role", id="no reader"),
        pytest.param(
            "select 1", {"schema": "s" * 59}, "too long a name for another beside", id="long name"
        ),
        pytest.param(
            "select 1", {"reader": ADMIN}, "can do more than read", id="a reader with rights"
        ),
    ],
)
def test_what_must_not_be_replaced_or_given_rights_is_refused(
    a: Settings, postgres: PostgresServer, before: str, given: dict[str, str], message: str
) -> None:
    database = postgres.database()
    with postgres.connect(database) as con:
        con.execute(before.encode())
        there = schemas(con)
        with pytest.raises(PostgresError, match=message):
            publish(a, database, **given)  # type: ignore[arg-type]
        assert schemas(con) == there


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        (
            "create view public.mine as select * from asylum.dim_country",
            "Others have built on schema asylum.*view public.mine depends on table",
        ),
        ("create table asylum.notes (a int)", r"holds what was not published: notes\."),
        (
            "create function asylum.one() returns int language sql as 'select 1'",
            "Others have built on schema asylum.*function asylum.one",
        ),
    ],
    ids=["a view", "a table", "a function"],
)
def test_what_others_have_made_is_not_lost(
    b: Settings, database: SecretStr, old: psycopg.Connection, theirs: str, message: str
) -> None:
    old.execute(theirs.encode())
    with pytest.raises(PostgresError, match=message):
        publish(b, database)
    assert stands(old) == "a"
    assert schemas(old) == {"asylum"}


def test_an_empty_schema_is_taken(
    a: Settings, database: SecretStr, con: psycopg.Connection
) -> None:
    con.execute("create schema asylum")
    publish(a, database)
    assert stands(con) == "a"


def test_a_publisher_needs_no_more_than_to_make_schemas_and_is_told_what_it_lacks(
    a: Settings, postgres: PostgresServer, database: SecretStr, con: psycopg.Connection
) -> None:
    postgres.user("plain_publisher")
    name = database.get_secret_value().rpartition("/")[2]
    address = postgres.address(name, user="plain_publisher")
    lacks = rf'may not make schemas in database {name}.*grant create on database "{name}" to'
    with pytest.raises(PostgresError, match=lacks):
        publish(a, address, reader="not_yet_there")
    con.execute(f"grant create on database {name} to plain_publisher".encode())
    with pytest.raises(PostgresError, match=r"no role not_yet_there.*create role not_yet_there no"):
        publish(a, address, reader="not_yet_there")
    con.execute("create role not_yet_there nologin")
    assert publish(a, address, reader="not_yet_there").is_new
    assert publish(a, address, reader="not_yet_there", force=True).is_new
    con.execute("alter schema asylum owner to test_admin")
    with pytest.raises(PostgresError, match="Schema asylum belongs to test_admin"):
        publish(a, address, reader="not_yet_there", force=True)


def test_settings_of_the_role_do_not_stand_in_the_way(
    a: Settings, postgres: PostgresServer, database: SecretStr, con: psycopg.Connection
) -> None:
    name = database.get_secret_value().rpartition("/")[2]
    for setting in (
        *("statement_timeout = 1", "lock_timeout = 1", "search_path = nowhere"),
        *("TimeZone = 'Asia/Tokyo'", "DateStyle = 'SQL, DMY'"),
        *("default_transaction_isolation = serializable", "default_transaction_read_only = on"),
    ):
        with postgres.connect(postgres.address("postgres")) as other:
            other.execute(f"alter database {name} set {setting}".encode())
    publish(a, database)
    assert ask(
        con,
        "select to_char(retrieved_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') "
        "from asylum.about_snapshots order by 1",
    ) == [("2026-11-21 00:00",), ("2026-11-22 10:20",)]


def test_values_of_every_type_arrive_as_they_are(
    tmp_path: Path, database: SecretStr, con: psycopg.Connection
) -> None:
    values = {
        "a_hugeint hugeint": "170141183460469231731687303715884105727",
        "a_decimal decimal(18, 3)": "-123456.789",
        "a_bigint bigint": "-9223372036854775808",
        "a_ubigint ubigint": "18446744073709551615",
        "a_smallint smallint": "-5",
        "a_double double": "0.1::double + 0.2",
        "an_infinity double": "'-inf'",
        "no_number double": "'nan'",
        "a_real float": "0.1",
        "a_boolean boolean": "true",
        "a_date date": "'1951-07-28'",
        "an_open_date date": "'infinity'",
        "a_timestamp timestamp": "'2025-12-31 23:59:59.123456'",
        "a_moment timestamptz": "'2025-06-30 12:00:00+02'",
        "a_text varchar": "e'Türkiye \"x\", \\\\N \\t tab \\n line \\r 中国 \U0001f30d'",
        "no_text varchar": "''",
        "an_enum enum('low', 'high')": "'high'",
        "a_list varchar[]": "['a, b', null, 'c\"d', '{}', '']",
        "numbers integer[]": "[1, null, 3]",
        "no_list varchar[]": "[]",
        "a_struct struct(a int, b varchar)": "{'a': 1, 'b': 'x'}",
        "lists integer[][]": "[[1], [2, 3]]",
        "a_uuid uuid": "'00000000-0000-4000-8000-000000000001'",
        "a_null varchar": "null",
    }
    settings = small_file(
        tmp_path / "data",
        "types",
        f"create table marts.fct_types ({', '.join(values)})",
        f"insert into marts.fct_types values ({', '.join(values.values())})",
    )
    publish(settings, database)
    con.execute("set TimeZone = 'UTC'")
    compared = {
        "a_hugeint": "170141183460469231731687303715884105727",
        "a_decimal": "-123456.789",
        "a_bigint": "-9223372036854775808",
        "a_ubigint": "18446744073709551615",
        "a_smallint": "-5",
        "a_double": "0.30000000000000004",
        "an_infinity": "-Infinity",
        "no_number": "NaN",
        "a_real": "0.1",
        "a_boolean": "true",
        "a_date": "1951-07-28",
        "an_open_date": "infinity",
        "a_timestamp": "2025-12-31 23:59:59.123456",
        "a_moment": "2025-06-30 10:00:00+00",
        "a_text": 'Türkiye "x", \\N \t tab \n line \r 中国 \U0001f30d',
        "no_text": "",
        "an_enum": "high",
        "a_list": '{"a, b",NULL,"c\\"d","{}",""}',
        "numbers": "{1,NULL,3}",
        "no_list": "{}",
        "a_struct": '{"a": 1, "b": "x"}',
        "lists": "[[1], [2, 3]]",
        "a_uuid": "00000000-0000-4000-8000-000000000001",
        "a_null": None,
    }
    [found] = ask(con, f"select {', '.join(f'{c}::text' for c in compared)} from asylum.fct_types")
    assert dict(zip(compared, found, strict=True)) == compared
    types = dict(
        ask(
            con,
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = 'asylum.fct_types'::regclass and attnum > 0",
        )
    )
    assert types["a_hugeint"] == "numeric(39,0)" and types["a_decimal"] == "numeric(18,3)"
    assert types["a_moment"] == "timestamp with time zone" and types["a_list"] == "text[]"
    assert types["an_enum"] == "text" and types["lists"] == "jsonb" == types["a_struct"]


def test_a_type_without_a_counterpart_is_none() -> None:
    assert postgres_type("BIT") is None
    assert postgres_type("BIT[]") is None
    assert postgres_type("DECIMAL(38,2)[]") == "numeric(38,2)[]"


def test_a_file_with_a_long_column_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute("create table about_tables (table_name varchar, key_columns varchar[])")
        con.execute(f"create table t ({'é' * 32} int)")
        with pytest.raises(UnfitTableError, match="longer than the 63 bytes"):
            read_tables(con)


# ------------------------------------------------------------------------------- the secret


def leaks(text: str, *secrets: str) -> list[str]:
    return [secret for secret in secrets if secret in text]


def everything_said(error: BaseException, caught: pytest.LogCaptureFixture) -> str:
    return "".join(traceback.format_exception(error)) + caught.text + repr(error)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"password": "wr0ng/p@ss:word"}, "password authentication failed"),
        ({"port": 1}, "could not be reached: .*refused"),
        ({"database": "not_there"}, 'database "not_there" does not exist'),
        ({"user": "nobody_here"}, "could not be reached"),
    ],
    ids=["a wrong password", "no server", "no database", "no user"],
)
def test_a_connection_that_fails_says_why_and_no_secret(
    a: Settings,
    postgres: PostgresServer,
    caplog: pytest.LogCaptureFixture,
    change: dict[str, Any],
    message: str,
) -> None:
    address = postgres.address(**({"database": "postgres"} | change))
    with caplog.at_level(logging.DEBUG), pytest.raises(PostgresError, match=message) as caught:
        publish(a, address)
    said = everything_said(caught.value, caplog)
    secrets = (address.get_secret_value(), "wr0ng", postgres.password, "127.0.0.1")
    assert leaks(said, *secrets[:3]) == []
    assert leaks(str(caught.value), *secrets) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:s3cr3t/w0rd@host:x/db",
        "postgresql://user:s3cr3t@w0rd@host:5432:9/db",
        "postgresql://user:%s3cr3t-w0rd@host/db",
        "postgresql://host/db?s3cr3t=w0rd",
        "mysql://user:s3cr3t-w0rd@host/db",
        "s3cr3t-w0rd",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(
    a: Settings, caplog: pytest.LogCaptureFixture, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(PostgresError) as caught:
        publish(a, SecretStr(address))
    assert leaks(everything_said(caught.value, caplog), "s3cr3t", "w0rd") == []
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(a.data_dir))
    for extra in ([], ["--verbose"]):
        result = CliRunner().invoke(app, ["publish", "--to", address, *extra])
        assert result.exit_code == 1
        assert leaks(result.output, "s3cr3t", "w0rd") == []


@pytest.mark.parametrize("name", ["ASYLUM_POSTGRES_URL", "ASYLUM_POSTGRE_URL"])
def test_a_variable_that_cannot_be_used_is_named_without_its_value(name: str) -> None:
    given = {name: "mysql://user:s3cr3t-w0rd@host/db"}
    with pytest.raises(SettingsError, match=rf"{name}: ") as caught:
        load_settings(given)
    assert leaks("".join(traceback.format_exception(caught.value)), "s3cr3t", "w0rd") == []


def test_settings_keep_the_secret_to_themselves() -> None:
    settings = load_settings({"ASYLUM_POSTGRES_URL": " postgresql://user:s3cr3t-w0rd@host/db "})
    assert settings.postgres_url
    assert settings.postgres_url.get_secret_value() == "postgresql://user:s3cr3t-w0rd@host/db"
    shown = repr(settings) + str(settings.model_dump()) + settings.model_dump_json()
    assert leaks(shown, "s3cr3t", "w0rd") == []
    again = Settings.model_validate(settings.model_dump())
    assert again.postgres_url == settings.postgres_url
    assert load_settings({"ASYLUM_POSTGRES_URL": ""}).postgres_url is None


def test_the_command_publishes_and_says_nothing_of_the_address(
    a: Settings,
    postgres: PostgresServer,
    database: SecretStr,
    con: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(a.data_dir))
    no_address = CliRunner().invoke(app, ["publish"])
    assert no_address.exit_code == 1 and "ASYLUM_POSTGRES_URL" in no_address.output
    monkeypatch.setenv("ASYLUM_POSTGRES_URL", database.get_secret_value())
    said = ""
    for words, expected in (
        (["publish", "--verbose"], "13 tables, 5,103 rows of release 2025-12.1 in schema asylum"),
        (["publish", "--to", database.get_secret_value()], "nothing was done"),
        (["publish", "--force", "--schema", "other", "--reader", "r2"], "in schema other"),
        (["status"], "2025-12.1"),
        (["status", "--format", "json"], "2025-12.1"),
    ):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        assert expected in result.output
        said += result.output
    secret = database.get_secret_value()
    assert leaks(said, secret, postgres.password, secret.split(":")[2].split("@")[0]) == []
    assert stands(con) == stands(con, "other") == "a"


def test_stands_for_tells_what_is_published_from_what_is_not(
    a: Settings, b: Settings, postgres: PostgresServer, database: SecretStr
) -> None:
    both = [
        Settings.model_validate({**one.model_dump(), "postgres_url": database}) for one in (a, b)
    ]
    assert [module.stands_for(one) for one in both] == [False, False]
    done: PublishedSchema = publish(both[0])
    assert done.is_new
    assert [module.stands_for(one) for one in both] == [True, False]
    down = both[0].model_copy(update={"postgres_url": postgres.address("postgres", port=1)})
    assert not module.stands_for(down)


def test_the_server_of_the_tests_listens_on_loopback_alone(postgres: PostgresServer) -> None:
    with postgres.connect(postgres.address("postgres")) as con:
        assert ask(con, "show listen_addresses") == [("127.0.0.1",)]
        assert ask(con, "show data_directory") == [(str(postgres.folder / "data"),)]
    assert (postgres.folder / "data").stat().st_uid != 0
