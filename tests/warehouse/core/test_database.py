"""What a connection reaches; and work side by side on one database, in order, ended as one."""

from __future__ import annotations

import threading
import time

import duckdb
import pytest

from warehouse.core.database import MEMORY, connect, side_by_side
from warehouse.settings import Settings


@pytest.mark.parametrize("name", ["landing", "exports"])
def test_landing_and_exports_may_be_links_to_another_disk_and_what_is_beside_them_is_not_reached(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    disk = tmp_path_factory.mktemp("disk")
    elsewhere = disk / name
    elsewhere.mkdir()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    link = settings.data_dir / name
    link.symlink_to(elsewhere)
    with connect(MEMORY, settings) as con:
        con.execute(f"copy (select 1 as one) to '{link}/page.csv'")
        assert con.execute(f"from read_csv('{link}/page.csv')").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException, match="disabled by configuration"):
            con.execute(f"copy (select 1 as one) to '{disk}/page.csv'")


def test_side_by_side_gives_results_in_the_order_of_the_items_whichever_ends_first(
    settings: Settings,
) -> None:
    both_at_once = threading.Barrier(2, timeout=10)

    def work(cursor: duckdb.DuckDBPyConnection, number: int) -> int:
        if number < 2:
            both_at_once.wait()
        time.sleep(0.05 * (4 - number))
        [(answer,)] = cursor.execute("select ?::int * 10", [number]).fetchall()
        return int(answer)

    with connect(MEMORY, settings) as con:
        assert side_by_side(con, 2, range(5), work) == [0, 10, 20, 30, 40]
        assert side_by_side(con, 2, [], work) == []


def test_an_error_side_by_side_interrupts_what_runs_and_begins_nothing_further(
    settings: Settings,
) -> None:
    begun, stopped, runs = [], threading.Event(), threading.Event()

    def work(cursor: duckdb.DuckDBPyConnection, number: int) -> None:
        begun.append(number)
        if number:
            assert runs.wait(10)
            time.sleep(0.2)
            raise ValueError("the second")
        runs.set()
        with pytest.raises(duckdb.InterruptException):
            cursor.execute("select sum(a.i * b.i) from range(10_000_000) a(i), range(1_000) b(i)")
        assert stopped.is_set()
        time.sleep(0.2)

    with (
        connect(MEMORY, settings) as con,
        pytest.raises(ValueError, match="the second"),
    ):
        side_by_side(con, 2, range(6), work, stopped=stopped)
    assert begun == [0, 1]


def test_what_runs_out_of_memory_beside_others_is_begun_once_more_alone(
    settings: Settings,
) -> None:
    here, begun = threading.current_thread(), []

    def work(cursor: duckdb.DuckDBPyConnection, number: int) -> int:
        is_alone = threading.current_thread() is here
        begun.append((number, is_alone))
        if number in {0, 3} and not is_alone:
            raise duckdb.OutOfMemoryException("failed to allocate data")
        time.sleep(0.05)
        [(answer,)] = cursor.execute("select ?::int * 10", [number]).fetchall()
        return int(answer)

    with connect(MEMORY, settings) as con:
        assert side_by_side(con, 2, range(5), work) == [0, 10, 20, 30, 40]
    assert sorted(begun[:5]) == [(number, False) for number in range(5)]
    assert begun[5:] == [(0, True), (3, True)]


def test_what_runs_out_of_memory_alone_is_an_error(settings: Settings) -> None:
    def work(_: duckdb.DuckDBPyConnection, number: int) -> None:
        if number:
            raise duckdb.OutOfMemoryException("failed to allocate data")

    with (
        connect(MEMORY, settings) as con,
        pytest.raises(duckdb.OutOfMemoryException),
    ):
        side_by_side(con, 2, range(3), work)
