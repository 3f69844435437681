"""Which release a snapshot is, and whether it is believed: the rules, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import releases
from warehouse.acceptance import Acceptance
from warehouse.manifest import Coverage
from warehouse.profiles import Profile, Reach
from warehouse.releases import (
    Correction,
    Held,
    Judgement,
    Lists,
    NamedRelease,
    Release,
    Snapshot,
    judge,
    judge_all,
    resolve,
)

DAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHOLE = Reach(year_from=1951, year_to=2026)
NAMED = {
    one.release_id: one
    for one in (
        NamedRelease("2025-06", "Mid-Year Trends 2025", date(2025, 11, 11), date(2025, 6, 30)),
        NamedRelease("2025-12.0", "Global Trends 2025", date(2026, 6, 11), date(2025, 12, 31)),
        NamedRelease("2025-12.1", "Global, corrected", date(2026, 6, 25), date(2025, 12, 31)),
    )
}
LISTS = Lists(
    NAMED,
    contents={
        ("2025-06", "population"): "p0",
        ("2025-06", "asylum-applications"): "a0",
        ("2025-12.0", "population"): "p1",
        ("2025-12.0", "asylum-applications"): "a1",
        ("2025-12.0", "idmc"): "i1",
        ("2025-12.1", "population"): "p1.1",
        ("2025-12.1", "asylum-applications"): "a1.1",
        ("2025-12.1", "idmc"): "i1",
        ("2025-12.1", "demographics"): "d-2025-only",
    },
    incomplete=frozenset({("2025-12.1", "demographics")}),
)


def api(endpoint: str, digest: str, after: float = 0.0, reach: Reach = WHOLE) -> Snapshot:
    """What the API gave `after` days."""
    at = DAY + timedelta(days=after)
    return Snapshot(endpoint, f"{endpoint}-{digest}-{after}", "api", None, at, reach, digest, 2025)


def archive(endpoint: str, release: str, digest: str, reach: Reach = WHOLE) -> Snapshot:
    return Snapshot(endpoint, f"archive-{release}", "archive", release, DAY, reach, digest, 2025)


def countries(after: float = 0.0) -> Snapshot:
    return Snapshot("countries", f"c-{after}", "api", None, DAY + timedelta(days=after))


def never(one: Snapshot, reach: Reach) -> str:
    raise AssertionError("nothing here is narrowed")


def names(*snapshots: Snapshot, lists: Lists = LISTS) -> list[str]:
    found = resolve(snapshots, lists, never)
    return [found[one.key].release_id for one in snapshots]


# Which release ------------------------------------------------------------------------------------


def test_what_equals_a_known_release_is_that_release_from_the_day_it_came_out() -> None:
    seen = [api("population", "p1.1"), api("asylum-applications", "a1.1"), countries()]
    found = resolve(seen, LISTS, never)
    assert set(found.values()) == {
        Release("2025-12.1", "Global, corrected", date(2026, 6, 25), date(2025, 12, 31), True)
    }


def test_one_dataset_that_differs_makes_all_of_a_moment_a_release_of_its_own() -> None:
    seen = [api("population", "p1"), api("asylum-applications", "corrected"), countries()]
    found = resolve(seen, LISTS, never)
    assert {(one.release_id, one.is_named) for one in found.values()} == {("api-2026-11-22", False)}
    assert found[seen[0].key].in_force_from == date(2026, 11, 22)


def test_a_dataset_of_which_a_release_is_not_known_stands_in_nobodys_way() -> None:
    assert names(api("population", "p0"), api("solutions", "anything")) == ["2025-06"] * 2


def test_by_a_file_that_lacks_figures_nothing_is_recognised() -> None:
    assert names(api("population", "p1.1"), api("demographics", "all years")) == ["2025-12.1"] * 2


def test_by_what_is_distrusted_nothing_is_recognised() -> None:
    held = [archive("population", "2025-06", "p"), archive("demographics", "2025-06", "some years")]
    seen = [api("population", "p"), api("demographics", "all years")]

    def name(*distrusted: Snapshot) -> set[str]:
        found = resolve([*held, *seen], LISTS, never, {one.key for one in distrusted})
        return {found[one.key].release_id for one in seen}

    assert name() == {"api-2026-11-22"}
    assert name(held[1]) == {"2025-06"}
    assert name(*held) == {"api-2026-11-22"}


def test_without_population_nothing_is_recognised() -> None:
    assert names(api("idmc", "i1")) == ["api-2026-11-22"]


def test_what_did_not_change_stays_with_the_release_that_it_was_first_seen_in() -> None:
    """idmc of 2025-12.1 is that of 2025-12.0: it is landed once, and no release has it twice."""
    seen = [
        api("population", "p1"),
        api("asylum-applications", "a1"),
        api("idmc", "i1"),
        api("population", "p1.1", 14),
        api("asylum-applications", "a1.1", 14),
    ]
    assert names(*seen) == ["2025-12.0"] * 3 + ["2025-12.1"] * 2


def test_datasets_fetched_one_by_one_come_together_in_their_release() -> None:
    seen = [
        api("population", "p1"),
        api("asylum-applications", "a1"),
        api("population", "p1.1", 14),
        api("asylum-applications", "a1.1", 15),
    ]
    assert names(*seen) == ["2025-12.0"] * 2 + ["2025-12.1"] * 2


def test_several_releases_crawled_on_one_day_are_told_apart() -> None:
    seen = [
        *(api("population", "p0"), api("asylum-applications", "a0")),
        *(api("population", "p1", 0.1), api("asylum-applications", "a1", 0.1)),
    ]
    assert names(*seen) == ["2025-06", "2025-06", "2025-12.0", "2025-12.0"]


def test_an_unknown_release_takes_its_name_when_the_archive_has_it() -> None:
    seen = [api("population", "p2"), api("asylum-applications", "a2")]
    assert names(*seen) == ["api-2026-11-22"] * 2
    later = NamedRelease("2026-06", "Mid-Year Trends 2026", date(2026, 11, 20), date(2026, 6, 30))
    lists = replace(LISTS, releases={**NAMED, "2026-06": later})
    held = [archive("population", "2026-06", "p2"), archive("asylum-applications", "2026-06", "a2")]
    assert names(*seen, *held, lists=lists) == ["2026-06"] * 4


def test_a_narrowed_crawl_is_held_against_its_countries_in_what_is_held() -> None:
    syria = Reach(frozenset({"SYR"}), None, 1951, 2026)
    held = [archive("population", "2025-06", "w0"), archive("population", "2025-12.0", "w1")]
    parts = {("2025-06", syria): "s0", ("2025-12.0", syria): "s1"}

    def within(one: Snapshot, reach: Reach) -> str:
        return parts[one.stated_release_id or "", reach]

    def name(digest: str) -> str:
        one = api("population", digest, reach=syria)
        return resolve([*held, one], LISTS, within)[one.key].release_id

    assert (name("s0"), name("s1"), name("other")) == ("2025-06", "2025-12.0", "api-2026-11-22")


def test_a_narrowed_crawl_is_not_recognised_by_an_extract_of_fewer_years_or_other_countries() -> (
    None
):
    syria = Reach(frozenset({"SYR"}), None, 1951, 2026)
    for reach in (
        Reach(frozenset({"SYR"}), None, 2012, 2026),
        Reach(frozenset({"CHN"}), None, 1951, 2026),
        Reach(frozenset({"SYR"}), frozenset({"TUR"}), 1951, 2026),
    ):
        held = archive("population", "2025-06", "s0", reach)
        one = api("population", "s0", reach=syria)
        found = resolve([held, one], LISTS, lambda *_: "s0")
        assert found[one.key].release_id == "api-2026-11-22"


def test_where_two_releases_hold_the_same_it_is_the_newest_that_was_out() -> None:
    syria = Reach(frozenset({"SYR"}), None, 1951, 2026)
    held = [archive("population", name, "w") for name in NAMED]
    one = replace(
        api("population", "s", reach=syria), retrieved_at=datetime(2026, 6, 20, tzinfo=UTC)
    )
    assert resolve([*held, one], LISTS, lambda *_: "s")[one.key].release_id == "2025-12.0"


def test_a_release_in_no_list_is_named() -> None:
    with pytest.raises(releases.UnknownReleaseError, match=r"population/archive-1999.*1999-12"):
        names(replace(archive("population", "1999-12", "p"), snapshot_id="archive-1999"))


@pytest.mark.parametrize(
    ("seen", "latest_year", "expected"),
    [
        ("2026-06-10", 2025, "2025-06-30"),
        ("2026-06-11", 2025, "2025-12-31"),
        ("2026-11-22", 2026, "2026-06-30"),
        ("2027-06-10", 2026, "2026-06-30"),
        ("2027-06-11", 2026, "2026-12-31"),
        ("2026-11-22", None, "2025-12-31"),
    ],
    ids=["mid-year-out", "year-end-out", "running", "not-due", "due", "no-year"],
)
def test_the_reference_date_of_an_unnamed_release(
    seen: str, latest_year: int | None, expected: str
) -> None:
    at = datetime.fromisoformat(f"{seen}T10:00:00+00:00")
    one = replace(api("population", "unknown"), retrieved_at=at, latest_year=latest_year)
    found = resolve([one], LISTS, never)[one.key]
    assert found.reference_date == date.fromisoformat(expected)
    assert found.is_provisional == expected.endswith("06-30")
    assert found.release_id == f"api-{seen}"


POOL = [
    api("population", "p0"),
    api("asylum-applications", "a0"),
    api("population", "p1", 3),
    api("asylum-applications", "a1", 3),
    api("idmc", "i1", 3),
    api("population", "p1.1", 5),
    api("asylum-applications", "a1.1", 6),
    api("asylum-applications", "new", 9),
    countries(3),
    countries(9),
    archive("population", "2025-06", "p0"),
    archive("demographics", "2025-12.1", "d"),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(POOL), unique=True), st.randoms(use_true_random=False))
def test_the_order_in_which_snapshots_come_plays_no_part(chosen, random) -> None:
    before = resolve(chosen, LISTS, never)
    random.shuffle(chosen)
    assert resolve(chosen, LISTS, never) == before


# Whether it is believed ---------------------------------------------------------------------------


def held(profiles: Mapping[str, Profile]) -> Held:
    """Snapshots whose profiles are known by their digest, and of which no part is the other."""
    return Held(
        lambda *_: "of no snapshot", lambda one, _: profiles[one.digest or ""], lambda _: {}
    )


def profile(
    years: Mapping[int, int],
    totals: Mapping[int, int | None] | None = None,
    origins: Mapping[str, Mapping[int, int]] | None = None,
    asylums: Mapping[str, Mapping[int, int]] | None = None,
) -> Profile:
    everywhere = {"CHN": dict.fromkeys(years, 5_000)}
    return Profile(
        dict(years),
        {(year, "", "refugees"): total for year, total in (totals or {}).items()},
        everywhere if origins is None else origins,
        {} if asylums is None else asylums,
    )


BEFORE = profile(dict.fromkeys(range(2001, 2026), 1_000), dict.fromkeys(range(2001, 2026), 50_000))


def test_the_same_again_has_lost_nothing() -> None:
    assert judge(BEFORE, BEFORE) == []


def test_a_year_that_vanishes_is_found_with_the_rows_it_had() -> None:
    now = profile({2025: 1_000}, {2025: 50_000})
    assert judge(BEFORE, now, named="2025-12.0 (x)") == [
        "24 years are missing: 2001-2024, of which 2025-12.0 (x) has 24,000 rows."
    ]


def test_a_year_in_which_next_to_nothing_was_counted_may_vanish() -> None:
    before = profile({1951: 1, 2025: 100}, origins={"CHN": {1951: 99, 2025: 5_000}})
    now = profile({2025: 100}, origins={"CHN": {2025: 5_000}})
    assert judge(before, now) == []
    grown = replace(before, origins={"CHN": {1951: 100, 2025: 5_000}})
    assert len(judge(grown, now)) == 1


@pytest.mark.parametrize("side", ["origins", "asylums"])
def test_a_country_that_vanishes_is_found_if_it_was_of_any_size(side: str) -> None:
    def of(**countries: dict[int, int]) -> Profile:
        return replace(profile({2024: 100, 2025: 100}, origins={}), **{side: countries})

    kept = {2024: 5_000, 2025: 5_000}
    [found] = judge(of(CHN=kept, FNC={2024: 100}), of(CHN=kept))
    assert found == f"A country of {side[:-1]} is missing that before has: FNC (100 in 2024)."
    assert judge(of(CHN=kept, FNC={2024: 99}), of(CHN=kept)) == []


def test_a_country_missing_from_a_year_is_found_where_it_was_large() -> None:
    years = {2024: 100, 2025: 100}
    before = profile(
        years, origins={"SYR": {2024: 6_000, 2025: 1_000}, "FNC": {2024: 999, 2025: 9}}
    )
    now = profile(years, origins={"SYR": {2024: 6_000}, "FNC": {2025: 9}})
    assert judge(before, now) == [
        "A country of origin is missing from years in which before has them: "
        "SYR in 2025 (up to 1,000)."
    ]


def test_many_countries_are_counted_and_the_largest_named() -> None:
    before = profile({2025: 100}, origins={f"C{n:02d}": {2025: 1_000 + n} for n in range(20)})
    [found] = judge(before, profile({2025: 100}, origins={"ZZZ": {2025: 9}}))
    assert found.startswith(
        "20 countries of origin are missing that before has: C19 (1,019 in 2025)"
    )
    assert found.endswith("C12 (1,012 in 2025), and 12 more.")


@pytest.mark.parametrize(
    ("had", "has", "is_found"),
    [
        (1_000, 950, False),
        (1_000, 949, True),
        (100, 91, False),
        (100, 90, True),
        (1_000, 2_000, False),
    ],
    ids=["5-percent", "more", "nine-rows", "ten-rows", "gained"],
)
def test_rows_may_be_fewer_by_5_percent_or_by_a_few(had: int, has: int, is_found: bool) -> None:
    found = judge(profile({2024: had}), profile({2024: has, 2025: 10_000}))
    assert len(found) == is_found
    if is_found:
        assert f"Fewer rows: {has:,} where before has {had:,}" in found[0]


@pytest.mark.parametrize(
    ("year", "total", "is_found"),
    [
        (2023, 51_000, False),
        (2023, 51_001, True),
        (2023, 48_999, True),
        (2023, None, True),
        (2024, 90_000, False),
        (2025, 1, False),
    ],
    ids=["2-percent", "more", "less", "unknown", "second-newest", "newest"],
)
def test_a_total_of_a_settled_year_may_move_by_2_percent(
    year: int, total: int | None, is_found: bool
) -> None:
    now = replace(BEFORE, totals={**BEFORE.totals, (year, "", "refugees"): total})
    found = judge(BEFORE, now)
    assert len(found) == is_found
    if is_found:
        assert f"refugees in {year}" in found[0] and "50,000" in found[0]


def test_a_total_small_enough_to_move_by_rounding_is_let_be() -> None:
    rows = dict.fromkeys((2020, 2025), 50)
    assert judge(profile(rows, {2020: 999}), profile(rows, {2020: 900})) == []
    assert len(judge(profile(rows, {2020: 1_000}), profile(rows, {2020: 900}))) == 1


def test_persons_and_cases_are_looked_at_apart() -> None:
    rows = dict.fromkeys((2020, 2025), 50)
    before = replace(
        profile(rows), totals={(2020, "P", "applied"): 10_000, (2020, "C", "applied"): 2_000}
    )
    moved = replace(before, totals={**before.totals, (2020, "C", "applied"): 1_900})
    assert judge(before, moved) == [
        "The total of applied (cases) in 2020, a settled year, is 1,900 where before has 2,000 "
        "(-5.0%)."
    ]


def test_a_correction_that_was_announced_between_the_two_is_no_loss() -> None:
    now = replace(BEFORE, totals={**BEFORE.totals, (2022, "", "refugees"): 30_000})
    first, last = archive("population", "2025-06", "x"), archive("population", "2025-12.1", "y")
    profiles = {"x": BEFORE, "y": now}
    found = resolve([first, last], LISTS, never)

    def findings(published_on: date, column: str = "refugees", year: int = 2022) -> int:
        lists = replace(
            LISTS, corrections=[Correction("population", column, year, year + 1, published_on)]
        )
        judged = judge_all([first, last], found, lists, held(profiles))
        return len(judged[last.key].findings)

    assert findings(date(2026, 3, 30)) == 0
    assert findings(date(2026, 6, 25)) == 0, "by the later release itself"
    assert findings(date(2025, 11, 11)) == 1, "by the earlier one already"
    assert findings(date(2026, 6, 26)) == 1, "only after both"
    assert findings(date(2026, 3, 30), column="idps") == 1
    assert findings(date(2026, 3, 30), year=2023) == 1


def test_a_code_of_no_list_is_found_even_in_the_first_snapshot() -> None:
    lists = replace(LISTS, codes={"app_type": frozenset("NR")})
    one = archive("asylum-applications", "2025-06", "x")
    coded = Held(never, lambda *_: BEFORE, lambda _: {"app_type": {"N": 7, "Q": 1_200}})
    judged = judge_all([one], resolve([one], lists, never), lists, coded)
    assert judged[one.key] == Judgement(
        ("Unknown app_type 'Q' in 1,200 rows: not in seeds/reference/application_types.csv.",),
        None,
        True,
    )


THIS_YEAR_ALONE = profile({2025: 1_000}, {2025: 50_000})
CONTENTS = {"full": BEFORE, "fuller": BEFORE, "2025 only": THIS_YEAR_ALONE}


def judged(*snapshots: Snapshot) -> dict[tuple[str, str], Judgement]:
    found = resolve(snapshots, LISTS, lambda *_: "of no release")
    return judge_all(snapshots, found, LISTS, held(CONTENTS))


def test_a_dataset_that_lost_years_is_quarantined_alone() -> None:
    lost = archive("demographics", "2025-12.1", "2025 only")
    others = [
        archive("demographics", "2025-12.0", "full"),
        archive("population", "2025-12.0", "full"),
        archive("population", "2025-12.1", "fuller"),
    ]
    found = judged(lost, *others)
    assert found[lost.key].is_quarantined
    assert found[lost.key].compared_with == "archive-2025-12.0"
    assert not any(found[one.key].is_quarantined or found[one.key].findings for one in others)


def test_the_next_snapshot_is_held_against_the_last_that_was_believed() -> None:
    snapshots = [
        archive("demographics", "2025-06", "full"),
        archive("demographics", "2025-12.0", "2025 only"),
        archive("demographics", "2025-12.1", "fuller"),
        api("demographics", "2025 only"),
    ]
    found = judged(*snapshots)
    assert [found[one.key].is_quarantined for one in snapshots] == [False, True, False, True]
    assert found[snapshots[2].key].compared_with == "archive-2025-06"
    assert found[snapshots[3].key].compared_with == "archive-2025-12.1"


def test_an_accepted_snapshot_is_believed_and_keeps_its_findings() -> None:
    accepted = Acceptance(accepted_at=DAY, accepted_by="ann", why="UNHCR said so")
    first = archive("demographics", "2025-06", "full")
    lost = replace(archive("demographics", "2025-12.0", "2025 only"), accepted=accepted)
    after = archive("demographics", "2025-12.1", "2025 only")
    found = judged(first, lost, after)
    assert found[lost.key].findings
    assert not found[lost.key].is_quarantined
    assert found[after.key] == Judgement((), "archive-2025-12.0", False)


def test_judgement_follows_the_releases_and_not_the_order_of_landing() -> None:
    snapshots = [
        archive("demographics", "2025-06", "full"),
        archive("demographics", "2025-12.0", "2025 only"),
        archive("demographics", "2025-12.1", "fuller"),
    ]
    outcomes = [judged(*order) for order in permutations(snapshots)]
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_a_snapshot_is_held_against_one_that_was_asked_for_all_of_its_countries() -> None:
    def reach(*origins: str) -> Reach:
        return Reach(frozenset(origins), None, 1951, 2026)

    whole = archive("population", "2025-06", "full")
    china = api("population", "2025 only", reach=reach("CHN"))
    later = replace(api("population", "fuller", 1), reach=WHOLE)
    found = judged(whole, china, later)
    assert found[china.key].compared_with == "archive-2025-06"
    assert found[china.key].is_quarantined
    assert found[later.key].compared_with == "archive-2025-06"
    alone = judged(china, later)
    assert alone[china.key] == Judgement()
    assert alone[later.key] == Judgement(), "a narrow one says nothing of the whole"


def test_years_that_were_not_asked_for_are_not_missed() -> None:
    first = archive("population", "2025-06", "full")
    last = replace(
        archive("population", "2025-12.1", "2025 only"), reach=Reach(year_from=2025, year_to=2025)
    )
    found = judged(first, last)
    assert found[last.key] == Judgement((), "archive-2025-06", False)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(2001, 2025), st.integers(0, 5_000), min_size=1),
    st.dictionaries(st.integers(2001, 2025), st.integers(0, 5_000), min_size=1),
)
def test_whoever_gains_alone_has_lost_nothing(before: dict[int, int], more: dict[int, int]) -> None:
    """Rows and years that are added are never a finding, whatever else there was."""
    grown = {year: before.get(year, 0) + more.get(year, 0) for year in before | more}
    assert judge(profile(before), profile(grown)) == []


# The lists ----------------------------------------------------------------------------------------


def test_the_lists_of_the_project_can_be_read() -> None:
    lists = releases.read_lists()
    assert list(lists.releases)[-1] == "2025-12.1"
    assert lists.contents["2025-12.1", "population"] != lists.contents["2025-12.0", "population"]
    assert lists.incomplete == {("2025-12.1", "demographics")}
    assert {one.published_on for one in lists.corrections} == {date(2026, 3, 30)}
    assert lists.codes["dec_pc"] == {"P", "C"}


def test_a_list_that_cannot_be_read_is_named(tmp_path) -> None:
    for name in ("releases.csv", "release_files.csv"):
        (tmp_path / name).write_bytes((releases.REFERENCE_DIR / name).read_bytes())
    with pytest.raises(ValueError, match=r"release_contents\.csv: cannot be read"):
        releases.read_lists(tmp_path)


def test_the_reach_of_a_manifest_is_in_the_codes_of_rows() -> None:
    reach = Reach.of(Coverage(origins=["CHN", "XXA", "UNK"], year_from=2000, year_to=2025))
    assert reach == Reach(frozenset({"CHN", "STA", "UKN"}), None, 2000, 2025)
    assert Reach.of(Coverage()).is_whole


@pytest.mark.parametrize(
    ("differing", "text"),
    [
        ({}, "population: as in 2025-06"),
        ({2025: 143}, "population: 2025 (143 origins)"),
        ({2024: 1, 2025: 2}, "population: 2024 (1 origin), 2025 (2 origins)"),
    ],
    ids=["nothing", "a-year", "years"],
)
def test_what_an_unnamed_release_differs_in_is_told_by_year(
    differing: dict[int, int], text: str
) -> None:
    assert releases.difference_text("population", "2025-06", differing) == text
    many = dict.fromkeys(range(2000, 2026), 3)
    told = releases.difference_text("population", "2025-06", many)
    assert told.startswith("population: 18 earlier years, 2018 (3 origins)")
