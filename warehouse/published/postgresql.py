"""The published file -> a schema of PostgreSQL.

All in one transaction: a schema is made beside the old one, filled by COPY from the published file,
given keys, comments and rights, and takes the old one's name. Whatever goes wrong on the way, and
whoever is killed, the old schema is there as it was and nothing else is.

How readers are kept from mixtures: a reader's transaction holds the tables it has read until it
ends, and the swap needs all old tables to itself. It asks for them for less time than PostgreSQL
takes to call a deadlock, gives them up if it does not get them all, and asks again until its
patience ends. So a transaction sees the old tables to its end or the new ones from its beginning,
and is made to wait, but never fails.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import duckdb
from pydantic import SecretStr
from tenacity import (
    Retrying,
    retry_if_exception_type,
    retry_if_not_result,
    stop_before_delay,
    wait_chain,
    wait_fixed,
)
from tenacity.retry import retry_base

from warehouse.core import attribution
from warehouse.core.database import identifier
from warehouse.settings import PROJECT_NAME, Settings, SettingsError

try:
    import psycopg
    from psycopg import IsolationLevel, sql
    from psycopg.conninfo import conninfo_to_dict
except ImportError as error:
    raise SettingsError(
        f"Publishing to PostgreSQL needs the package psycopg ({error}). "
        f"Install it with: pip install '{PROJECT_NAME}[postgres]'"
    ) from error

from warehouse.published.about import ABOUT_KEYS
from warehouse.published.postgresql_tables import (
    LONGEST_NAME,
    PostgresTable,
    UnfitTableError,
    fingerprint,
    read_functions,
    read_tables,
    refuse_nul,
)
from warehouse.published.read import open_published, read_about

OnTable = Callable[[str, int, int | None], None]

OLDEST_SERVER = 150000  # `unique nulls not distinct`
_CONNECT_SECONDS = 15
_BATCH = 5_000
# For all old tables together. PostgreSQL looks for a deadlock after one second.
_LOCK_MILLISECONDS = 500
_PAUSES = wait_chain(*map(wait_fixed, (0.05, 0.1, 0.2, 0.5, 1.0)))
# A publisher that went silent is ended by the server after this.
_IDLE_LIMIT = "10min"
_MARK = re.compile(rf"Made by {PROJECT_NAME}\b.*\bload ([0-9a-f]{{64}})$", re.DOTALL)
_TO_SERVER = re.compile(
    r'connection (?:failed|is bad): |connection to server (?:at|on)[^"]*"[^"]*"[^:"]*failed: '
)
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_RESERVED = {"public", "information_schema"}


class PostgresError(Exception):
    """The tables could not be published to PostgreSQL; what stood there stands as it was.

    No message holds the address or the password.
    """


@dataclass(frozen=True)
class PublishedSchema:
    """What stands in PostgreSQL now. `rows` by table; `is_new` False: it stood there already."""

    schema: str
    release: str
    build_fingerprint: str
    rows: dict[str, int]
    is_new: bool
    seconds: float

    def sentence(self) -> str:
        """What was done, for a person."""
        what = f"{len(self.rows)} tables, {sum(self.rows.values()):,} rows"
        if not self.is_new:
            return (
                f"PostgreSQL: schema {self.schema} holds this build of release {self.release} "
                f"already ({what}); nothing was done. --force publishes it again."
            )
        return (
            f"PostgreSQL: {what} of release {self.release} in schema {self.schema}, "
            f"{self.seconds:.1f} s."
        )


def publish(
    settings: Settings,
    url: SecretStr | None = None,
    *,
    schema: str | None = None,
    reader: str | None = None,
    wait: float | None = None,
    force: bool = False,
    on_table: OnTable | None = None,
) -> PublishedSchema:
    """Put the published tables into `schema`, for members of role `reader` to read.

    What is not given is as the settings say. `wait`: seconds of patience with another publisher,
    and again with readers. Where the same build stands already nothing is done unless `force`.

    Raises PostgresError when it cannot be done, PublishedMissingError when there is nothing to
    publish.
    """
    started = time.perf_counter()
    schema = _name(
        settings.postgres_schema if schema is None else schema, "schema", "postgres_schema"
    )
    reader = _name(
        settings.postgres_reader if reader is None else reader, "role", "postgres_reader"
    )
    patience = settings.postgres_wait if wait is None else wait
    if schema in _RESERVED or schema.startswith("pg_"):
        raise PostgresError(f"Schema {schema} cannot be replaced: give another, such as asylum.")
    with open_published(settings) as file:
        about = read_about(file)
        try:
            tables = read_tables(file)
        except UnfitTableError as error:
            raise PostgresError(f"{error} {_UNTOUCHED}") from error
        load = fingerprint(tables, about["build_fingerprint"], reader)
        with _connected(_address(settings, url)) as con:
            job = _Publication(con, file, tables, schema, reader)
            job.prepare()
            job.be_alone(patience)
            is_new = force or not job.stands(load)
            if is_new:
                job.check_old_schema()
                job.ensure_reader()
                job.load(on_table)
                job.describe(_schema_comment(about["release"], load))
                job.swap(patience)
    return PublishedSchema(
        schema=schema,
        release=about["release"],
        build_fingerprint=about["build_fingerprint"],
        rows={table.name: table.rows for table in tables},
        is_new=is_new,
        seconds=time.perf_counter() - started,
    )


def stands_for(settings: Settings) -> bool:
    """Whether the configured PostgreSQL holds what is published.

    False, too, when it cannot be asked: publishing again will say why.
    """
    with open_published(settings) as file:
        try:
            tables = read_tables(file)
            load = fingerprint(
                tables, read_about(file)["build_fingerprint"], settings.postgres_reader
            )
            with _connected(_address(settings, None)) as con:
                return _Publication(
                    con, file, tables, settings.postgres_schema, settings.postgres_reader
                ).stands(load)
        except (PostgresError, UnfitTableError):
            return False


_UNTOUCHED = "PostgreSQL was not touched."


class _Publication:
    """One publication, within one transaction of `con`."""

    def __init__(
        self,
        con: psycopg.Connection,
        file: duckdb.DuckDBPyConnection,
        tables: Sequence[PostgresTable],
        schema: str,
        reader: str,
    ) -> None:
        self._con = con
        self._file = file
        self._tables = tables
        self._schema = schema
        self._reader = reader
        self._new = f"{schema}__new"
        self._old_tables: list[str] = []
        self._old_functions: list[str] = []

    def prepare(self) -> None:
        """Settings of this transaction, whatever the role's or the database's are."""
        for name, value in (
            ("statement_timeout", "0"),
            ("lock_timeout", "0"),
            ("idle_in_transaction_session_timeout", _IDLE_LIMIT),
            ("tcp_keepalives_idle", "60"),
            ("tcp_keepalives_interval", "10"),
            ("search_path", "pg_catalog"),
            ("TimeZone", "UTC"),
            ("DateStyle", "ISO"),
        ):
            self._set(name, value)
        [(version, encoding)] = self._ask(
            "select current_setting('server_version_num')::int, current_setting('server_encoding')"
        )
        if version < OLDEST_SERVER:
            raise PostgresError(
                f"This server is PostgreSQL {version // 10000}; 15 or newer is needed. {_UNTOUCHED}"
            )
        if encoding != "UTF8":
            raise PostgresError(
                f"This database is encoded as {encoding}, which has not all letters of the names "
                f"of countries. Publish to one made with encoding UTF8. {_UNTOUCHED}"
            )
        if self._new == self._schema or len(self._new) > LONGEST_NAME:
            raise PostgresError(
                f"Schema {self._schema} has too long a name for another beside it, {self._new}. "
                f"Give it one of at most {LONGEST_NAME - len('__new')} letters. {_UNTOUCHED}"
            )

    def be_alone(self, patience: float) -> None:
        """Take the right to publish to this schema; the server takes it back when we end or die."""
        key = int.from_bytes(
            hashlib.sha256(f"{PROJECT_NAME}:{self._schema}".encode()).digest()[:8], signed=True
        )

        def take() -> bool:
            return self._ask("select pg_try_advisory_xact_lock(%s)", key) == [(True,)]

        if _patient(patience, retry_if_not_result(bool))(take):
            return
        holders = self._ask(
            "select pid from pg_locks where locktype = 'advisory' and granted "
            "and database = (select oid from pg_database where datname = current_database()) "
            "and (classid::bigint << 32) | objid::bigint = %s",
            key,
        )
        who = ", ".join(f"process {pid} of the server" for (pid,) in holders) or "it"
        raise PostgresError(
            f"Another publisher has been writing to schema {self._schema} for {patience:g} "
            f"seconds ({who}). Run again when it has ended, or wait longer with --wait. "
            f"{_UNTOUCHED}"
        )

    def stands(self, load: str) -> bool:
        """Whether the schema was made by this very load and has all its tables."""
        mark = self._mark()
        if mark is None or mark != load:
            return False
        return {table.name for table in self._tables} == set(self._relations())

    def check_old_schema(self) -> None:
        """Refuse to replace what we did not make or may not replace."""
        [(database, user, may_create)] = self._ask(
            "select current_database(), current_user, "
            "has_database_privilege(current_database(), 'create')"
        )
        if not may_create:
            raise PostgresError(
                f"User {user} may not make schemas in database {database}. Let its owner run: "
                f"grant create on database {identifier(database)} to {identifier(user)}. "
                f"{_UNTOUCHED}"
            )
        if self._exists(self._new):
            raise PostgresError(
                f"There is a schema {self._new} in database {database}, whose name is needed for "
                f"a moment. It is not ours: rename it. {_UNTOUCHED}"
            )
        if not self._exists(self._schema):
            return
        [(owner, is_ours)] = self._ask(
            "select nspowner::regrole::text, pg_has_role(nspowner, 'usage') "
            "from pg_namespace where nspname = %s",
            self._schema,
        )
        if not is_ours:
            raise PostgresError(
                f"Schema {self._schema} belongs to {owner}, so {user} may not replace it. Publish "
                f"as {owner}, or make {user} a member of that role. {_UNTOUCHED}"
            )
        relations = self._relations()
        if self._mark() is None and relations:
            raise PostgresError(
                f"Schema {self._schema} was not made by {PROJECT_NAME} and is not empty "
                f"({_listed(relations)}), so it is not replaced. Give another name with --schema. "
                f"{_UNTOUCHED}"
            )
        known = set(ABOUT_KEYS)
        if "about_functions" in relations:
            about = sql.Identifier(self._schema, "about_functions")
            functions = self._ask(
                sql.SQL(
                    "select proname from pg_proc join {} on proname = function_name "
                    "where pronamespace = (select oid from pg_namespace where nspname = %s) "
                    "order by proname"
                ).format(about),
                self._schema,
            )
            self._old_functions = [name for (name,) in functions]
        if "about_tables" in relations:
            about = sql.Identifier(self._schema, "about_tables")
            tables = self._ask(sql.SQL("select table_name from {}").format(about))
            known |= {name for (name,) in tables}
        foreign = sorted(set(relations) - known)
        if foreign:
            raise PostgresError(
                f"Schema {self._schema} holds what was not published: {_listed(foreign)}. It would "
                f"be lost, so nothing is replaced. Move it to another schema and run again. "
                f"{_UNTOUCHED}"
            )
        self._old_tables = relations

    def ensure_reader(self) -> None:
        """A role that can be used for nothing but reading; made if there is none."""
        found = self._ask(
            "select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls, "
            "pg_has_role(oid, (select nspowner from pg_namespace where nspname = %s), 'usage'), "
            "oid = current_user::regrole or pg_has_role(oid, current_user::regrole, 'usage') "
            "from pg_roles where rolname = %s",
            self._schema,
            self._reader,
        )
        if not found:
            self._create_reader()
        elif any(found[0]):
            raise PostgresError(
                f"Role {self._reader} can do more than read: it has rights on the whole server, or "
                f"is the publisher or a member of it. Give a role for readers alone with --reader. "
                f"{_UNTOUCHED}"
            )

    def _create_reader(self) -> None:
        try:
            with self._con.transaction():
                self._run(sql.SQL("create role {} nologin").format(sql.Identifier(self._reader)))
        except psycopg.errors.InsufficientPrivilege:
            refused = True
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            refused = False  # a publisher to another database of this server made it just now
        else:
            return
        if refused:
            raise PostgresError(
                f"There is no role {self._reader}, and this user may not make one. Let an "
                f"administrator run: create role {self._reader} nologin. Or name a role that there "
                f"is with --reader. {_UNTOUCHED}"
            )

    def load(self, on_table: OnTable | None) -> None:
        """Make the new schema, with rows and keys."""
        self._run(sql.SQL("create schema {}").format(sql.Identifier(self._new)))
        for done, table in enumerate(self._tables):
            if on_table:
                on_table(table.name, done, len(self._tables))
            self._copy(table)
        # The keys of all first: foreign keys stand on them.
        for table in self._tables:
            self._run(*table.add_key(self._new))
        for table in self._tables:
            for reference, statement in zip(
                table.references, table.add_references(self._new), strict=True
            ):
                try:
                    self._run(statement)
                except psycopg.errors.ForeignKeyViolation as error:
                    broken = str(error.diag.message_detail or "").replace("\n", " ")
                else:
                    continue
                raise PostgresError(
                    f"{table.name}.{reference.column} names what is not in {reference.to_table}: "
                    f"{broken.replace(self._new + '.', '')} Correct the model; what PostgreSQL "
                    f"held before stands as it was."
                )
            self._run(sql.SQL("analyze {}").format(sql.Identifier(self._new, table.name)))
        for function in read_functions(self._file):
            self._run(*function.create(self._new))
        if on_table:
            on_table("tables", len(self._tables), len(self._tables))

    def _copy(self, table: PostgresTable) -> None:
        try:
            refuse_nul(self._file, table)
        except UnfitTableError as error:
            raise PostgresError(f"{error} {_UNTOUCHED}") from error
        self._run(table.create(self._new))
        rows = self._file.execute(table.selected)
        with self._con.cursor() as cursor:
            with cursor.copy(table.copy(self._new)) as copy:
                while batch := rows.fetchmany(_BATCH):
                    for row in batch:
                        copy.write_row(row)
            if cursor.rowcount != table.rows:
                raise PostgresError(
                    f"{table.name}: {table.rows:,} rows in the published file, {cursor.rowcount:,} "
                    f"arrived in PostgreSQL. What it held before stands as it was; run again."
                )

    def describe(self, comment: str) -> None:
        """Comments and rights: a new schema has none of the old one's."""
        new, reader = sql.Identifier(self._new), sql.Identifier(self._reader)
        self._run(*(one for table in self._tables for one in table.add_comments(self._new)))
        self._run(
            sql.SQL("comment on schema {} is {}").format(new, sql.Literal(comment)),
            # Defaults of the publishing user may have given away more than reading.
            sql.SQL("revoke all on schema {} from public, {}").format(new, reader),
            sql.SQL("revoke all on all tables in schema {} from public, {}").format(new, reader),
            sql.SQL("grant usage on schema {} to {}").format(new, reader),
            sql.SQL("grant select on all tables in schema {} to {}").format(new, reader),
            sql.SQL("revoke all on all functions in schema {} from public").format(new),
            sql.SQL("grant execute on all functions in schema {} to {}").format(new, reader),
        )

    def swap(self, patience: float) -> None:
        """Let the new schema take the old one's place; the transaction's end makes it so."""
        rename = sql.SQL("alter schema {} rename to {}").format(
            sql.Identifier(self._new), sql.Identifier(self._schema)
        )
        if not self._exists(self._schema):
            self._run(rename)
            return
        old = sql.SQL(", ").join(sql.Identifier(self._schema, name) for name in self._old_tables)
        if self._old_tables:
            self._lock(old, patience)
        try:
            # Without `cascade`: what others have built on the tables is theirs.
            for name in self._old_functions:
                function = sql.Identifier(self._schema, name)
                self._run(sql.SQL("drop function {}(date)").format(function))
            if self._old_tables:
                self._run(sql.SQL("drop table {}").format(old))
            self._run(sql.SQL("drop schema {}").format(sql.Identifier(self._schema)), rename)
        except psycopg.errors.DependentObjectsStillExist as error:
            detail = str(error.diag.message_detail or error.diag.message_primary)
        else:
            return
        raise PostgresError(
            f"Others have built on schema {self._schema}, and it would be lost: "
            f"{detail.replace(chr(10), '; ')}. Drop it, publish, and create it again, or keep such "
            f"queries where they are asked. What PostgreSQL held before stands as it was."
        )

    def _lock(self, tables: sql.Composed, patience: float) -> None:
        [(deadlock,)] = self._ask(
            "select setting::int from pg_settings where name = 'deadlock_timeout'"
        )
        milliseconds = max(1, min(_LOCK_MILLISECONDS, deadlock // 2))

        def lock() -> bool:
            with self._con.transaction():
                self._set("statement_timeout", str(milliseconds))
                self._run(sql.SQL("lock table {} in access exclusive mode").format(tables))
            self._set("statement_timeout", "0")
            return True

        if _patient(patience, retry_if_exception_type(psycopg.errors.QueryCanceled))(lock):
            return
        raise PostgresError(
            f"Readers have held tables of schema {self._schema} for {patience:g} seconds: "
            f"{self._holders()}. They go on with the old tables, which stand as they were. Let "
            f"them end their transactions and run again, or wait longer with --wait."
        )

    def _holders(self) -> str:
        found = self._ask(
            "select distinct pid, coalesce(usename, '?'), coalesce(application_name, ''), "
            "(extract(epoch from clock_timestamp() - xact_start))::int "
            "from pg_locks join pg_stat_activity using (pid) "
            "where granted and pid <> pg_backend_pid() and locktype = 'relation' "
            "and relation in (select c.oid from pg_class as c join pg_namespace as n "
            "on c.relnamespace = n.oid where n.nspname = %s) order by pid",
            self._schema,
        )
        return (
            "; ".join(
                f"process {pid} of user {user}"
                + (f" ({application})" if application else "")
                + (f", in a transaction for {seconds} s" if seconds is not None else "")
                for pid, user, application, seconds in found
            )
            or "one after the other, no single one"
        )

    def _mark(self) -> str | None:
        """The fingerprint of the load that made the schema; None if we did not make it."""
        found = self._ask(
            "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s",
            self._schema,
        )
        comment = found[0][0] if found else None
        mark = _MARK.search(comment or "")
        return mark[1] if mark else None

    def _relations(self) -> list[str]:
        """Tables, views and sequences of the schema, by name."""
        relations = self._ask(
            "select relname from pg_class where relnamespace = "
            "(select oid from pg_namespace where nspname = %s) "
            "and relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by relname",
            self._schema,
        )
        return [name for (name,) in relations]

    def _exists(self, schema: str) -> bool:
        return bool(self._ask("select 1 from pg_namespace where nspname = %s", schema))

    def _ask(self, query: str | sql.Composed, *parameters: object) -> list[Any]:
        return self._con.execute(cast(Any, query), parameters or None).fetchall()

    def _run(self, *statements: sql.Composed) -> None:
        for statement in statements:
            self._con.execute(statement)

    def _set(self, name: str, value: str) -> None:
        """Until the transaction (or the savepoint) ends."""
        self._ask("select pg_catalog.set_config(%s, %s, true)", name, value)


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection]:
    """A connection with one transaction: kept at the end, undone by any error.

    What PostgreSQL says of an error is passed on as PostgresError, without the address.
    """
    con: psycopg.Connection | None = None
    try:
        con = psycopg.connect(
            address,
            connect_timeout=_CONNECT_SECONDS,
            client_encoding="utf8",
            application_name="asylum publish",
            prepare_threshold=None,
        )
        con.isolation_level = IsolationLevel.READ_COMMITTED
        con.read_only = False
        with con:
            yield con
        return
    except psycopg.Error as error:
        said = _said(error, address)
    finally:
        if con is not None:
            con.close()
    before = "What it held before stands as it was." if con else _UNTOUCHED
    doing = "PostgreSQL refused" if con else "PostgreSQL could not be reached"
    # From None: the error of psycopg is in no traceback.
    raise PostgresError(f"{doing}: {said}. {before}") from None


def _said(error: psycopg.Error, address: str) -> str:
    """What the server or the network said, on one line, without the address or a part of it that
    is secret.
    """
    found = error.diag
    parts = [found.message_primary, found.message_detail, found.message_hint, found.context]
    text = ". ".join(str(part).rstrip(".") for part in parts if part) or str(error)
    text = _TO_SERVER.sub("", text)
    given = conninfo_to_dict(address)
    secrets = [address]
    for name in ("password", "sslpassword", "host", "hostaddr"):
        if value := str(given.get(name) or ""):
            secrets += [value, quote(value, safe="")]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return " ".join(text.split()).rstrip(".")


def _address(settings: Settings, url: SecretStr | None) -> str:
    """The address as libpq takes it."""
    chosen = url or settings.postgres_url
    if chosen is None:
        raise PostgresError(
            "Nothing is configured to publish to. Set ASYLUM_POSTGRES_URL (or ASYLUM_LAKE_URL for "
            "an object store), or give --to postgresql://USER@HOST/DATABASE."
        )
    address = chosen.get_secret_value()
    try:
        understood = address.startswith(("postgresql://", "postgres://"))
        conninfo_to_dict(address)
    except psycopg.Error:
        understood = False
    if not understood:
        raise PostgresError(
            "The address of PostgreSQL cannot be understood (it is not shown, since it may hold a "
            "password). It has the shape postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and in a "
            "user or password @ is written %40, : %3A, / %2F and % %25."
        )
    return address


def _name(given: str, kind: str, field: str) -> str:
    if not _NAME.fullmatch(given) or len(given) > LONGEST_NAME:
        raise PostgresError(
            f"{given!r} is no name for a {kind}: small letters, digits and _ alone, at most "
            f"{LONGEST_NAME}. Correct ASYLUM_{field.upper()} or the option."
        )
    return given


def _schema_comment(release: str, load: str) -> str:
    return (
        f"{attribution.source_sentence(release)} See table about. "
        f"Made by {PROJECT_NAME}, which replaces it whole; load {load}"
    )


def _patient(seconds: float, retry: retry_base) -> Retrying:
    """Tries again, after pauses, for so long; gives None then."""
    return Retrying(
        wait=_PAUSES,
        stop=stop_before_delay(seconds),
        retry=retry,
        retry_error_callback=lambda _: None,
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
