"""What each release said: history against a plain model of it, in any order of arrival."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse import dbt, raw
from warehouse.settings import Settings

FIRST_DAY = date(2020, 1, 1)
ORIGINS = ["CHN", "SYR"]
ASYLUMS = ["USA", "DEU"]
YEARS = [2018, 2019, 2020]
SELECTED = [
    *("int_releases_resolved", "int_snapshots_resolved", "int_coverage_resolved"),
    *("int_coverage_in_force", "path:models/intermediate/history", "int_*_placed"),
]
CHAIN = ["int_coverage_in_force", "int_population_history"]

# (origin, asylum, year)
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Snapshot:
    """What one release says of what it covers; `origin` and `asylum` None mean every country."""

    day: int
    origin: str | None
    asylum: str | None
    years: tuple[int, int]
    said: dict[Key, int | None]

    @property
    def name(self) -> str:
        return f"s{self.day}"

    @property
    def in_force_from(self) -> date:
        return FIRST_DAY + timedelta(days=self.day)

    def covers(self, key: Key) -> bool:
        return (
            self.origin in (None, key[0])
            and self.asylum in (None, key[1])
            and self.years[0] <= key[2] <= self.years[1]
        )


KEYS: list[Key] = [(o, a, y) for o in ORIGINS for a in ASYLUMS for y in YEARS]


@st.composite
def snapshots(draw: st.DrawFn) -> list[Snapshot]:
    days = draw(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True))
    found = []
    for day in days:
        origin = draw(st.sampled_from([None, None, *ORIGINS]))
        asylum = draw(st.sampled_from([None, None, *ASYLUMS]))
        first = draw(st.sampled_from(YEARS))
        last = draw(st.sampled_from([year for year in YEARS if year >= first]))
        bare = Snapshot(day, origin, asylum, (first, last), {})
        keys = [key for key in KEYS if bare.covers(key)]
        # A small choice of values, so that they often repeat and often return.
        values = st.sampled_from([None, 0, 5, 7])
        said = draw(st.dictionaries(st.sampled_from(keys), values, max_size=len(keys)))
        found.append(Snapshot(day, origin, asylum, (first, last), said))
    return found


def expected(known: Sequence[Snapshot]) -> set[tuple[Any, ...]]:
    """(origin, asylum, year, value, from, to) of each interval, day by day from the definition."""
    found = set()
    days = sorted(snapshot.day for snapshot in known)
    for key in KEYS:
        began: tuple[date, int | None] | None = None
        for day in days:
            newest = max(
                (s for s in known if s.day <= day and s.covers(key)),
                key=lambda s: s.day,
                default=None,
            )
            there = newest is not None and key in newest.said
            value = newest.said[key] if newest and there else None
            today = FIRST_DAY + timedelta(days=day)
            if began and (not there or value != began[1]):
                found.add((*key, began[1], began[0], today))
                began = None
            if there and not began:
                began = (today, value)
        if began:
            found.add((*key, began[1], began[0], None))
    return found


class Histories:
    """The models of a history over made-up snapshots, in a database in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection, project: Any, adding: str) -> None:
        self.con, self.project, self.adding = con, project, adding
        project.like_starter(
            con,
            [
                "intermediate.int_snapshots_resolved",
                "intermediate.int_coverage_resolved",
                "intermediate.history_loads",
            ],
        )
        project.like_starter(con, ["raw.population"])
        con.execute("create schema if not exists build.staging")
        con.execute(
            "create table build.staging.stg_unhcr__population as "
            f"select * from ({project.sql['stg_unhcr__population']})"
        )

    def land(self, known: Sequence[Snapshot]) -> None:
        """Make these snapshots the ones there are."""
        con = self.con
        for table in (
            "staging.stg_unhcr__population",
            "intermediate.int_snapshots_resolved",
            "intermediate.int_coverage_resolved",
        ):
            con.execute(f"delete from build.{table}")
        for recency, one in enumerate(sorted(known, key=lambda s: s.day), start=1):
            con.execute(
                "insert into build.intermediate.int_snapshots_resolved by name select "
                "'population' as endpoint, ? as snapshot_id, ? as release_id, "
                "? as content_sha256, ?::date as in_force_from, ?::timestamp as retrieved_at, "
                "?::date as release_reference_date, false as is_provisional_release, "
                "false as is_quarantined, ? as recency",
                [
                    *(one.name, f"r{one.day}", one.name, one.in_force_from, one.in_force_from),
                    *(one.in_force_from, recency),
                ],
            )
            con.execute(
                "insert into build.intermediate.int_coverage_resolved by name select "
                "'population' as endpoint, ? as snapshot_id, 'pairs' as slice, "
                "? as covered_origin, ? as covered_asylum, ? as covered_from_year, "
                "? as covered_to_year, ? as recency",
                [one.name, one.origin or "*", one.asylum or "*", *one.years, recency],
            )
            rows = [
                (one.name, "pairs", "pair", origin, origin, asylum, asylum, year, value)
                for (origin, asylum, year), value in one.said.items()
            ]
            if rows:
                con.executemany(
                    "insert into build.staging.stg_unhcr__population (snapshot_id, slice, row_kind,"
                    " origin_unhcr_code, origin_iso3, asylum_unhcr_code, asylum_iso3, "
                    "reference_year, asylum_seekers_stock) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )

    def build(self) -> list[tuple[Any, ...]]:
        """The history made anew from all that is there."""
        self.project.make(self.con, CHAIN)
        self._note()
        return self.rows()

    def add(self) -> int:
        """What dbt does with a history that exists; returns how many rows it touched."""
        self.project.make(self.con, CHAIN[:1])
        con = self.con
        con.execute(f"create or replace temp table touched as {self.adding}")
        table = "build.intermediate.int_population_history"
        con.execute(f"delete from {table} where history_key in (select history_key from touched)")
        con.execute(f"insert into {table} by name from touched")
        self._note()
        [(count,)] = con.execute("select count(*) from touched").fetchall()
        return int(count)

    def _note(self) -> None:
        self.con.execute("delete from build.intermediate.history_loads")
        self.con.execute(
            "insert into build.intermediate.history_loads by name "
            "select endpoint, snapshot_id from build.intermediate.int_snapshots_resolved"
        )

    def rows(self) -> list[tuple[Any, ...]]:
        return self.con.execute(
            "from build.intermediate.int_population_history order by history_key, valid_from"
        ).fetchall()

    def intervals(self) -> set[tuple[Any, ...]]:
        return set(
            self.con.execute(
                "select origin_iso3, asylum_iso3, reference_year, asylum_seekers_stock, "
                "valid_from, valid_to from build.intermediate.int_population_history"
            ).fetchall()
        )


@pytest.fixture(scope="module")
def adding(starter_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The SQL with which dbt adds to a history that is there."""
    copy: Path = tmp_path_factory.mktemp("adding") / "data"
    shutil.copytree(starter_build.data_dir, copy)
    data = Settings(data_dir=copy, threads=2)
    result = dbt.build(data, select=["int_population_history"])
    assert not result.failed, result.failure_text()
    [file] = (data.dbt_target_dir / "compiled").rglob("int_population_history.sql")
    sql = file.read_text("utf-8")
    assert "still_stands" in sql
    return sql


@pytest.fixture(scope="module")
def histories(
    in_memory: Callable[[], duckdb.DuckDBPyConnection], project: Any, adding: str
) -> Iterator[Histories]:
    with in_memory() as con:
        yield Histories(con, project, adding)


ANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ANY
@given(snapshots())
def test_a_history_says_what_the_newest_release_that_covers_a_figure_said(
    histories: Histories, known: list[Snapshot]
) -> None:
    histories.land(known)
    histories.build()
    assert histories.intervals() == expected(known)


@ANY
@given(snapshots(), st.integers(0, 5))
def test_releases_may_arrive_in_any_order(
    histories: Histories, known: list[Snapshot], built_first: int
) -> None:
    """`known` is in the order of arrival, which is not that of the days."""
    first = max(1, min(built_first, len(known)))
    histories.land(known[:first])
    histories.build()
    for count in range(first + 1, len(known) + 1):
        histories.land(known[:count])
        histories.add()
    grown = histories.rows()
    assert histories.intervals() == expected(known)
    assert histories.build() == grown


@ANY
@given(snapshots())
def test_several_releases_at_once_and_none_change_nothing_else(
    histories: Histories, known: list[Snapshot]
) -> None:
    histories.land(known[:1])
    histories.build()
    histories.land(known)
    histories.add()
    grown = histories.rows()
    assert histories.add() == 0
    assert histories.rows() == grown
    assert histories.build() == grown


def test_a_release_that_repeats_the_one_before_touches_no_row(histories: Histories) -> None:
    said: dict[Key, int | None] = {key: 7 for key in KEYS}
    one = Snapshot(1, None, None, (2018, 2020), said)
    histories.land([one])
    histories.build()
    histories.land([one, Snapshot(2, None, None, (2018, 2020), said)])
    assert histories.add() == 0
    changed = said | {KEYS[0]: 8}
    same, other = (
        Snapshot(2, None, None, (2018, 2020), said),
        Snapshot(3, None, None, (2018, 2020), changed),
    )
    histories.land([one, same, other])
    assert histories.add() == 2


# Through dbt itself ------------------------------------------------------------------------------


def history_tables(data: Settings) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(data.build_db), read_only=True) as con:
        names = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'intermediate' "
            "and ends_with(table_name, '_history') and starts_with(table_name, 'int_') order by 1"
        ).fetchall()
        assert len(names) == 7
        return {
            name: con.execute(
                f"from intermediate.{name} order by history_key, valid_from"
            ).fetchall()
            for (name,) in names
        }


def test_a_release_that_comes_late_or_goes_leaves_what_a_rebuild_makes(
    starter_build: Settings, tmp_path: Path
) -> None:
    """The starter extract without Mid-Year Trends 2025, then with it, then without it again."""
    data = Settings(data_dir=tmp_path / "data", threads=2)
    shutil.copytree(starter_build.data_dir, data.data_dir)
    aside = tmp_path / "aside"
    aside.mkdir()
    held_back = sorted((data.landing_dir).glob("*/starter-2025-06-*"))
    assert [path.parent.name for path in held_back] == ["asylum-applications", "population"]

    def built() -> dict[str, list[tuple[Any, ...]]]:
        raw.load(data)
        result = dbt.build(data, select=SELECTED)
        assert not result.failed, result.failure_text()
        return history_tables(data)

    for path in held_back:
        path.rename(aside / path.parent.name)
    without = built()
    for path in held_back:
        (aside / path.parent.name).rename(path)
    assert built() == history_tables(starter_build)
    for path in held_back:
        path.rename(aside / path.parent.name)
    assert built() == without


def without_its_first_row(landed: Path) -> str:
    """Land beside `landed` a later snapshot of the same release that lacks one row; its key."""
    manifest = json.loads((landed / "manifest.json").read_bytes())
    later = landed.with_name(f"{landed.name}-later")
    shutil.copytree(landed, later)
    manifest |= {"snapshot_id": later.name, "content_sha256": "0" * 64}
    manifest |= {"started_at": "2026-11-23T00:00:00Z", "finished_at": "2026-11-23T00:00:00Z"}
    [part] = manifest["slices"]
    [page] = part["pages"]
    file = later / page["file"]
    body = json.loads(gzip.decompress(file.read_bytes()))
    gone = body["items"].pop(0)
    file.write_bytes(gzip.compress(json.dumps(body).encode()))
    for counted in (manifest, part, page):
        counted["rows"] -= 1
    (later / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    unit = {"P": "persons", "C": "cases"}[gone["app_pc"]]
    codes = (gone["procedure_type"], gone["app_type"], gone["dec_level"], unit)
    return f"by_origin {gone['coo']} - {gone['year']} {' '.join(codes)}"


def test_of_two_snapshots_of_one_release_the_later_leaves_no_trace_of_the_earlier(
    starter_build: Settings, tmp_path: Path
) -> None:
    """A figure that only the earlier one had was never in force: no interval of it is left."""
    data = Settings(data_dir=tmp_path / "data", threads=2)
    shutil.copytree(starter_build.data_dir, data.data_dir)
    [landed] = (data.landing_dir / "asylum-applications").glob("starter-2025-12.1-*")
    gone = without_its_first_row(landed)
    before = history_tables(data)
    raw.load(data)
    result = dbt.build(data, select=SELECTED)
    assert not result.failed, result.failure_text()
    after = history_tables(data)
    name = "int_asylum_applications_history"
    assert gone in {row[0] for row in before[name]}
    assert gone not in {row[0] for row in after[name]}
    assert {row[0] for row in before[name]} - {gone} == {row[0] for row in after[name]}
    with duckdb.connect(str(data.build_db)) as con:
        con.execute(f"drop table intermediate.{name}")
    result = dbt.build(data, select=SELECTED)
    assert not result.failed, result.failure_text()
    assert history_tables(data) == after


def test_a_history_of_other_code_is_made_anew(
    starter_build: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Settings(data_dir=tmp_path / "data", threads=2)
    shutil.copytree(starter_build.data_dir, data.data_dir)
    with duckdb.connect(str(data.build_db)) as con:
        # As earlier code might have left it: another value, another column.
        con.execute("update intermediate.int_population_history set refugees_stock = 1")
        con.execute("alter table intermediate.int_population_history add column old integer")
        con.execute("update intermediate.history_loads set code = 'earlier'")
    result = dbt.build(data, select=["path:models/intermediate/history"])
    assert not result.failed, result.failure_text()
    assert history_tables(data) == history_tables(starter_build)
