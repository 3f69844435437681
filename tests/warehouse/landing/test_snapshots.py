"""Landing: what is accepted, what is refused, and what a killed run leaves."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import example, given
from hypothesis import strategies as st

from tests import killed
from tests.fake_api import (
    FakeApi,
    Fault,
    fast_settings,
    pair,
    rows_of_body,
    sample_data,
)
from tests.flow_workbook import as_landed
from tests.other_processes import begin, end_of
from warehouse.build import raw
from warehouse.core.content import content_sha256, row_digest
from warehouse.core.manifest import FILE_NAME, Manifest
from warehouse.landing import snapshots
from warehouse.landing.restore import restore
from warehouse.landing.snapshots import (
    Landed,
    LandingBusyError,
    LandingError,
    NotAllLandedError,
    control_fingerprint,
    crawl,
    land_starter,
    manifests,
)
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS, INHABITANTS

FOREVER = 10**6
SOME = ["population", "asylum-applications", "regions"]


def tree(settings: Settings) -> dict[str, str]:
    """All files of the landing folder but the lock, by name, with their sha256."""
    return {
        str(path.relative_to(settings.landing_dir)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(settings.landing_dir.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def bodies(path: Path, manifest: Manifest, name: str) -> list[dict[str, Any]]:
    [part] = [part for part in manifest.slices if part.slice == name]
    return [json.loads(gzip.decompress((path / page.file).read_bytes())) for page in part.pages]


def rows(landed: Landed, name: str = "pairs") -> list[dict[str, Any]]:
    return [row for body in bodies(landed.path, landed.manifest, name) for row in body["items"]]


def only(landed: list[Landed]) -> Landed:
    [one] = landed
    return one


def assert_whole(settings: Settings) -> None:
    """Every folder that is visible holds exactly what its manifest says."""
    for path, manifest in manifests(settings):
        digests = []
        for part in manifest.slices:
            for page in part.pages:
                body = gzip.decompress((path / page.file).read_bytes())
                assert (len(body), hashlib.sha256(body).hexdigest()) == (page.bytes, page.sha256)
                items = rows_of_body(body)
                assert len(items) == page.rows
                digests += [row_digest(part.slice, row) for row in items]
        assert content_sha256(digests) == manifest.content_sha256
        assert len(digests) == manifest.rows == sum(part.rows for part in manifest.slices)
        listed = {page.file for part in manifest.slices for page in part.pages}
        original = {manifest.original.file} if manifest.original else set()
        assert {entry.name for entry in path.iterdir()} == listed | original | {FILE_NAME}


# --- what a crawl lands ---------------------------------------------------------------------------


def test_a_crawl_lands_every_endpoint_whole(api: FakeApi, settings: Settings) -> None:
    landed = crawl(settings)
    by_themselves = [FLOWS, INHABITANTS]
    of_api = [name for name in ENDPOINTS if name not in by_themselves]
    assert [one.endpoint for one in landed] == [*of_api, *by_themselves]
    assert all(one.is_new for one in landed)
    assert_whole(settings)
    for one in landed:
        assert one.path == settings.landing_dir / one.endpoint / one.snapshot_id
        if one.endpoint == FLOWS:
            assert (one.manifest.source, one.manifest.source_url) == (
                "workbook",
                settings.flows_url,
            )
        elif one.endpoint == INHABITANTS:
            assert (one.manifest.source, one.manifest.source_url) == (
                "world_bank",
                settings.world_bank_url,
            )
        else:
            assert one.manifest.source == "api"
            assert one.manifest.source_url == f"{api.url}{one.endpoint}/"
        assert one.manifest.control_differences == one.manifest.restarts == []
        assert one.snapshot_id.endswith(f"Z-{one.manifest.content_sha256[:8]}")
    pairs = {one.endpoint: rows(one) for one in landed if ENDPOINTS[one.endpoint].is_dataset}
    assert pairs == {name: api.data[name] for name in pairs} | {FLOWS: as_landed(api.data[FLOWS])}
    assert api.most_at_once <= 2


def test_pages_are_kept_byte_for_byte_as_answered(api: FakeApi, settings: Settings) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    page = bodies(one.path, one.manifest, "pairs")[0]
    assert page["short-url"] == "abc"
    raw = gzip.decompress((one.path / "pairs-0001.json.gz").read_bytes())
    assert raw == json.dumps(page, ensure_ascii=False).encode()


def test_countries_are_landed_whole_and_by_region(api: FakeApi, settings: Settings) -> None:
    one = only(crawl(settings, endpoints=["countries"]))
    assert [part.slice for part in one.manifest.slices] == [
        "all",
        *(f"unhcr_region={row['id']}" for row in api.data["regions"]),
    ]
    assert (one.path / "unhcr_region-5-0001.json.gz").is_file()
    whole = {row["code"] for row in rows(one, "all")}
    parts = [{r["code"] for r in rows(one, p.slice)} for p in one.manifest.slices[1:]]
    assert set.union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)


def test_a_dataset_without_rows_is_landed_as_an_empty_answer(
    api: FakeApi, settings: Settings
) -> None:
    api.data["unrwa"] = []
    one = only(crawl(settings, endpoints=["unrwa"]))
    assert one.manifest.rows == 0
    assert [(page.page, page.rows) for page in one.manifest.slices[0].pages] == [(1, 0)]
    assert_whole(settings)


def test_origins_narrow_the_datasets_and_nothing_else(api: FakeApi, settings: Settings) -> None:
    landed = {one.endpoint: one for one in crawl(settings, origins=["SYR", "CHN"])}
    for name, one in landed.items():
        if not ENDPOINTS[name].has_controls:
            continue
        assert [part.slice for part in one.manifest.slices] == ["pairs", "by_origin"]
        assert {row["coo_iso"] for row in rows(one)} == {"CHN", "SYR"}
        assert all(part.coverage.origins == ["CHN", "SYR"] for part in one.manifest.slices)
        assert {row["coa"] for row in rows(one, "by_origin")} == {"-"}
    assert len(rows(landed["countries"], "all")) == len(api.data["countries"])
    assert len(rows(landed[FLOWS])) == len(api.data[FLOWS]), "the workbook is one file"


def test_an_origin_nobody_comes_from_is_refused_with_the_code_that_was_meant(
    settings: Settings,
) -> None:
    with pytest.raises(UpstreamError, match=r"CHI is UNHCR's own code of 'China'.* 'CHN'"):
        crawl(settings, origins=["CHI", "SYR"])
    with pytest.raises(UpstreamError, match=r"'Tibetan', which has no ISO3 code"):
        crawl(settings, origins=["TIB"])
    assert tree(settings) == {}


def test_progress_counts_the_pages_of_each_query_up_to_its_last(
    api: FakeApi, settings: Settings
) -> None:
    seen: dict[str, list[tuple[int, int | None]]] = {}
    crawl(
        settings,
        endpoints=["population"],
        on_progress=lambda label, *rest: seen.setdefault(label, []).append(rest),
    )
    pages = seen["population pairs"]
    last = -(-len(api.data["population"]) // settings.page_size)
    assert pages == [(done, last) for done in range(1, last + 1)]
    assert "population by_origin (again)" in seen


# --- content --------------------------------------------------------------------------------------

JSON_ROWS = st.lists(
    st.dictionaries(
        st.text(max_size=8),
        st.none() | st.integers() | st.text(max_size=8),
        max_size=5,
    ),
    max_size=12,
)


@given(
    st.dictionaries(
        st.text(max_size=4),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(st.characters(exclude_categories=()), max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        max_size=5,
    )
)
@example({"a": 2**64, "é": "\x00\x1f\x7f\u2028\ud800"})
@example({"a": 1e16, "b": float("nan"), "c": [1e16]})
def test_a_row_is_hashed_as_the_standard_library_writes_it(row: dict[str, Any]) -> None:
    """Whatever library writes it: what was landed long ago keeps its hash."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    expected = hashlib.sha256(f"a\n{text}".encode("utf-8", "surrogatepass")).digest()
    assert row_digest("a", row) == expected


@given(JSON_ROWS, st.randoms())
def test_the_content_hash_knows_no_order_of_rows_or_columns(
    found: list[dict[str, Any]], chance: random.Random
) -> None:
    shuffled = [dict(chance.sample(list(row.items()), len(row))) for row in found]
    chance.shuffle(shuffled)
    assert content_sha256(row_digest("a", row) for row in found) == content_sha256(
        row_digest("a", row) for row in shuffled
    )


@given(JSON_ROWS.filter(bool), st.data())
def test_the_content_hash_changes_with_any_row_lost_doubled_or_moved_to_another_slice(
    found: list[dict[str, Any]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(found) - 1))
    digests = [row_digest("a", row) for row in found]
    whole = content_sha256(digests)
    assert content_sha256(digests[:at] + digests[at + 1 :]) != whole
    assert content_sha256([*digests, digests[at]]) != whole
    moved = [*digests[:at], row_digest("b", found[at]), *digests[at + 1 :]]
    assert content_sha256(moved) != whole


@pytest.mark.parametrize("page_size", [1, 4, 7, 10_000])
def test_the_content_hash_does_not_depend_on_the_size_of_pages(
    tmp_path: Path, api: FakeApi, page_size: int
) -> None:
    reference = crawl(fast_settings(tmp_path / "a", api.url), endpoints=SOME)
    other = crawl(fast_settings(tmp_path / "b", api.url, page_size=page_size), endpoints=SOME)
    assert [x.manifest.content_sha256 for x in reference] == [
        x.manifest.content_sha256 for x in other
    ]


def test_equal_content_makes_no_new_snapshot_and_is_noted_as_seen_again(
    api: FakeApi, settings: Settings
) -> None:
    first = crawl(settings, endpoints=[*SOME, "idmc"])
    before = tree(settings)
    second = crawl(settings, endpoints=[*SOME, "idmc"])
    third = crawl(settings, endpoints=[*SOME, "idmc"])
    assert [one.path for one in second] == [one.path for one in first]
    assert not any(one.is_new for one in second + third)
    after = tree(settings)
    assert after.keys() == before.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert {Path(name).name for name in changed} == {FILE_NAME}
    for (_, manifest), one in zip(
        manifests(settings), sorted(third, key=lambda x: x.endpoint), strict=True
    ):
        assert manifest == one.manifest
        assert len(manifest.seen_again_at) == 2
        assert manifest.seen_again_at == sorted(manifest.seen_again_at)
    assert_whole(settings)


def test_only_endpoints_that_changed_get_a_new_snapshot(api: FakeApi, settings: Settings) -> None:
    crawl(settings, endpoints=[*SOME, "idmc"])
    api.data["idmc"][0]["total"] = 999_999
    assert [one.endpoint for one in crawl(settings, endpoints=[*SOME, "idmc"]) if one.is_new] == [
        "idmc"
    ]


def test_figures_that_change_back_are_a_snapshot_again(api: FakeApi, settings: Settings) -> None:
    ids = []
    for bump in (0, 1, 0, 1):
        api.publish(sample_data(bump=bump))
        one = only(crawl(settings, endpoints=["idmc"]))
        assert one.is_new
        ids.append(one.snapshot_id)
    assert [manifest.snapshot_id for _, manifest in manifests(settings, "idmc")] == ids


def test_another_coverage_is_another_snapshot_and_does_not_hide_the_whole_one(
    api: FakeApi, settings: Settings
) -> None:
    whole = only(crawl(settings, endpoints=["idmc"]))
    part = only(crawl(settings, endpoints=["idmc"], origins=["CHN"]))
    again = only(crawl(settings, endpoints=["idmc"]))
    assert part.is_new
    assert (again.is_new, again.path) == (False, whole.path)


# --- faults that pass -----------------------------------------------------------------------------


THREE_YEARS = sample_data((2022, 2023, 2024))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], int]:
    """Content of the snapshots that a crawl without a fault lands, and how often it asks."""
    with FakeApi(THREE_YEARS) as sound:
        settings = fast_settings(tmp_path_factory.mktemp("undisturbed"), sound.url)
        landed = crawl(settings, endpoints=SOME)
        return [one.manifest.content_sha256 for one in landed], len(sound.requests)


@pytest.mark.parametrize(
    "kind", ["503", "429", "html", "cut", "reset", "noitems", "duplicate", "repeat", "drop"]
)
@pytest.mark.parametrize(
    "places",
    [
        [
            ("population", "pairs", 1),
            ("population", "by_origin", 2),
            ("asylum-applications", "pairs", 11),  # the last one; there is a total
            ("regions", "all", 1),
        ],
        [("population", "pairs", 2), ("asylum-applications", "by_asylum", 1)],
        [("population", "pairs", 6)],  # the last one; no total would tell
    ],
    ids=["first and last pages", "pages between", "the last page without a total"],
)
def test_a_fault_that_passes_changes_nothing_in_what_is_landed(
    tmp_path: Path,
    undisturbed: tuple[list[str], int],
    *,
    kind: str,
    places: list[tuple[str, str, int]],
) -> None:
    faults = [Fault(kind, *place) for place in places]
    wanted, requests = undisturbed
    with FakeApi(THREE_YEARS, list(faults)) as faulty:
        settings = fast_settings(tmp_path, faulty.url)
        landed = crawl(settings, endpoints=SOME)
        assert all(fault.met >= 1 for fault in faults)
        assert len(faulty.requests) >= requests + len(faults)
    assert [x.manifest.content_sha256 for x in landed] == wanted
    if kind in ("duplicate", "repeat", "drop"):
        restarted = {one.manifest.endpoint for one in landed if one.manifest.restarts}
        assert restarted == {endpoint for endpoint, *_ in places}
    assert_whole(settings)


def test_a_server_that_hangs_once_is_survived(tmp_path: Path, api: FakeApi) -> None:
    api.faults.append(Fault("hang", "population", "pairs", 2))
    settings = fast_settings(tmp_path, api.url, read_timeout=0.3)
    assert rows(only(crawl(settings, endpoints=["population"]))) == api.data["population"]


# --- faults that stay -----------------------------------------------------------------------------

MALFORMED = [
    Fault("count", value="n/a"),
    Fault("count", value="12"),
    Fault("count", value=""),
    Fault("count", value=1.5),
    Fault("count", value=3.0),
    Fault("count", value=-1),
    Fault("count", value=None),
    Fault("count", value=True),
    Fault("count", value=[1]),
    Fault("count", value={"a": 1}),
    Fault("missing_column"),
    Fault("code", value=""),
    Fault("code", value=None),
    Fault("code", value=7),
    Fault("cell", value=("year", "2024")),
    Fault("cell", value=("year", 1899)),
    Fault("cell", value=("year", 3000)),
    Fault("cell", value=("year", True)),
    Fault("cell", value=("coo", "-")),
    Fault("cell", value=("coo", None)),
    Fault("cell", value=("coa", " ")),
    Fault("cell", value=("coa_name", ["x"])),
    Fault("row", value="a row"),
    Fault("row", value=["a", "row"]),
    Fault("row", value=None),
    Fault("envelope", value=("total", {"applied": "many"})),
    Fault("envelope", value=("total", 7)),
]


@pytest.fixture(scope="module")
def landed_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a release is landed; the one after it is to be crawled."""
    with FakeApi(sample_data()) as api:
        settings = fast_settings(tmp_path_factory.mktemp("landed_before"), api.url)
        crawl(settings, endpoints=SOME)
    return settings.data_dir


@pytest.fixture(scope="module")
def next_release() -> Iterator[FakeApi]:
    """The release after it."""
    with FakeApi(sample_data(bump=1)) as api:
        yield api


@pytest.fixture(scope="module")
def unharmed(
    landed_before: Path, next_release: FakeApi, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A copy of that folder that every refused crawl leaves as it is."""
    folder = tmp_path_factory.mktemp("unharmed") / "data"
    shutil.copytree(landed_before, folder)
    return fast_settings(folder, next_release.url)


@pytest.mark.parametrize("fault", MALFORMED, ids=lambda f: f"{f.kind}-{f.value}")
def test_a_malformed_answer_is_refused_with_its_place_and_leaves_all_as_it_was(
    next_release: FakeApi, unharmed: Settings, fault: Fault
) -> None:
    api, before, asked = next_release, tree(unharmed), len(next_release.requests)
    fault.met = 0
    fault.endpoint, fault.slice, fault.page = "asylum-applications", "pairs", 2
    api.faults[:] = [fault]
    with pytest.raises(UpstreamError, match="asylum-applications pairs, page 2") as caught:
        crawl(unharmed, endpoints=["asylum-applications"])
    assert before and tree(unharmed) == before
    # Refused at once: the page is not asked for a second time.
    assert sum("coo_all=true&coa_all=true&page=2" in p for p in api.requests[asked:]) == 1
    if fault.kind not in ("row", "envelope"):
        assert "row " in str(caught.value)


def test_after_all_of_that_the_answer_is_landed(next_release: FakeApi, unharmed: Settings) -> None:
    next_release.faults.clear()
    assert only(crawl(unharmed, endpoints=["asylum-applications"])).is_new


@pytest.mark.parametrize("kind", ["503", "html", "cut", "noitems", "duplicate", "repeat", "drop"])
@pytest.mark.parametrize("name", ["pairs", "by_asylum"])
def test_a_fault_that_stays_in_one_dataset_keeps_no_other_from_being_landed(
    tmp_path: Path, landed_before: Path, next_release: FakeApi, kind: str, name: str
) -> None:
    shutil.copytree(landed_before, tmp_path / "data")
    settings = fast_settings(tmp_path / "data", next_release.url, max_attempts=2)
    before = tree(settings)
    next_release.faults[:] = [Fault(kind, "asylum-applications", name, 1, times=FOREVER)]
    with pytest.raises(NotAllLandedError, match="asylum-applications") as not_all:
        crawl(settings, endpoints=SOME)
    assert list(not_all.value.failed) == ["asylum-applications"]
    assert {one.endpoint for one in not_all.value.landed} == {*SOME} - {"asylum-applications"}
    failed = {path: body for path, body in before.items() if "asylum-applications" in path}
    after = tree(settings)
    assert {path: after[path] for path in after if "asylum-applications" in path} == failed
    assert not [path for path in after if "incoming" in path]


def test_a_source_that_gives_no_answer_refuses_the_crawl_and_leaves_all_as_it_was(
    tmp_path: Path,
) -> None:
    with FakeApi(sample_data()) as api:
        settings = fast_settings(tmp_path, api.url, max_attempts=2)
        crawl(settings, endpoints=SOME)
        before = tree(settings)
        api.faults += [Fault("503", name, None, 1, times=FOREVER) for name in SOME]
        with pytest.raises(UpstreamError, match="could not be fetched"):
            crawl(settings, endpoints=SOME)
        assert tree(settings) == before


ALL_BUT_FLOWS = sorted(set(ENDPOINTS) - {FLOWS, INHABITANTS})


def ignoring_the_region(api: FakeApi) -> None:
    """The API ignores a parameter whose name it does not know: each region has all countries."""
    everywhere = [
        {name: value for name, value in row.items() if not name.startswith("_")}
        for row in api.data["countries"]
    ]
    api.rewrite = lambda _, asked, envelope: (
        json.dumps(envelope | {"items": everywhere}).encode() if "region" in asked else None
    )


def empty(name: str) -> Callable[[FakeApi], None]:
    return lambda api: api.data.update({name: []})


def without_members(api: FakeApi) -> None:
    for row in api.data["countries"]:
        row["_unhcr_region"] = None


def down(kind: str, *names: str) -> Callable[[FakeApi], None]:
    return lambda api: api.faults.extend(Fault(kind, name, times=FOREVER) for name in names)


@pytest.mark.parametrize(
    ("disturb", "lost", "said"),
    [
        pytest.param(down("503", "regions"), {"countries", "regions"}, "status 503", id="503"),
        pytest.param(empty("regions"), {"countries", "regions"}, "no row", id="empty"),
        pytest.param(ignoring_the_region, {"countries"}, "of another region too", id="ignored"),
        pytest.param(without_members, {"countries"}, "no region has a country", id="no_members"),
        pytest.param(down("404", "idmc", "unrwa"), {"idmc", "unrwa"}, "status 404", id="404"),
    ],
)
def test_regions_and_refusals_keep_no_dataset_from_being_landed(
    tmp_path: Path,
    api: FakeApi,
    disturb: Callable[[FakeApi], None],
    lost: set[str],
    said: str,
) -> None:
    disturb(api)
    settings = fast_settings(tmp_path, api.url, max_attempts=2, page_size=1000)
    with pytest.raises(NotAllLandedError) as caught:
        crawl(settings, endpoints=ALL_BUT_FLOWS)
    assert set(caught.value.failed) == lost
    assert {one.endpoint for one in caught.value.landed} == {*ALL_BUT_FLOWS} - lost
    assert not caught.value.is_outage
    assert all(said in why for name, why in caught.value.failed.items() if name != "regions")
    assert "being published" not in str(caught.value), "nothing says so"


def test_a_source_that_is_down_is_given_up_at_the_second_endpoint(tmp_path: Path) -> None:
    with FakeApi(sample_data()) as api:
        settings = fast_settings(tmp_path, api.url, max_attempts=1)
        down("503", *ALL_BUT_FLOWS)(api)
        with pytest.raises(UpstreamError, match="status 503"):
            crawl(settings, endpoints=ALL_BUT_FLOWS)
        assert len(api.requests) <= 1 + settings.max_concurrent_requests + 1


def test_a_slice_that_is_never_of_one_piece_is_refused_with_all_three_reasons(
    api: FakeApi, settings: Settings
) -> None:
    api.faults.append(Fault("repeat", "population", "pairs", 2, times=FOREVER))
    with pytest.raises(UpstreamError, match=r"asked for 3 times") as caught:
        crawl(settings, endpoints=["population"])
    assert str(caught.value).count("came before") == 3
    assert "year 2023, coo 'SYR'" in str(caught.value)


def test_a_total_that_the_rows_do_not_add_up_to_is_refused(
    api: FakeApi, settings: Settings
) -> None:
    wrong = ("total", {"applied": 1})
    api.faults.append(Fault("envelope", "asylum-applications", times=FOREVER, value=wrong))
    with pytest.raises(UpstreamError, match=r"applied adds up to .* the envelope's total says 1"):
        crawl(settings, endpoints=["asylum-applications"])


@pytest.mark.parametrize(
    "change", [("maxPages", 9), ("page", 7), ("maxPages", 0)], ids=lambda c: f"{c[0]}-{c[1]}"
)
def test_a_page_that_contradicts_the_others_has_the_slice_asked_for_again(
    api: FakeApi, settings: Settings, change: tuple[str, int]
) -> None:
    api.faults.append(Fault("envelope", "population", "pairs", 2, value=change))
    one = only(crawl(settings, endpoints=["population"]))
    assert len(one.manifest.restarts) == 1
    assert rows(one) == api.data["population"]


def test_an_added_column_is_kept_and_reported(api: FakeApi, settings: Settings) -> None:
    api.faults.append(Fault("added_column", "idmc", value="x", times=FOREVER))
    one = only(crawl(settings, endpoints=["idmc"]))
    assert all(part.added_columns == ["new"] for part in one.manifest.slices)
    assert all(row["new"] == "x" for row in rows(one))
    assert "new" in one.manifest.slices[0].columns


def test_known_columns_of_no_use_are_not_reported_as_added(settings: Settings) -> None:
    one = only(crawl(settings, endpoints=["regions"]))
    assert one.manifest.slices[0].columns == ["0", "id", "name"]
    assert one.manifest.slices[0].added_columns == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("by_origin", ("coa", "USA")),
        ("by_origin", ("coa_name", "United States")),
        ("by_asylum", ("coo_iso", "CHN")),
        ("by_asylum", ("coa", "-")),
        ("pairs", ("coa", "-")),
    ],
)
def test_an_answer_to_another_question_is_refused(
    api: FakeApi, settings: Settings, name: str, change: tuple[str, str]
) -> None:
    api.faults.append(Fault("cell", "idmc", name, 1, value=change))
    with pytest.raises(UpstreamError, match=f"idmc {name}, page 1, row 1, column {change[0]}"):
        crawl(settings, endpoints=["idmc"])


def test_a_row_of_an_origin_not_asked_for_is_refused(api: FakeApi, settings: Settings) -> None:
    api.faults.append(Fault("cell", "idmc", "pairs", 1, value=("coo_iso", "SYR")))
    with pytest.raises(UpstreamError, match=r"column coo_iso: 'SYR'.*CHN"):
        crawl(settings, endpoints=["idmc"], origins=["CHN"])


# --- of one piece ---------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [2, 6, 12, 20])
def test_a_release_published_in_the_middle_is_noticed_and_the_crawl_begins_again(
    api: FakeApi, settings: Settings, at: int
) -> None:
    def publish(number: int, path: str) -> None:
        if number == at:
            api.publish(sample_data(bump=1000))

    api.on_request = publish
    landed = crawl(settings, endpoints=["population", "idmc"])
    new = sample_data(bump=1000)
    assert {one.endpoint: rows(one) for one in landed} == {
        name: new[name] for name in ("population", "idmc")
    }
    assert any(one.manifest.restarts for one in landed)
    assert_whole(settings)


@pytest.mark.parametrize("at", range(22, 31))
def test_a_release_published_at_the_very_end_is_landed_whole_or_not_at_all(
    api: FakeApi, settings: Settings, at: int
) -> None:
    """The last reads may be under way already: the older release is then landed, all of it."""

    def publish(number: int, path: str) -> None:
        if number == at:
            api.publish(sample_data(bump=1000))

    api.on_request = publish
    landed = crawl(settings, endpoints=["population", "idmc"])
    found = {one.endpoint: rows(one) for one in landed}
    of_old, of_new = (
        found == {name: data[name] for name in ("population", "idmc")}
        for data in (sample_data(), sample_data(bump=1000))
    )
    assert of_new if any(one.manifest.restarts for one in landed) else of_old
    assert_whole(settings)


def test_releases_without_end_are_refused_after_three_crawls(
    api: FakeApi, settings: Settings
) -> None:
    def publish(number: int, path: str) -> None:
        if "coo_all" in path and "coa_all" not in path:
            api.publish(sample_data(bump=100 * number))

    api.on_request = publish
    with pytest.raises(UpstreamError, match="crawled 3 times, never of one piece"):
        crawl(settings.model_copy(update={"page_size": 10_000}), endpoints=["idmc"])
    assert tree(settings) == {}


def two_pairs(in_pairs: int, in_control: int) -> FakeApi:
    """An API whose control total by origin says another figure than its pairs."""
    data = sample_data()
    data["idmc"] = [
        pair(2024, "CHN", "DEU", total=in_pairs - 5),
        pair(2024, "CHN", "USA", total=5),
        pair(2024, "SYR", "USA", total="-"),
    ]
    wrong = Fault("cell", "idmc", "by_origin", times=FOREVER, value=("total", in_control))
    return FakeApi(data, [wrong])


@pytest.mark.parametrize(
    ("in_pairs", "in_control"),
    [(1000, 1260), (740, 1000), (1260, 1000), (20_000, 26_000), (1000, "-"), (1000, "0")],
)
def test_pairs_off_their_control_totals_by_more_than_a_fifth_are_refused(
    tmp_path: Path, in_pairs: int, in_control: int
) -> None:
    with two_pairs(in_pairs, in_control) as api:
        settings = fast_settings(tmp_path, api.url)
        with pytest.raises(
            UpstreamError, match=r"idmc: pairs by origin are off.*total by origin CHI in 2024"
        ):
            crawl(settings, endpoints=["idmc"])
        # Once more in whole, and no more.
        assert sum("coo_all=true&coa_all=true" in path for path in api.requests) == 4
        assert tree(settings) == {}


@pytest.mark.parametrize(
    ("in_pairs", "in_control"), [(1000, 1005), (1005, 1000), (1000, 1200), (850, 1000)]
)
def test_a_smaller_difference_is_a_finding_and_refuses_nothing(
    tmp_path: Path, in_pairs: int, in_control: int | str
) -> None:
    with two_pairs(in_pairs, in_control) as api:  # type: ignore[arg-type]
        one = only(crawl(fast_settings(tmp_path, api.url), endpoints=["idmc"]))
    [difference] = one.manifest.control_differences
    assert difference.model_dump() == {
        "side": "origin",
        "country": "CHI",
        "year": 2024,
        "codes": "",
        "measure": "total",
        "control": in_control if in_control != "-" else 0,
        "pairs": in_pairs,
    }


def test_a_country_that_is_in_the_control_totals_alone_is_refused(tmp_path: Path) -> None:
    data = sample_data()
    data["idmc"] = [pair(2024, "SYR", "USA", total=90_000), pair(2024, "CHN", "USA", total=400)]
    # The pairs lose their last row, on each reading; its totals are those of all rows.
    gone = Fault("without", "idmc", "pairs", times=FOREVER, value=("coo", "CHI"))
    with FakeApi(data, [gone]) as api:
        settings = fast_settings(tmp_path, api.url)
        with pytest.raises(
            UpstreamError, match=r"countries that are in no pair: CHI by origin \(400"
        ):
            crawl(settings, endpoints=["idmc"])
        assert tree(settings) == {}


# --- killed, interrupted, crowded -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "at", "with_older"),
    [
        *(("request", at, False) for at in (1, 3, 9, 14, 20, 28)),
        *(("fsync", at, False) for at in (1, 5, 17, 18, 20, 23)),
        *(("rename", at, False) for at in (1, 2, 3)),
        # Older snapshots are in nobody's way: once in each part of a crawl.
        *(("request", 9, True), ("fsync", 18, True), ("rename", 2, True)),
    ],
)
def test_a_crawl_that_is_killed_leaves_no_half_folder_and_the_next_lands_whole(
    api: FakeApi, settings: Settings, what: str, at: int, with_older: bool
) -> None:
    older: dict[str, str] = {}
    if with_older:
        crawl(settings, endpoints=killed.FETCHED)
        older = tree(settings)
        newer = sample_data(bump=1)
        newer["regions"][0]["name"] = "Asia"
        api.publish(newer)
        api.requests.clear()
    running: list[BaseProcess] = []

    def kill(number: int, path: str) -> None:
        if what == "request" and number == at:
            running[0].kill()

    api.on_request = kill
    running.append(begin(killed.crawl, settings, what, at))
    assert end_of(running[0]) == -signal.SIGKILL
    api.on_request = None

    assert_whole(settings)  # of what is visible
    assert older.items() <= tree(settings).items()
    landed = crawl(settings, endpoints=killed.FETCHED)
    assert {one.endpoint: rows(one) for one in landed if one.endpoint != "regions"} == {
        name: api.data[name] for name in ("population", "idmc")
    }
    assert_whole(settings)
    assert list(settings.landing_dir.glob(".incoming-*")) == []


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_killed_while_it_notes_seen_again_leaves_the_old_manifest_or_the_new(
    api: FakeApi, settings: Settings, at: int
) -> None:
    crawl(settings, endpoints=killed.FETCHED)
    assert end_of(begin(killed.crawl, settings, "replace", at)) == -signal.SIGKILL
    assert_whole(settings)
    assert [len(m.seen_again_at) for _, m in manifests(settings)].count(1) == at - 1


def test_a_second_writer_is_told_to_wait(api: FakeApi, settings: Settings) -> None:
    settings.landing_dir.mkdir(parents=True)
    with FileLock(settings.landing_dir / ".lock"):
        with pytest.raises(LandingBusyError, match="another process"):
            crawl(settings)
        with pytest.raises(LandingBusyError, match="another process"):
            land_starter(settings)
    assert api.requests == []
    assert manifests(settings) == []


def test_a_disk_that_fails_leaves_all_as_it_was(
    api: FakeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(settings, endpoints=SOME)
    before = tree(settings)
    api.publish(sample_data(bump=1))
    count = 0

    def full(handle: int) -> None:
        nonlocal count
        count += 1
        if count > 10:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*\.json\.gz'"):
        crawl(settings, endpoints=SOME)
    assert tree(settings) == before


def test_an_interrupted_crawl_stops_asking_and_leaves_nothing(
    api: FakeApi, settings: Settings
) -> None:
    def interrupt(label: str, done: int, total: int | None) -> None:
        if label == "population pairs":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crawl(settings, on_progress=interrupt)
    asked = len(api.requests)
    assert tree(settings) == {}
    with suppress(UpstreamError):
        crawl(settings, endpoints=["regions"])
    assert len(api.requests) - asked <= 3


# --- manifests ------------------------------------------------------------------------------------


def test_manifests_are_in_order_of_endpoint_and_time(api: FakeApi, settings: Settings) -> None:
    assert manifests(settings) == []
    for bump in (0, 1):
        api.publish(sample_data(bump=bump))
        crawl(settings, endpoints=["population", "idmc"])
    found = [(m.endpoint, m.started_at) for _, m in manifests(settings)]
    assert found == sorted(found)
    assert [name for name, _ in found] == ["idmc"] * 2 + ["population"] * 2
    assert [m.endpoint for _, m in manifests(settings, "idmc")] == ["idmc"] * 2
    assert manifests(settings, "unrwa") == []


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"manifest_version": 1}',
    ],
)
def test_a_damaged_manifest_is_named(api: FakeApi, settings: Settings, damage: bytes) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    (one.path / FILE_NAME).write_bytes(damage)
    with pytest.raises(LandingError, match=f"(?s){one.path}.*Move the folder away"):
        manifests(settings)
    again = only(crawl(settings, endpoints=["idmc"]))
    assert again.is_new and again.manifest.content_sha256 == one.manifest.content_sha256
    [aside] = snapshots.all_set_aside(settings)
    assert (aside.path, str(one.path) in aside.sentence) == (one.path, True)


@pytest.mark.parametrize("more", [{}, {"licence": "CC BY 4.0"}, {"slices": "elsewhere"}])
def test_a_manifest_of_a_later_format_asks_for_an_upgrade(
    settings: Settings, more: dict[str, str]
) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    path = one.path / FILE_NAME
    later = json.loads(path.read_bytes()) | {"manifest_version": 2} | more
    path.write_bytes(json.dumps(later).encode())
    with pytest.raises(LandingError, match="Upgrade"):
        manifests(settings)
    with pytest.raises(LandingError, match="Upgrade"):
        crawl(settings, endpoints=["idmc"])
    assert snapshots.all_set_aside(settings) == [], "it is not called damaged"


def test_a_dataset_of_a_later_version_is_left_alone_and_named(settings: Settings) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    new = settings.landing_dir / "new-thing" / one.path.name
    shutil.copytree(one.path, new)
    written = json.loads((new / FILE_NAME).read_bytes()) | {"endpoint": "new-thing"}
    (new / FILE_NAME).write_bytes(json.dumps(written).encode())
    before = tree(settings)
    result = raw.load(settings)
    assert result.rows["idmc"] == one.manifest.rows
    assert restore(settings) == []
    [aside] = result.set_aside
    assert aside.sentence.startswith(f"new-thing/{one.path.name}: it is of a dataset that this")
    assert "Upgrade the project" in aside.sentence and "set_aside.json" not in aside.sentence
    assert tree(settings) == before


def test_a_folder_without_a_manifest_is_named(settings: Settings) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    (one.path / FILE_NAME).unlink()
    with pytest.raises(LandingError, match=f"{one.path}: no manifest.json"):
        manifests(settings)


@pytest.mark.parametrize("name", ["better-name", "20240613T050000Z-0123abcd"])
def test_a_folder_with_pages_and_without_a_manifest_is_named_whatever_its_name(
    settings: Settings, name: str
) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    (one.path / FILE_NAME).unlink()
    one.path.rename(one.path.with_name(name))
    crawl(settings, endpoints=["regions"])
    [aside] = snapshots.all_set_aside(settings)
    assert (aside.snapshot_id, "no manifest.json" in aside.sentence) == (name, True)


@pytest.mark.parametrize("name", ["lost+found", "@eaDir", "idmc/@eaDir", ".Trash-0", "idmc/.x"])
def test_what_a_disk_keeps_beside_the_snapshots_is_left_alone(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    other = settings.landing_dir / name
    (other / "inner").mkdir(parents=True)
    before, listed = tree(settings), Path.iterdir

    def iterdir(path: Path) -> Iterator[Path]:
        if path == other:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert not only(crawl(settings, endpoints=["idmc"])).is_new
    assert [path for path, _ in manifests(settings)] == [one.path]
    assert snapshots.all_set_aside(settings) == []
    assert tree(settings).keys() == before.keys()


def test_a_renamed_snapshot_is_named(settings: Settings) -> None:
    one = only(crawl(settings, endpoints=["idmc"]))
    one.path.rename(one.path.with_name("better-name"))
    with pytest.raises(LandingError, match="better-name"):
        manifests(settings)


# --- the sensor's question ------------------------------------------------------------------------


def test_the_fingerprint_changes_with_the_newest_figures_and_lands_nothing(
    api: FakeApi, settings: Settings
) -> None:
    from warehouse.sources.unhcr_api.endpoints import current_year

    years = (current_year() - 1, current_year() - 10)
    api.publish(sample_data(years))
    first = control_fingerprint(settings)
    assert control_fingerprint(settings) == first
    old = sample_data(years)
    old["population"][-1]["refugees"] = 1  # of ten years ago
    api.publish(old)
    assert control_fingerprint(settings) == first
    new = sample_data(years)
    new["asylum-decisions"][0]["dec_total"] = 1
    api.publish(new)
    assert control_fingerprint(settings) != first
    assert not settings.landing_dir.exists()


# --- the starter extract --------------------------------------------------------------------------


def test_the_starter_extract_lands_whole_and_a_second_time_changes_nothing(
    settings: Settings,
) -> None:
    landed = land_starter(settings)
    assert {one.manifest.release_id for one in landed} == {
        None,  # the World Bank's
        "2024-06",
        "2024-12",
        "2025-06",
        "2025-12.1",
    }
    assert_whole(settings)
    before = {path: manifest for path, manifest in manifests(settings)}
    assert all(path.name.startswith("starter-") for path in before)
    again = land_starter(settings)
    assert not any(one.is_new for one in again)
    assert {path for path, _ in manifests(settings)} == set(before)
    for one in again:
        assert one.manifest.content_sha256 == before[one.path].content_sha256


def test_the_starter_extract_and_the_api_lie_side_by_side(api: FakeApi, settings: Settings) -> None:
    land_starter(settings)
    assert all(one.is_new for one in crawl(settings))
    assert not any(one.is_new for one in land_starter(settings))
    assert {m.source for _, m in manifests(settings, "population")} == {"api", "starter"}


def test_no_starter_extract_is_an_error_that_says_where_it_should_be(
    settings: Settings, tmp_path: Path
) -> None:
    nowhere = settings.model_copy(update={"starter_dir": tmp_path / "nowhere"})
    with pytest.raises(LandingError, match=r"nowhere.*ASYLUM_STARTER_DIR"):
        land_starter(nowhere)


# What is done to the page's bytes, or to its manifest.
PAGE_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "a digit changed": lambda body: body.replace(b"99716", b"99717"),
    "line ends changed": lambda body: body.replace(b"\n", b"\r\n"),
    "cut short": lambda body: body[:-10],
}
MANIFEST_DAMAGE: dict[str, dict[str, Any]] = {
    "another content": {"content_sha256": "0" * 64},
    "another id": {"snapshot_id": "starter-2025-12.1-00000000"},
    "another row count": {"rows": 1},
    "another release": {"release_id": "2024-06"},
    "another endpoint": {"endpoint": "idmc"},
    "an endpoint nobody knows": {"endpoint": "populations"},
    "another source": {"source": "api"},
    "not a manifest": {"slices": 3},
}


@pytest.fixture
def part_of_starter(settings: Settings, tmp_path: Path) -> Path:
    """Some of the starter extract, of two releases, in a copy."""
    for part in ("2024-06/population", *(f"2025-12.1/{n}" for n in ("countries", "population"))):
        shutil.copytree(settings.starter_dir / part, tmp_path / "starter" / part)
    return tmp_path / "starter"


def damage_starter(folder: Path, how: str) -> None:
    page = folder / "2025-12.1" / "population" / "by_origin-0001.json"
    manifest = page.with_name(FILE_NAME)
    body, said = page.read_bytes(), json.loads(manifest.read_bytes())
    if how in PAGE_DAMAGE:
        page.write_bytes(PAGE_DAMAGE[how](body))
    elif how == "page missing":
        page.unlink()
    elif how == "page unlisted":
        page.with_name("pairs-0002.json").write_bytes(body)
    elif how == "years out of its coverage":
        said["slices"][0]["coverage"]["year_from"] = 2010
    manifest.write_bytes(json.dumps(said | MANIFEST_DAMAGE.get(how, {})).encode())


@pytest.mark.parametrize(
    "how",
    [*PAGE_DAMAGE, *MANIFEST_DAMAGE, "page missing", "page unlisted", "years out of its coverage"],
)
def test_a_starter_extract_that_was_tampered_with_is_refused_whole(
    settings: Settings, part_of_starter: Path, how: str
) -> None:
    damage_starter(part_of_starter, how)
    with pytest.raises(LandingError, match=r"2025-12\.1"):
        land_starter(settings.model_copy(update={"starter_dir": part_of_starter}))
    assert tree(settings) == {}


def test_what_a_file_manager_keeps_in_the_starter_extract_does_not_stop_it(
    part_of_starter: Path, settings: Settings
) -> None:
    for folder in (part_of_starter, *part_of_starter.rglob("*")):
        if folder.is_dir():
            (folder / ".DS_Store").write_bytes(b"Bud1")
    settings = settings.model_copy(update={"starter_dir": part_of_starter})
    landed = land_starter(settings)
    assert landed and not any(list(one.path.glob(".*")) for one in landed)


def test_a_word_for_a_count_in_a_starter_page_is_refused_with_row_and_column(
    settings: Settings, part_of_starter: Path
) -> None:
    page = part_of_starter / "2025-12.1" / "population" / "by_origin-0001.json"
    body = page.read_bytes().replace(b'"asylum_seekers":99716', b'"asylum_seekers":"many"')
    page.write_bytes(body)
    manifest = json.loads(page.with_name(FILE_NAME).read_bytes())
    for part in manifest["slices"]:
        for said in part["pages"]:
            if said["file"] == page.name:
                said |= {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    page.with_name(FILE_NAME).write_bytes(json.dumps(manifest).encode())
    with pytest.raises(LandingError, match=r"row \d+, column asylum_seekers: 'many'"):
        land_starter(settings.model_copy(update={"starter_dir": part_of_starter}))


def test_equal_pages_are_packed_to_equal_bytes_in_files_of_their_names() -> None:
    from warehouse.core.files import pack, page_file

    assert pack(b"x" * 1000) == pack(b"x" * 1000)
    names = [page_file("unhcr_region=5", 1), page_file("pairs", 1), page_file("pairs", 12)]
    assert names == ["unhcr_region-5-0001.json.gz", "pairs-0001.json.gz", "pairs-0012.json.gz"]


def test_nothing_of_a_crawl_is_visible_before_it_is_accepted(
    api: FakeApi, settings: Settings
) -> None:
    visible = []
    crawl(
        settings,
        endpoints=SOME,
        on_progress=lambda *_: visible.append(len(snapshots.manifests(settings))),
    )
    assert set(visible) == {0}
