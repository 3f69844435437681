"""Superset, for real: installed, started, fed with the dashboard, every chart's data API asked.

`make test-bi` runs these. That what the dashboard names exists is checked by every `make test`, in
test_superset_assets.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest
import requests
from pydantic import SecretStr

from bi.superset import bundle, run
from tests.browser import chromium
from tests.postgres_server import PostgresServer, find_binaries
from warehouse.published import postgresql as pg
from warehouse.published.read import open_published
from warehouse.settings import Settings

pytestmark = [pytest.mark.bi, pytest.mark.timeout(1800)]

SLUGS = {"duckdb": "people-who-fled", "postgresql": "people-who-fled-postgresql"}

# What each chart has to show, asked of the published file in other words than the dashboard's.
PERSONS = "from mart_origin_yearly where counting_unit = 'persons'"
EXPECTED = {
    "People of the origin, at the end of each year": "select reference_year, sum(refugees_stock) "
    "as refugees, sum(asylum_seekers_stock) as asylum_seekers, "
    "sum(asylum_seekers_carried_forward_stock) as asylum_seekers_carried_forward "
    f"{PERSONS} group by all",
    "New applications filed in each year": "select reference_year, applications_new as "
    f"new_applications {PERSONS} and applications_new is not null",
    "Protection rates, by year of decision": "select reference_year, refugee_recognition_rate, "
    f"total_protection_rate {PERSONS} and refugee_recognition_rate is not null",
    "Asylum-seekers in the eight largest countries of asylum": "select reference_year, "
    "asylum_name, sum(asylum_seekers_stock) as asylum_seekers from mart_destination_yearly "
    "where row_kind = 'pair' and asylum_seekers_stock is not null and asylum_iso3 in ("
    "select asylum_iso3 from mart_destination_yearly where row_kind = 'pair' "
    "group by all order by max(asylum_seekers_stock) desc nulls last limit 8) group by all",
    "Share of the largest destinations": "select reference_year, top_1_share, top_5_share "
    "from mart_destination_concentration",
    "Countries of asylum, newest year": "select asylum_name, reference_year, asylum_seekers_stock, "
    "asylum_seekers_share, asylum_seekers_stock_change, asylum_seekers_carried_forward_stock, "
    "applications_new from mart_destination_yearly where reference_year = 2025 "
    "and row_kind = 'pair' and asylum_seekers_stock > 0",
    "Asylum-seekers: as first published, and now": "select reference_year, first_value as "
    "first_published, newest_value as now from mart_revision_summary "
    "where measure = 'asylum_seekers_stock'",
    "Asylum-seekers by year, as published on a release": "select "
    "stood.reference_year, dim_release.release_id as as_published_on, "
    "sum(asylum_seekers_stock) as asylum_seekers_as_published "
    "from mart_origin_yearly_history as stood join dim_release on in_force_from >= valid_from "
    "and in_force_from < coalesce(valid_to, 'infinity') where is_held "
    "and counting_unit = 'persons' group by all",
    "Breaks of reporting": "select reference_year, asylum_name, measure, counting_unit, kind, "
    "persons, figure_before, figure, release_id from mart_reporting_break_origins",
    "Revisions of totals": "select published_on, measure, counting_unit, reference_year, "
    "reference_date, value_before, value_after, difference, fraction, release_id_before, "
    "release_id from mart_revisions where asylum_unhcr_code is null",
    "Claims by verdict": "select document_id, verdict, count(*) as claims from mart_claim_audit "
    "group by all",
    "Claims, one by one": "select document_title, claim_id, paraphrase, stated_text, "
    "on_the_day_text, newest_text, verdict, flags from mart_claim_audit",
    "About these figures": "select item, value from about where item in ('release', 'built_at', "
    "'source_sentence', 'how_to_cite', 'terms_address', 'endorsement', 'other_providers')",
}
STACKED = {
    "Asylum-seekers in the eight largest countries of asylum": "reference_year",
    "Asylum-seekers by year, as published on a release": "reference_year",
    "Claims by verdict": "document_id",
}


@dataclass
class Superset:
    """A running Superset, and its API as the administrator uses it."""

    settings: Settings
    port: int
    sources: dict[str, bundle.Source]
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log_in(self) -> None:
        given = self.session.post(
            f"{self.address}/api/v1/security/login",
            json={
                "username": run.USER,
                "password": run.secret(self.settings, "admin_password"),
                "provider": "db",
            },
            timeout=60,
        )
        given.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {given.json()['access_token']}"
        self.session.headers["Referer"] = self.address
        self.session.headers["X-CSRFToken"] = self.get("/api/v1/security/csrf_token/")["result"]

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.session.get(self.address + path, params=params, timeout=120)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:2000]}"
        given: dict[str, Any] = answer.json()
        return given

    def charts(self, source: str) -> dict[str, int]:
        listed = self.get(f"/api/v1/dashboard/{SLUGS[source]}/charts")["result"]
        return {chart["slice_name"]: chart["id"] for chart in listed}

    def data(self, source: str, chart: str) -> list[dict[str, Any]]:
        [result] = self.get(f"/api/v1/chart/{self.charts(source)[chart]}/data/")["result"]
        rows: list[dict[str, Any]] = result["data"]
        return rows

    def database_id(self, source: str) -> int:
        wanted = "Asylum warehouse" + self.sources[source].suffix
        found = self.get("/api/v1/database/")["result"]
        return next(one["id"] for one in found if one["database_name"] == wanted)

    def sql(self, source: str, statement: str) -> requests.Response:
        return self.session.post(
            f"{self.address}/api/v1/sqllab/execute/",
            json={
                "database_id": self.database_id(source),
                "sql": statement,
                "schema": self.sources[source].schema,
                "runAsync": False,
            },
            timeout=120,
        )


@pytest.fixture(scope="module")
def superset(
    request: pytest.FixtureRequest,
    published_starter: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Superset]:
    """Superset with the dashboard on a copy of the published starter and, where there is a server,
    on PostgreSQL."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("superset"), threads=2)
    shutil.copy(published_starter.published_db, settings.published_db)
    if find_binaries() is not None:
        server: PostgresServer = request.getfixturevalue("postgres")
        database = server.database()
        pg.publish(settings, database)
        if not _has_role(server, "dashboard"):
            server.user("dashboard", role_of=settings.postgres_reader)
        address = database.get_secret_value().replace("//test_admin:", "//dashboard:")
        settings = settings.model_copy(update={"superset_postgres_url": SecretStr(address)})
    run.install()
    sources = run.wanted_sources(settings)
    slugs = run.load(settings, sources)
    assert slugs == [SLUGS[source.name] for source in sources]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = settings.data_dir / "server.log"
    with log.open("wb") as out:
        server_process = subprocess.Popen(
            run.command(port),
            env=run.variables(settings),
            cwd=run.home(settings),
            stdout=out,
            stderr=out,
        )
        try:
            running = Superset(settings, port, {source.name: source for source in sources})
            _wait_for(running, server_process, log)
            running.log_in()
            yield running
            running.session.close()  # the server waits half a minute for who is still connected
        finally:
            server_process.send_signal(signal.SIGTERM)
            server_process.wait(60)


def _has_role(server: PostgresServer, name: str) -> bool:
    with server.connect(server.address("postgres")) as con:
        return (
            con.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone() is not None
        )


def _wait_for(superset: Superset, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            requests.get(f"{superset.address}/health", timeout=5).raise_for_status()
        except requests.RequestException:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.5)
        else:
            return


@pytest.fixture(params=list(SLUGS))
def source(request: pytest.FixtureRequest, superset: Superset) -> str:
    if request.param not in superset.sources:
        pytest.skip("no PostgreSQL server here: .ci/install-tools installs it")
    name: str = request.param
    return name


# The tables that the dashboard's filter of origins is about.
OF_ORIGINS = re.compile(
    r"\b(mart_origin_yearly_history|mart_origin_yearly|mart_destination_(?:yearly|concentration)"
    r"|mart_revision_summary|mart_revisions|mart_reporting_break_origins|mart_claim_audit)\b"
)


def expected(settings: Settings, query: str, origin: str | None = None) -> list[dict[str, Any]]:
    if origin:
        query = OF_ORIGINS.sub(rf"(select * from \1 where origin_name = '{origin}')", query)
    with open_published(settings) as con:
        result = con.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def comparable(rows: list[dict[str, Any]]) -> list[Any]:
    """Rows in an order of their own, numbers as they are shown by neither side: to 12 digits."""

    def plain(name: str, value: Any) -> Any:
        if name in ("published_on", "reference_date"):
            if isinstance(value, int | float):
                return datetime.fromtimestamp(value / 1000, tz=UTC).date().isoformat()
            return str(value)
        if isinstance(value, int | float):
            return float(f"{value:.12g}")
        return value

    plainly = [{name: plain(name, value) for name, value in row.items()} for row in rows]
    return sorted(plainly, key=lambda row: json.dumps(row, sort_keys=True))


@pytest.mark.parametrize("chart", list(EXPECTED))
def test_chart_gives_what_the_mart_has(superset: Superset, source: str, chart: str) -> None:
    rows = superset.data(source, chart)
    assert rows
    assert comparable(rows) == comparable(expected(superset.settings, EXPECTED[chart]))


def test_dashboard_has_the_charts_that_are_checked_here(superset: Superset, source: str) -> None:
    assert set(superset.charts(source)) == set(EXPECTED)


def test_tables_are_in_order(superset: Superset, source: str) -> None:
    stocks = [
        row["asylum_seekers_stock"]
        for row in superset.data(source, "Countries of asylum, newest year")
    ]
    assert stocks == sorted(stocks, reverse=True)
    assert len(set(stocks)) > 5


def test_columns_are_described_as_in_the_mart(superset: Superset, source: str) -> None:
    listed = superset.get("/api/v1/dataset/", q=json.dumps({"page_size": 100}))["result"]
    database = superset.database_id(source)
    found = next(
        one["id"]
        for one in listed
        if one["table_name"] == "mart_origin_yearly" and one["database"]["id"] == database
    )
    columns = superset.get(f"/api/v1/dataset/{found}")["result"]["columns"]
    with open_published(superset.settings) as con:
        comments = dict(
            con.execute(
                "select column_name, comment from duckdb_columns() "
                "where table_name = 'mart_origin_yearly'"
            ).fetchall()
        )
    assert {column["column_name"]: column["description"] for column in columns} == comments
    assert all(comments.values())


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("select * from read_text('/etc/hostname')", "disabled by configuration"),
        ("attach '/tmp/anything.duckdb' as other", "disabled by configuration"),
        ("copy about to '/tmp/about.csv'", "disabled by configuration"),
        ("set enable_external_access = true", "has been locked"),
        ("create table one_more as select 1 as one", "does not allow for DDL/DML"),
        ("delete from mart_origin_yearly", "does not allow for DDL/DML"),
    ],
    ids=["read_a_file", "attach", "write_a_file", "unlock", "create", "delete"],
)
def test_sql_lab_reads_the_file_and_does_nothing_else(
    superset: Superset, statement: str, why: str
) -> None:
    allowed = superset.sql("duckdb", "select count(*) as n from mart_origin_yearly")
    assert allowed.ok, allowed.text
    assert allowed.json()["data"] == expected(
        superset.settings, "select count(*) as n from mart_origin_yearly"
    )
    refused = superset.sql("duckdb", statement)
    assert not refused.ok, refused.text
    assert why in refused.text


def test_what_the_file_allows_does_not_rest_on_superset(superset: Superset) -> None:
    """The connection refuses by itself, whoever lets a statement through."""
    args = superset.sources["duckdb"].connect_args
    path = str(superset.settings.published_db)
    with duckdb.connect(path, read_only=args["read_only"], config=dict(args["config"])) as con:
        for statement in (
            "create table one_more as select 1 as one",
            "select * from read_text('/etc/hostname')",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement)


def test_sql_lab_on_postgresql_reads_and_does_nothing_else(superset: Superset) -> None:
    if "postgresql" not in superset.sources:
        pytest.skip("no PostgreSQL server here: .ci/install-tools installs it")
    allowed = superset.sql("postgresql", "select count(*) as n from mart_origin_yearly")
    assert allowed.ok, allowed.text
    refused = superset.sql("postgresql", "delete from mart_origin_yearly")
    assert not refused.ok, refused.text


def test_secrets_are_for_their_owner_alone_and_in_no_other_file(superset: Superset) -> None:
    folder = run.home(superset.settings)
    secrets = [
        run.secret(superset.settings, "secret_key"),
        run.secret(superset.settings, "admin_password"),
    ]
    for name in ("secret_key", "admin_password"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    url = superset.settings.superset_postgres_url
    if url is not None:
        secrets.append(url.get_secret_value().split(":")[2].rpartition("@")[0])
    others = [
        path
        for path in superset.settings.data_dir.rglob("*")
        if path.is_file() and path.name not in ("secret_key", "admin_password", "asylum.duckdb")
    ]
    assert {"superset.db", "load.log", "server.log"} <= {path.name for path in others}
    for path in others:
        for secret in secrets:
            assert secret.encode() not in path.read_bytes(), path


def test_dashboard_can_be_loaded_again(superset: Superset) -> None:
    before = {name: superset.charts(name) for name in superset.sources}
    run.load(superset.settings, list(superset.sources.values()))
    assert {name: superset.charts(name) for name in superset.sources} == before


def test_zip_can_be_imported_as_a_person_would(
    superset: Superset, source: str, tmp_path: Path
) -> None:
    """By the page Dashboards, Import: over what is there, with the password it asks for."""
    target = tmp_path / "dashboard.zip"
    bundle.write_zip(superset.sources[source], target)
    passwords = {}
    if source == "postgresql":
        url = superset.settings.superset_postgres_url
        assert url is not None
        secret = url.get_secret_value().split(":")[2].rpartition("@")[0]
        passwords["databases/warehouse.yaml"] = unquote(secret)
    before = superset.charts(source)
    with target.open("rb") as file:
        answer = superset.session.post(
            f"{superset.address}/api/v1/dashboard/import/",
            files={"formData": (target.name, file, "application/zip")},
            data={"overwrite": "true", "passwords": json.dumps(passwords)},
            timeout=120,
        )
    assert answer.ok, answer.text
    assert superset.charts(source) == before
    assert superset.data(source, "About these figures")


def test_dashboard_shows_every_chart_in_a_browser(
    superset: Superset, source: str, tmp_path: Path
) -> None:
    """The queries the page itself makes, of the origin its filter begins with: rows for all."""
    answers: dict[int, dict[str, Any]] = {}
    abroad: list[str] = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 5000})
        page.on(
            "requestfinished",
            lambda request: (
                None
                if request.url.startswith((superset.address, "data:", "blob:"))
                else abroad.append(request.url)
            ),
        )
        # The session is in a cookie. The page sends its log of events a second after it was loaded,
        # and an answer to it that comes after the login's would put the cookie back.
        page.route("**/superset/log/**", lambda route: route.abort())
        page.goto(f"{superset.address}/login/", wait_until="networkidle")
        page.fill("#username", run.USER)
        page.fill("#password", run.secret(superset.settings, "admin_password"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/welcome/**")
        page.unroute("**/superset/log/**")

        def keep(response: Any) -> None:
            if "/api/v1/chart/data" in response.url:
                slice_id = json.loads(response.request.post_data)["form_data"].get("slice_id")
                if slice_id:  # The filter's own query has none.
                    answers[slice_id] = response.json()

        page.on("response", keep)
        page.goto(f"{superset.address}/superset/dashboard/{SLUGS[source]}/")
        deadline = time.monotonic() + 120
        while len(answers) < len(EXPECTED) and time.monotonic() < deadline:
            page.wait_for_timeout(500)
        page.wait_for_timeout(3000)  # For the last chart to be drawn.
        shown = page.inner_text("body")
        page.screenshot(path=os.environ.get("SUPERSET_SCREENSHOT") or tmp_path / "dashboard.png")
        browser.close()
    assert abroad == []
    assert "Unexpected error" not in shown
    by_id = {number: name for name, number in superset.charts(source).items()}
    rows = {by_id[number]: answer["result"][0]["data"] for number, answer in answers.items()}
    of_china = {
        name: expected(superset.settings, query, "China") for name, query in EXPECTED.items()
    }
    wanted = {name: len(found) for name, found in of_china.items()}
    # A stacked chart comes as a row for each place on its axis, with a column for each part.
    for name, axis in STACKED.items():
        wanted[name] = len({row[axis] for row in of_china[name]})
    assert {name: len(data) for name, data in rows.items()} == wanted


def test_a_new_publication_is_seen_at_once(superset: Superset) -> None:
    """Last in this file: it puts another file in the place of the published one."""
    chart = "About these figures"
    path = superset.settings.published_db
    new = path.with_name("new.duckdb")
    shutil.copy(path, new)
    with duckdb.connect(str(new)) as con:
        con.execute("update about set value = '2099-12' where item = 'release'")
    release = {row["item"]: row["value"] for row in superset.data("duckdb", chart)}["release"]
    new.replace(path)
    assert release != "2099-12"
    again = {row["item"]: row["value"] for row in superset.data("duckdb", chart)}["release"]
    assert again == "2099-12"
