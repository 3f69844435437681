"""The published tables in an object store: the same rows, all or nothing, the last few kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from tests.s3_server import ACCESS_KEY, SECRET_KEY, S3Server, s3_server
from warehouse.cli.app import app
from warehouse.settings import Settings, SettingsError, load_settings

obstore = pytest.importorskip("obstore", reason="the extra `lake` is not installed")
pytest.importorskip("nanio", reason="nanio, of the extra `dev`, is not installed")

from warehouse.published import lake  # noqa: E402 - needs the extra
from warehouse.published.lake import LakeError, publish  # noqa: E402

BUCKET = "figures"
ADDRESS = f"s3://{BUCKET}/asylum"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3"), BUCKET) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: S3Server) -> Settings:
    made = Settings(
        data_dir=tmp_path / "data",
        lake_url=f"{ADDRESS}/{tmp_path.name}",
        lake_endpoint=server.endpoint,
        lake_access_key=SecretStr(ACCESS_KEY),
        lake_secret_key=SecretStr(SECRET_KEY),
        lake_keep=2,
        max_attempts=1,
    )
    made.data_dir.mkdir()
    published(made, 1)
    return made


def published(settings: Settings, build: int) -> None:
    """A published file as the build of this number makes it."""
    settings.published_db.unlink(missing_ok=True)
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute(f"""
            create table about as select * from (values
                ('release', '2025-12.{build}'), ('built_at', '2026-11-26'),
                ('build_fingerprint', 'f{build}'), ('project_version', '1')) as a(item, value);
            create table mart_origin_yearly as
                select 'C' || (i % 7) as origin_iso3, 2000 + i // 7 as reference_year,
                    case when i % 5 > 0 then i * {build} end as asylum_seekers_stock
                from range(70) as r(i) order by all;
            create table mart_origin_yearly_history as
                select *, date '2024-06-13' as valid_from, null::date as valid_to
                from mart_origin_yearly
                union all select 'C''é', null, 5, date '2024-06-13', date '2025-01-01'
                order by all;
            create table dim_empty (a integer, b varchar);
        """)


def home(settings: Settings, server: S3Server) -> Path:
    return server.folder / str(settings.lake_url).removeprefix("s3://")


def pointer(settings: Settings, server: S3Server) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home(settings, server) / lake.POINTER).read_bytes())
    return found


def test_a_reader_who_begins_at_the_pointer_gets_the_published_rows(
    settings: Settings, server: S3Server
) -> None:
    done = publish(settings)
    now = pointer(settings, server)
    folder = home(settings, server) / now["folder"]
    assert now["release"] == "2025-12.1" == done.release and now["folder"].startswith(
        "releases/2025-12.1-"
    )
    with duckdb.connect(str(settings.published_db), read_only=True) as con:
        for table, told in now["tables"].items():
            files = [str(folder / file["path"]) for file in told["files"]]
            assert told["rows"] == sum(file["rows"] for file in told["files"])
            columns = ", ".join(told["columns"])
            same = f"""
                with lake as (
                    select {columns} from read_parquet(
                        $1, hive_partitioning = {bool(told["partitioned_by"])},
                        hive_types_autocast = true)
                )
                select count(*) from (
                    (select {columns} from {table} except all from lake)
                    union all (from lake except all select {columns} from {table}))
            """
            assert con.execute(same, [files]).fetchone() == (0,), table
    history = now["tables"]["mart_origin_yearly_history"]
    assert history["partitioned_by"] == ["reference_year"]
    assert {file["path"].split("/")[1] for file in history["files"]} == {
        *(f"reference_year={year}" for year in range(2000, 2010)),
        "reference_year=__HIVE_DEFAULT_PARTITION__",
    }
    [newest] = now["tables"]["mart_origin_yearly"]["files"]
    keys = duckdb.sql(f"from '{folder / newest['path']}'").fetchall()
    assert [row[:2] for row in keys] == sorted(row[:2] for row in keys)


def test_the_command_writes_to_the_store_of_the_settings_where_there_is_no_postgresql(
    settings: Settings, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("ASYLUM_LAKE_URL", str(settings.lake_url))
    monkeypatch.setenv("ASYLUM_LAKE_ENDPOINT", server.endpoint)
    monkeypatch.setenv("ASYLUM_LAKE_ACCESS_KEY", ACCESS_KEY)
    monkeypatch.setenv("ASYLUM_LAKE_SECRET_KEY", SECRET_KEY)
    done = CliRunner().invoke(app, ["publish"])
    assert done.exit_code == 0, done.output
    stands = pointer(settings, server)
    assert stands["release"] == "2025-12.1" and "release 2025-12.1" in done.output
    monkeypatch.setenv("ASYLUM_POSTGRES_URL", "postgresql://nobody@127.0.0.1:9/figures")
    done = CliRunner().invoke(app, ["publish", "--force", "--wait", "0"])
    assert done.exit_code == 1
    assert pointer(settings, server) == stands


def test_the_same_build_is_written_once_and_the_last_few_are_kept(
    settings: Settings, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(settings)
    again = publish(settings)
    assert (again.is_new, again.folder, again.files) == (False, first.folder, first.files)
    folders = [first.folder]
    for build in (2, 3):
        published(settings, build)
        monkeypatch.setattr(lake.time, "strftime", lambda *_, b=build: f"2099010{b}T000000Z")
        folders.append(publish(settings).folder)
    there = {f"releases/{one.name}/" for one in (home(settings, server) / "releases").iterdir()}
    assert there == set(folders[1:])
    assert pointer(settings, server)["folder"] == folders[-1]


def test_a_publisher_that_is_stopped_changes_nothing_for_readers_and_is_tidied_up_after(
    settings: Settings, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(settings)
    before = pointer(settings, server)
    published(settings, 2)
    put, count = obstore.put, 0

    def stopped(*given: Any) -> None:
        nonlocal count
        count += 1
        if count > 4:
            raise KeyboardInterrupt
        put(*given)

    with monkeypatch.context() as patched:
        patched.setattr(obstore, "put", stopped)
        patched.setattr(lake.time, "strftime", lambda *_: "20990101T000000Z")
        with pytest.raises(KeyboardInterrupt):
            publish(settings)
    assert pointer(settings, server) == before
    done = publish(settings)
    assert done.removed == ("2025-12.2-20990101T000000Z",)
    assert not list(settings.data_dir.glob(".lake-*"))


def test_files_that_the_store_lost_are_never_pointed_to(
    settings: Settings, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = obstore.put
    monkeypatch.setattr(
        obstore, "put", lambda store, name, body: "2005" in name or put(store, name, body)
    )
    with pytest.raises(LakeError, match="lists 13 files of 14"):
        publish(settings)
    assert not (home(settings, server) / lake.POINTER).exists()


def test_of_two_publishers_the_slower_gives_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([None, {"folder": "another's"}])
    monkeypatch.setattr(lake, "_pointer", lambda _: next(found))
    with pytest.raises(LakeError, match="Another publisher"):
        publish(settings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lake_secret_key": SecretStr("s3ntinel-wrong")}, "ASYLUM_LAKE_ENDPOINT, bucket and keys"),
        ({"lake_endpoint": "http://127.0.0.1:9"}, "publish again"),
        ({"lake_url": "s3://nowhere/x"}, "s3://nowhere/x"),
        ({"lake_url": None}, "ASYLUM_LAKE_URL"),
        ({"lake_url": "s3://key:s3ntinel@bucket/x"}, "without keys"),
    ],
)
def test_what_goes_wrong_is_said_with_what_to_do_and_no_key(
    settings: Settings, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(LakeError, match=said) as caught:
        publish(settings.model_copy(update=change))
    for secret in ("s3ntinel", SECRET_KEY):
        assert secret not in str(caught.value)
    assert len(str(caught.value)) < 800


@pytest.mark.parametrize(
    "environ",
    [
        {"ASYLUM_LAKE_URL": "https://bucket/x"},
        {"ASYLUM_LAKE_URL": "s3://key:s3ntinel@bucket"},
        {"ASYLUM_LAKE_ENDPOINT": "http://key:s3ntinel@host"},
        {"ASYLUM_LAKE_ACCESS_KEY": "s3ntinel"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="ASYLUM_LAKE") as caught:
        load_settings(environ)
    assert "s3ntinel" not in str(caught.value)
