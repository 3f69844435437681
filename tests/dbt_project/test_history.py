"""What each release said: history against a plain model of it, in any order of arrival."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
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

from tests.dbt_project.made_up import MadeUp
from warehouse.build import raw
from warehouse.releases.assign import assign
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

FIRST_DAY = date(2020, 1, 1)
ORIGINS = ["CHN", "SYR"]
ASYLUMS = ["USA", "DEU"]
YEARS = [2018, 2019, 2020]
CHAIN = [
    *("int_coverage_in_force", "int_vintages_resolved", "int_coverage_at_vintages"),
    *("int_population_in_force", "fct_population_yearly_history"),
]

# (origin, asylum, year)
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Snapshot:
    """What one release says of what it covers; `origin` and `asylum` None mean every country."""

    day: int
    origin: str | None
    asylum: str | None
    years: tuple[int, int]
    said: dict[Key, Any]

    @property
    def name(self) -> str:
        return f"s{self.day}"

    @property
    def release(self) -> str:
        return f"r{self.day}"

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
    """(origin, asylum, year, value, from, to, release that brought it, newest that has it) of each
    interval, day by day from the definition.
    """
    found = set()
    days = sorted(snapshot.day for snapshot in known)
    for key in KEYS:
        began: tuple[int | None, date, str] | None = None
        last = ""
        for day in days:
            newest = max(
                (s for s in known if s.day <= day and s.covers(key)),
                key=lambda s: s.day,
                default=None,
            )
            there = newest is not None and key in newest.said
            value = newest.said[key] if newest and there else None
            today = FIRST_DAY + timedelta(days=day)
            if began and (not there or value != began[0]):
                found.add((*key, *began[:2], today, began[2], last))
                began = None
            if newest and there:
                began = began or (value, today, newest.release)
                last = newest.release
        if began:
            found.add((*key, *began[:2], None, began[2], last))
    return found


class History:
    """The models of a history over made-up snapshots, in a database in memory."""

    def __init__(self, con: duckdb.DuckDBPyConnection, project: Any) -> None:
        self.con, self.project = con, project
        project.like_starter(
            con,
            [
                "intermediate.int_snapshots_resolved",
                "intermediate.int_coverage_resolved",
                "intermediate.int_countries_combined",
            ],
        )
        project.like_starter(con, ["raw.population"])
        con.execute("create schema if not exists build.staging")
        con.execute(
            "create table build.staging.stg_unhcr__population as "
            f"select * from ({project.sql['stg_unhcr__population']})"
        )

    def build(self, known: Sequence[Snapshot]) -> list[tuple[Any, ...]]:
        """The history of these snapshots, which lie in this order."""
        con = self.con
        for table in (
            "staging.stg_unhcr__population",
            "intermediate.int_snapshots_resolved",
            "intermediate.int_coverage_resolved",
        ):
            con.execute(f"delete from build.{table}")
        in_time = sorted(known, key=lambda s: s.day)
        for one in known:
            recency = in_time.index(one) + 1
            con.execute(
                "insert into build.intermediate.int_snapshots_resolved by name select "
                "'population' as endpoint, ? as snapshot_id, ? as release_id, "
                "?::date as in_force_from, ?::timestamp as retrieved_at, "
                "date '2021-12-31' as release_reference_date, false as is_provisional_release, "
                "false as is_quarantined, ? as recency",
                [
                    *(one.name, one.release, one.in_force_from, one.in_force_from),
                    recency,
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
                (one.name, "pairs", "pair", origin, origin, asylum, asylum, year, *values(value))
                for (origin, asylum, year), value in one.said.items()
            ]
            if rows:
                con.executemany(
                    "insert into build.staging.stg_unhcr__population (snapshot_id, slice, row_kind,"
                    " origin_unhcr_code, origin_iso3, asylum_unhcr_code, asylum_iso3, "
                    "reference_year, asylum_seekers_stock, host_community_stock) "
                    "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )
        self.project.make(con, CHAIN)
        return con.execute(
            "from build.marts.fct_population_yearly_history "
            "order by origin_unhcr_code, asylum_unhcr_code, reference_year, valid_from"
        ).fetchall()

    def intervals(self) -> list[tuple[Any, ...]]:
        return self.con.execute(
            "select origin_unhcr_code, asylum_unhcr_code, reference_year, asylum_seekers_stock, "
            "valid_from, valid_to, release_id, last_release_id "
            "from build.marts.fct_population_yearly_history"
        ).fetchall()


def values(said: int | tuple[int | None, int | None] | None) -> tuple[int | None, int | None]:
    """Asylum-seekers and host communities."""
    return said if isinstance(said, tuple) else (said, None)


@pytest.fixture(scope="module")
def history(in_memory: Callable[[], duckdb.DuckDBPyConnection], project: Any) -> Iterator[History]:
    with in_memory() as con:
        yield History(con, project)


ANY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANY
@given(snapshots())
def test_a_history_says_what_the_newest_release_that_covers_a_figure_said(
    history: History, known: list[Snapshot]
) -> None:
    history.build(known)
    found = history.intervals()
    assert set(found) == expected(known)
    assert len(found) == len(set(found))


@ANY
@given(snapshots(), st.randoms(use_true_random=False))
def test_releases_may_arrive_in_any_order_at_once_or_apart(
    history: History, known: list[Snapshot], chance: random.Random
) -> None:
    at_once = history.build(known)
    assert history.build(known) == at_once
    arrived = chance.sample(known, len(known))
    first = chance.randint(1, len(known))
    history.build(arrived[:first])
    assert set(history.intervals()) == expected(arrived[:first])
    assert history.build(arrived) == at_once


SAID: dict[Key, Any] = {key: 7 for key in KEYS}


def world(day: int, said: dict[Key, Any]) -> Snapshot:
    return Snapshot(day, None, None, (2018, 2020), said)


def test_a_release_that_repeats_the_one_before_adds_no_row(history: History) -> None:
    before = history.build([world(1, SAID)])
    assert len(history.build([world(1, SAID), world(2, SAID)])) == len(before)
    assert {row[-2:] for row in history.intervals()} == {("r1", "r2")}
    history.build([world(1, SAID), world(2, SAID), world(3, SAID | {KEYS[0]: 8})])
    changed = [row for row in history.intervals() if row[:3] == KEYS[0]]
    days = [FIRST_DAY + timedelta(days=day) for day in (1, 3)]
    assert sorted(changed, key=lambda row: row[4]) == [
        (*KEYS[0], 7, *days, "r1", "r2"),
        (*KEYS[0], 8, days[1], None, "r3", "r3"),
    ]
    assert len(history.intervals()) == len(KEYS) + 1


def test_a_value_that_goes_and_comes_back_stood_twice(history: History) -> None:
    gone = {key: 7 for key in KEYS[1:]}
    history.build([world(1, SAID), world(2, gone), world(3, SAID)])
    days = [FIRST_DAY + timedelta(days=day) for day in (1, 2, 3)]
    stood = [row[4:6] for row in history.intervals() if row[:3] == KEYS[0]]
    assert sorted(stood) == [(days[0], days[1]), (days[2], None)]


def test_host_communities_that_turn_from_not_known_to_zero_are_one_row(history: History) -> None:
    def said(hosts: int | None) -> dict[Key, Any]:
        return {KEYS[0]: (7, hosts)}

    def rows() -> list[tuple[Any, ...]]:
        return history.con.execute(
            "select host_community_stock, host_community_stock_known_from, valid_from, valid_to "
            "from build.marts.fct_population_yearly_history order by valid_from"
        ).fetchall()

    days = [FIRST_DAY + timedelta(days=day) for day in range(4)]
    history.build([world(1, said(None)), world(2, said(0))])
    assert rows() == [(0, days[2], days[1], None)]
    history.build([world(1, said(0)), world(2, said(None))])
    assert rows() == [(0, None, days[1], days[2]), (None, None, days[2], None)]
    history.build([world(1, said(None)), world(2, said(5))])
    assert rows() == [(None, None, days[1], days[2]), (5, None, days[2], None)]
    history.build([world(1, said(None)), world(2, said(0)), world(3, said(5))])
    assert rows() == [(0, days[2], days[1], days[3]), (5, None, days[3], None)]


# From landing to every history ------------------------------------------------------------------


def history_tables(data: Settings) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(data.build_db), read_only=True) as con:
        names = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' "
            "and ends_with(table_name, '_history') order by 1"
        ).fetchall()
        assert len(names) >= 20
        return {
            name: con.execute(f"from marts.{name} order by all").fetchall() for (name,) in names
        }


def built(data: Settings, project: Any) -> dict[str, list[tuple[Any, ...]]]:
    histories = [model["name"] for model in project.models if model["name"].endswith("_history")]
    MadeUp(project, data).build(project.with_what_they_read(histories)).close()
    return history_tables(data)


def land_without_its_first_row(landed: Path) -> None:
    """Land beside `landed` a later snapshot of the same release that lacks one row."""
    manifest = json.loads((landed / "manifest.json").read_bytes())
    later = landed.with_name(f"{landed.name}-later")
    shutil.copytree(landed, later)
    manifest |= {"snapshot_id": later.name, "content_sha256": "0" * 64}
    manifest |= {"started_at": "2026-11-23T00:00:00Z", "finished_at": "2026-11-23T00:00:00Z"}
    [part] = manifest["slices"]
    [page] = part["pages"]
    file = later / page["file"]
    body = json.loads(gzip.decompress(file.read_bytes()))
    body["items"].pop(0)
    changed = json.dumps(body).encode()
    file.write_bytes(gzip.compress(changed))
    page["sha256"] = hashlib.sha256(changed).hexdigest()
    for counted in (manifest, part, page):
        counted["rows"] -= 1
    (later / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_what_comes_late_or_goes_or_is_told_again_leaves_what_a_rebuild_makes(
    starter_build: Settings, project: Any, tmp_path: Path
) -> None:
    """The starter extract, then without Mid-Year Trends 2025, then with it again, and with a second
    snapshot of a release: of the first one there is no trace, as if it had not been landed.
    """
    data = Settings(data_dir=tmp_path / "data", threads=2)
    shutil.copytree(starter_build.data_dir, data.data_dir)
    aside = tmp_path / "aside"
    aside.mkdir()
    held_back = sorted((data.landing_dir).glob("*/starter-2025-06-*"))
    assert [path.parent.name for path in held_back] == [
        *("asylum-applications", "displacement-flows", "population"),
    ]
    for path in held_back:
        path.rename(aside / path.parent.name)
    raw.load(data)
    assign(data)
    with duckdb.connect(str(data.build_db), read_only=True) as con:
        for path in held_back:
            table = f"raw.{ENDPOINTS[path.parent.name].table}"
            loaded = con.execute(f"select distinct _snapshot_id from {table}").fetchall()
            assert loaded and (path.name,) not in loaded

    for path in held_back:
        (aside / path.parent.name).rename(path)
    [landed] = (data.landing_dir / "asylum-applications").glob("starter-2025-12.1-*")
    land_without_its_first_row(landed)
    both = built(data, project)
    name = "fct_asylum_applications_totals_yearly_history"
    before = history_tables(starter_build)
    assert both[name] != before[name]
    # The other facts are as they were before anything went.
    others = {name for name in before if name.startswith("fct_") and "applications" not in name}
    assert len(others) > 5
    assert {name: both[name] for name in others} == {name: before[name] for name in others}
    shutil.rmtree(landed)
    data.build_db.unlink()
    assert built(data, project) == both
