"""What one publication serves, however it is seen, ends no hold of its own; the next one does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.warehouse.releases.test_validate import (
    LAST_YEAR,
    LISTS,
    Change,
    Rows,
    World,
    country,
    half_the_years_gone,
    made_up,
    made_up_flows,
    mid_year_to_final,
    one_country_alone,
    revised,
    the_newest_year_gone,
)
from warehouse.reference.releases import NamedRelease
from warehouse.releases import profiles
from warehouse.releases.assign import Assigned, _assign
from warehouse.releases.identify import Key, Snapshot
from warehouse.releases.profiles import Reach
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS

BEFORE, HELD, NEXT = "2024-12", "2025-06", "2025-12.0"
NAMED = {
    one.release_id: one
    for one in (
        NamedRelease(BEFORE, "", date(2025, 6, 12), date(2024, 12, 31)),
        NamedRelease(HELD, "", date(2025, 11, 11), date(2025, 6, 30)),
        NamedRelease(NEXT, "", date(2026, 6, 11), date(2025, 12, 31)),
    )
}
# The API has a release before the archive has it.
FIRST_SIGHT = date(2025, 10, 27)
LAST_DAY = (date(2026, 6, 9) - FIRST_SIGHT).days
MAIN, LOST = "population", "idmc"
# More than the least of which a share says anything.
ORIGINS = 14
SOME = Reach(frozenset({country(0)[1], country(1)[1]}))

Data = Mapping[str, Rows]
some = settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Sight:
    """One look at a publication: on which day, by which way, at what."""

    day: int
    by: str = "api"
    datasets: tuple[str, ...] = (MAIN, LOST)
    is_narrowed: bool = False
    is_corrected: bool = False


sights = st.lists(
    st.builds(
        Sight,
        day=st.integers(0, LAST_DAY),
        by=st.sampled_from(["api", "api", "api", "archive"]),
        datasets=st.sampled_from([(MAIN, LOST), (LOST,), (MAIN,)]),
        is_narrowed=st.booleans(),
        is_corrected=st.booleans(),
    ),
    max_size=5,
)


class Landing:
    """What is landed of all looks at UNHCR's publications."""

    def __init__(self, con: duckdb.DuckDBPyConnection, *datasets: str) -> None:
        self.world = World(con, *datasets)
        self.landed: list[Snapshot] = []

    def see(self, release_id: str, data: Data, sight: Sight, first: date = FIRST_SIGHT) -> None:
        """As landing does: an answer of the API that is as the newest one makes no snapshot."""
        at = datetime.combine(first + timedelta(days=sight.day), time(10), UTC)
        reach = SOME if sight.is_narrowed and sight.by == "api" else Reach()
        for name in sight.datasets:
            rows = data[name]
            if reach.origins:
                rows = [row for row in rows if row["coo_iso"] in reach.origins]
            source = "workbook" if (sight.by, name) == ("api", FLOWS) else sight.by
            self.world.publish(rows, of=name)
            one = replace(
                self.world.snapshots[-1],
                source=source,
                stated_release_id=None if sight.by == "api" else release_id,
                reach=reach,
                retrieved_at=at,
            )
            alike = [
                other
                for other in self.landed
                if (other.endpoint, other.source, other.stated_release_id, other.reach)
                == (one.endpoint, one.source, one.stated_release_id, one.reach)
            ]
            if alike and alike[-1].digest == one.digest:
                self.landed.remove(alike[-1])
                one = replace(alike[-1], last_seen_at=at)
            self.landed.append(one)

    def assigned(self, *, of: Sequence[Snapshot] | None = None) -> Assigned:
        lists = replace(LISTS, releases=NAMED)
        return _assign(self.world.con, self.landed if of is None else of, lists)

    def held(self, *, of: Sequence[Snapshot] | None = None) -> set[Key]:
        return {(one.endpoint, one.snapshot_id) for one in self.assigned(of=of).quarantined}


def the_one_before(random: Random, *datasets: str) -> Data:
    return {
        name: made_up_flows(random) if name == FLOWS else made_up(name, random, ORIGINS)
        for name in datasets
    }


def the_next(data: Data, random: Random) -> Data:
    """Of the middle of a year, the one of its end; of the end, that of the next middle."""
    year = max(row["year"] for row in data[MAIN])
    change = revised if year == LAST_YEAR else mid_year_to_final
    return {name: change(rows, ENDPOINTS[name], random) for name, rows in data.items()}


def corrected(data: Data, random: Random) -> Data:
    """A row or two of each dataset are others."""
    out = {}
    for name, rows in data.items():
        [count, *_] = ENDPOINTS[name].counts
        ids = {id(row) for row in random.sample(rows, 2)}
        out[name] = [row | {count: row[count] + 1} if id(row) in ids else row for row in rows]
    return out


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as con:
        yield con


LOSSES = [half_the_years_gone, the_newest_year_gone, one_country_alone]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda one: one.__name__)
@some
@given(seen=sights, is_known=st.booleans(), seed=st.integers(0, 10_000))
# The same content from the API and from the archive.
@example([Sight(0), Sight(30, "archive")], True, 3)
@example([Sight(60), Sight(0, "archive")], True, 3)
# A crawl of some countries after a whole one, and before it.
@example([Sight(0), Sight(30, is_narrowed=True)], True, 3)
@example([Sight(0, is_narrowed=True), Sight(30)], True, 3)
# A correction of a row: of the dataset itself, and of another one beside it.
@example([Sight(0), Sight(100, is_corrected=True)], True, 3)
@example([Sight(0), Sight(100, datasets=(MAIN,), is_corrected=True), Sight(107)], True, 3)
def test_one_publication_does_not_end_its_own_hold(
    con: duckdb.DuckDBPyConnection, loss: Change, seen: list[Sight], is_known: bool, seed: int
) -> None:
    """Each of its snapshots that is held back by itself is held back among all of them."""
    random = Random(seed)
    landing = Landing(con, MAIN, LOST)
    before = the_one_before(random, MAIN, LOST)
    landing.see(BEFORE, before, Sight(-60))
    if is_known:
        landing.see(BEFORE, before, Sight(-60, "archive"))
    earlier = list(landing.landed)
    published = the_next(before, random)
    published |= {LOST: loss(published[LOST], ENDPOINTS[LOST], random)}
    mended = corrected(published, random)
    for one in sorted(seen, key=lambda one: one.day):
        landing.see(HELD, mended if one.is_corrected else published, one)
    of_it = [one for one in landing.landed if one not in earlier]
    alone = {key for one in of_it for key in landing.held(of=[*earlier, one])}
    held = landing.held()
    assert alone <= held
    random.shuffle(landing.landed)
    assert landing.held() == held


@pytest.mark.parametrize("loss", LOSSES, ids=lambda one: one.__name__)
@some
@given(
    seen=sights,
    following=st.tuples(st.sampled_from(["api", "archive"]), st.booleans()),
    seed=st.integers(0, 99),
)
def test_the_next_publication_ends_the_hold(
    con: duckdb.DuckDBPyConnection,
    loss: Change,
    seen: list[Sight],
    following: tuple[str, bool],
    seed: int,
) -> None:
    """Whether it leaves the dataset as it is, or brings other figures of what is still there."""
    by, is_kept = following
    random = Random(seed)
    landing = Landing(con, MAIN, LOST)
    before = the_one_before(random, MAIN, LOST)
    landing.see(BEFORE, before, Sight(-60))
    published = the_next(before, random)
    published |= {LOST: loss(published[LOST], ENDPOINTS[LOST], random)}
    mended = corrected(published, random)
    for one in sorted([Sight(0), *seen], key=lambda one: one.day):
        landing.see(HELD, mended if one.is_corrected else published, one)
    earlier = landing.held()
    assert earlier
    last = the_next(mended, random)
    last |= {LOST: mended[LOST]} if is_kept else {}
    landing.see(NEXT, last, Sight(0, by), NAMED[NEXT].published_on)
    assert landing.held() == set()


def test_the_workbook_and_the_archive_s_file_of_it_are_one_publication(
    con: duckdb.DuckDBPyConnection,
) -> None:
    random = Random(3)
    landing = Landing(con, FLOWS)
    before = the_one_before(random, FLOWS)
    landing.see(BEFORE, before, Sight(-60, "archive", (FLOWS,)))
    lossy = {FLOWS: half_the_years_gone(before[FLOWS], ENDPOINTS[FLOWS], random)}
    landing.see(HELD, lossy, Sight(0, "api", (FLOWS,)))
    landing.see(HELD, lossy, Sight(15, "archive", (FLOWS,)))
    assert len(landing.held()) == 2


@pytest.mark.parametrize(
    ("first", "last", "impossible", "is_held"),
    [
        pytest.param(Sight(0), Sight(200), False, False, id="kept by the next release"),
        pytest.param(Sight(0), Sight(3), False, True, id="of one that came dataset by dataset"),
        pytest.param(Sight(0), Sight(200, datasets=(MAIN,)), False, True, id="not seen since"),
        pytest.param(
            Sight(0, datasets=(LOST,)), Sight(200), False, True, id="the other may have moved by it"
        ),
        pytest.param(Sight(0), Sight(200), True, True, id="it cannot be"),
    ],
)
def test_what_the_api_keeps_when_the_others_are_of_a_later_release_is_confirmed(
    con: duckdb.DuckDBPyConnection, first: Sight, last: Sight, impossible: bool, is_held: bool
) -> None:
    random = Random(3)
    landing = Landing(con, MAIN, LOST)
    before = the_one_before(random, MAIN, LOST)
    landing.see(BEFORE, before, Sight(-60))
    lossy = half_the_years_gone(before[LOST], ENDPOINTS[LOST], random)
    lossy += [lossy[0] | {"year": 2031}] if impossible else []
    landing.see(HELD, before | {LOST: lossy}, first)
    landing.see(HELD, the_next(before, random) | {LOST: lossy}, last)
    assert bool(landing.held()) == is_held


def test_another_dataset_that_was_broken_and_is_mended_is_no_later_release(
    con: duckdb.DuckDBPyConnection,
) -> None:
    random = Random(3)
    landing = Landing(con, MAIN, LOST)
    before = the_one_before(random, MAIN, LOST)
    landing.see(BEFORE, before, Sight(-60))
    published = the_next(before, random)
    published |= {LOST: half_the_years_gone(published[LOST], ENDPOINTS[LOST], random)}
    counts = ENDPOINTS[MAIN].counts
    swapped = [
        row | {name: row[other] for name, other in zip(counts, reversed(counts), strict=True)}
        for row in published[MAIN]
    ]
    landing.see(HELD, published | {MAIN: swapped}, Sight(0))
    assert {endpoint for endpoint, _ in landing.held()} == {MAIN, LOST}
    landing.see(HELD, published, Sight(30))
    assert LOST in {endpoint for endpoint, _ in landing.held()}


def test_an_answer_of_an_older_release_in_between_tells_no_later_one(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """As where one of several servers of the API is behind the others."""
    random = Random(3)
    landing = Landing(con, MAIN, LOST)
    before = the_one_before(random, MAIN, LOST)
    published = the_next(before, random)
    published |= {LOST: half_the_years_gone(published[LOST], ENDPOINTS[LOST], random)}
    landing.see(BEFORE, before, Sight(-60))
    landing.see(HELD, published, Sight(0))
    landing.see(BEFORE, published | {MAIN: before[MAIN]}, Sight(20))
    landing.see(HELD, published, Sight(40))
    assert LOST in {endpoint for endpoint, _ in landing.held()}


def of_year(rows: Rows, year: int) -> Rows:
    return [row for row in rows if row["year"] == year]


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_newest_years_of_two_snapshots_are_counted_by_country(
    con: duckdb.DuckDBPyConnection, is_whole: bool
) -> None:
    world, random = World(con, MAIN), Random(5)
    rows = made_up(MAIN, random, ORIGINS)
    later = revised(rows, world.endpoint, random)
    pair = (world.publish(rows), world.publish(later, year=LAST_YEAR + 1))
    reach = Reach() if is_whole else SOME
    found = profiles.newest_years(con, world.endpoint, *pair, reach)
    assert (found.before, found.now) == (LAST_YEAR, LAST_YEAR + 1)

    def figures(rows: Rows, year: int, code: str) -> set[tuple[str, ...]]:
        return {
            (code, *(str(row[c]) for c in ("coo", "coa", *world.endpoint.counts)))
            for row in of_year(rows, year)
            if row[code_column] == code and (is_whole or row["coo_iso"] in (SOME.origins or ()))
        }

    for side, code_column in (("origin", "coo"), ("asylum", "coa")):
        codes = {row[code_column] for row in rows}
        both = {code for code in codes if figures(rows, LAST_YEAR, code)}
        moved = {c for c in both if figures(rows, LAST_YEAR, c) != figures(later, LAST_YEAR, c)}
        assert found.both[side] == (len(both), len(moved))
        newest = {code for code in codes if figures(later, LAST_YEAR + 1, code)}
        assert found.later[side] == (len(both), len(newest))
