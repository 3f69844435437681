"""Which release a snapshot is: the rules, without a database."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.core.manifest import Coverage
from warehouse.reference.releases import NamedRelease
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.releases import identify
from warehouse.releases.identify import Lists, Release, Snapshot, place, resolve
from warehouse.releases.profiles import Reach
from warehouse.sources.unhcr_api.endpoints import FLOWS

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


def test_a_release_that_was_seen_before_its_day_in_the_list_is_in_force_from_then() -> None:
    """Or a correction that was seen since would be older than what it corrects."""
    seen = datetime(2026, 6, 8, 12, tzinfo=UTC)
    first = [
        replace(api(endpoint, digest), retrieved_at=seen)
        for endpoint, digest in (("population", "p1"), ("asylum-applications", "a1"), (FLOWS, "f"))
    ]
    mended = replace(
        api("population", "mended"), retrieved_at=datetime(2026, 6, 10, 12, tzinfo=UTC)
    )
    file = replace(archive("population", "2025-12.0", "p1"), retrieved_at=DAY)
    found = resolve([*first, mended, file], LISTS, never)
    assert {found[one.key].in_force_from for one in (first[0], first[1], file)} == {
        date(2026, 6, 8)
    }
    assert max((*first[:1], mended, file), key=lambda one: place(one, found)) == mended
    # What is published by itself has its own days.
    lists = replace(LISTS, contents=LISTS.contents | {("2025-12.0", FLOWS): "f"})
    late = [replace(one, retrieved_at=DAY) for one in first[:2]]
    found = resolve([*late, first[2]], lists, never)
    assert [found[one.key].in_force_from for one in (*late, first[2])] == [
        date(2026, 6, 11), date(2026, 6, 11), date(2026, 6, 8),
    ]  # fmt: skip


def test_a_crawl_of_some_countries_tells_no_day_of_a_release() -> None:
    """These may have been as they are in it before it came out."""
    syria = Reach(frozenset({"SYR"}), None, 1951, 2026)
    early = datetime(2026, 5, 1, tzinfo=UTC)
    one = replace(api("population", "s", reach=syria), retrieved_at=early)
    file = archive("population", "2025-12.0", "p1")
    found = resolve([file, one], LISTS, lambda *_: "s")
    assert found[one.key].release_id == "2025-12.0"
    assert found[file.key].in_force_from == date(2026, 6, 11)


def test_a_release_in_no_list_is_named() -> None:
    with pytest.raises(identify.UnknownReleaseError, match=r"population/archive-1999.*1999-12"):
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


@pytest.mark.parametrize(
    ("seen", "expected"),
    [("2026-06-10", "2025-06-30"), ("2026-06-11", "2025-12-31"), ("2026-11-22", "2025-12-31")],
)
def test_a_year_end_release_is_none_of_mid_year_though_the_list_has_no_row_for_it_yet(
    seen: str, expected: str
) -> None:
    at = datetime.fromisoformat(f"{seen}T10:00:00+00:00")
    for endpoint in ("population", FLOWS):
        one = replace(api(endpoint, "unknown"), retrieved_at=at, latest_year=2025)
        found = resolve([one], Lists({"2025-06": NAMED["2025-06"]}), never)[one.key]
        assert found.reference_date == date.fromisoformat(expected)


@pytest.mark.parametrize("corrected", ["idmc", FLOWS])
@pytest.mark.parametrize(
    ("seen", "latest_year", "expected"),
    [
        ("2026-11-20", 2025, "2026-06-30"),
        ("2027-06-11", 2025, "2026-06-30"),
        ("2027-06-11", 2026, "2026-12-31"),
        ("2026-11-20", None, "2026-06-30"),
        ("2027-11-20", 2027, "2027-06-30"),
    ],
    ids=["the one before it", "still", "due by now", "no-year", "a later year"],
)
def test_a_release_without_a_main_dataset_describes_what_the_one_before_it_does(
    seen: str, latest_year: int | None, expected: str, corrected: str
) -> None:
    def on(day: str) -> datetime:
        return datetime.fromisoformat(f"{day}T10:00:00+00:00")

    first = replace(api("population", "mid"), retrieved_at=on("2026-10-20"), latest_year=2026)
    one = replace(api(corrected, "mended"), retrieved_at=on(seen), latest_year=latest_year)
    found = resolve([first, one], LISTS, never)
    assert str(found[first.key].reference_date) == "2026-06-30"
    assert str(found[one.key].reference_date) == expected


FLOWS_LISTS = replace(
    LISTS,
    contents={
        **LISTS.contents,
        ("2025-06", FLOWS): "f0",
        ("2025-12.0", FLOWS): "f-half",
        ("2025-12.1", FLOWS): "f1",
    },
    incomplete=LISTS.incomplete | {("2025-12.0", FLOWS)},
)


def workbook(digest: str, after: float = 0.0) -> Snapshot:
    """What the flow workbook held `after` days."""
    return replace(api(FLOWS, digest, after), source="workbook")


def test_the_flow_workbook_is_recognised_by_itself() -> None:
    assert names(workbook("f1"), lists=FLOWS_LISTS) == ["2025-12.1"]
    unknown = [api("population", "corrected"), workbook("f1")]
    assert names(*unknown, lists=FLOWS_LISTS) == ["api-2026-11-22", "2025-12.1"]


def test_a_crawl_is_recognised_whatever_the_flow_workbook_is_and_without_it() -> None:
    crawl = [api("population", "p1.1"), api("asylum-applications", "a1.1"), countries()]
    for flows, release in (("f0", "2025-06"), ("unknown", "api-2026-11-22")):
        found = names(*crawl, workbook(flows), lists=FLOWS_LISTS)
        assert found == ["2025-12.1"] * 3 + [release]
    assert names(*crawl, lists=FLOWS_LISTS) == ["2025-12.1"] * 3


def test_lists_go_with_the_population_and_never_with_the_flow_workbook() -> None:
    seen = [workbook("f0"), countries(), api("population", "p1.1"), workbook("f1", 3)]
    assert names(*seen, lists=FLOWS_LISTS) == ["2025-06", "2025-12.1", "2025-12.1", "2025-12.1"]
    assert names(workbook("f0"), countries(), lists=FLOWS_LISTS)[1] == "api-2026-11-22"


def test_by_the_flows_file_that_lacks_arrivals_nothing_is_recognised() -> None:
    assert names(workbook("f-half"), lists=FLOWS_LISTS) == ["api-2026-11-22"]


def test_a_workbook_of_no_known_release_is_named_after_the_day_it_was_first_seen() -> None:
    seen = [workbook("f2"), workbook("f3", 7)]
    found = resolve(seen, FLOWS_LISTS, never)
    assert [found[one.key].release_id for one in seen] == ["api-2026-11-22", "api-2026-11-29"]
    assert [found[one.key].in_force_from for one in seen] == [one.day for one in seen]
    later = NamedRelease("2026-06", "Mid-Year Trends 2026", date(2026, 11, 20), date(2026, 6, 30))
    lists = replace(FLOWS_LISTS, releases={**NAMED, "2026-06": later})
    assert names(*seen, archive(FLOWS, "2026-06", "f2"), lists=lists)[:2] == [
        "2026-06",
        "api-2026-11-29",
    ]


POOL = [
    workbook("f0", 1),
    workbook("f1", 4),
    archive(FLOWS, "2025-06", "f0"),
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


@settings(max_examples=60)
@given(st.lists(st.sampled_from(POOL), unique=True), st.randoms(use_true_random=False))
def test_the_order_in_which_snapshots_come_plays_no_part(chosen, random) -> None:
    before = resolve(chosen, LISTS, never)
    random.shuffle(chosen)
    assert resolve(chosen, LISTS, never) == before


# The lists ----------------------------------------------------------------------------------------


def test_the_lists_of_the_project_can_be_read() -> None:
    lists = identify.read_lists()
    assert list(lists.releases)[-1] == "2025-12.1"
    assert lists.contents["2025-12.1", "population"] != lists.contents["2025-12.0", "population"]
    assert lists.incomplete == {
        ("2025-12.0", "displacement-flows"),
        ("2025-12.1", "demographics"),
    }
    assert {key for key, review in lists.reviews.items() if not review.is_accepted} == {
        ("2024-06", "solutions"),
        ("2025-12.0", "displacement-flows"),
        ("2025-12.1", "demographics"),
    }
    assert lists.codes["pt"] >= {"ASY", "ASR", "REF", "GRP", "TMP", "ROC", "OIP"}
    assert lists.codes["dec_pc"] == {"P", "C"}


def test_a_list_that_cannot_be_read_is_named(tmp_path) -> None:
    for name in ("releases.csv", "release_files.csv"):
        (tmp_path / name).write_bytes((REFERENCE_DIR / name).read_bytes())
    with pytest.raises(ValueError, match=r"release_contents\.csv: No such file"):
        identify.read_lists(tmp_path)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1999-12,idmc,held,x,2026-01-01,y", "line 2: release '1999-12' is not in releases.csv"),
        ("2024-06,people,held,x,2026-01-01,y", "line 2: 'people' is no dataset"),
        ("2024-06,idmc,perhaps,x,2026-01-01,y", "line 2: decision is accepted or held"),
        ("2024-06,idmc,held,x,today,y", "line 2: reviewed_on"),
    ],
)
def test_a_review_that_cannot_be_used_is_named_with_its_line(tmp_path, row, problem) -> None:
    for path in REFERENCE_DIR.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    reviews = tmp_path / "release_reviews.csv"
    reviews.write_text(f"{reviews.read_text().splitlines()[0]}\n{row}\n")
    with pytest.raises(ValueError, match=re.escape(f"{reviews.name}, {problem}")):
        identify.read_lists(tmp_path)


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
    assert identify.difference_text("population", "2025-06", differing) == text
    many = dict.fromkeys(range(2000, 2026), 3)
    told = identify.difference_text("population", "2025-06", many)
    assert told.startswith("population: 18 earlier years, 2018 (3 origins)")
