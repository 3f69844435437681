"""What a source sends is data: whatever it is, it is kept, or refused with nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.runner import run_refresh
from tests.fake_api import FakeApi, Row, fast_settings, sample_data
from tests.orchestration.small_project import export_what_there_is, small_project
from tests.warehouse.landing.test_snapshots import tree
from warehouse.build import raw
from warehouse.landing.snapshots import (
    Landed,
    LandingError,
    NotAllLandedError,
    all_set_aside,
    crawl,
)
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS
from warehouse.sources.unhcr_api.pages import UnreadablePagesError

OURS = (UpstreamError, LandingError, UnreadablePagesError)
SOME = ["footnotes", "idmc", "regions"]
Change = Callable[[Row], bytes | None]

# What a column may be called by somebody who hopes that its name becomes part of a statement.
OWNED = Path("owned.csv")
OWNS = f"x' || chr(34) || ' varchar)[]'}})); copy (select 1) to '{OWNED}'; --"
NAMES = (
    *("it's", '"', "a\"b'c", "_added", "_snapshot_id", "_slice", "_row_number", "FootNote", "YEAR"),
    *("", " ", "item", "page", "$.x", "/x", "*", "{{ x }}", "a'; drop schema raw cascade; --"),
)


def as_json(envelope: Row) -> bytes:
    return json.dumps(envelope, ensure_ascii=False).encode("utf-8", "surrogatepass")


def cell(name: str, value: object) -> Change:
    """The first row with another value in one column."""

    def change(envelope: Row) -> bytes:
        for row in envelope["items"][:1]:
            row[name] = value
        return as_json(envelope)

    return change


def column(name: str, value: object = "x") -> Change:
    """All rows with a column more."""

    def change(envelope: Row) -> bytes:
        envelope["items"] = [row | {name: value} for row in envelope["items"]]
        return as_json(envelope)

    return change


def top(name: str, value: object) -> Change:
    return lambda envelope: as_json(envelope | {name: value})


def text(old: str, new: str, encoding: str = "utf-8") -> Change:
    return lambda envelope: (
        json.dumps(envelope, ensure_ascii=False).replace(old, new, 1).encode(encoding)
    )


@dataclass(frozen=True)
class Case:
    """What is done to every answer of an endpoint, and what the refusal says (None: it is kept)."""

    endpoint: str
    change: Change
    refused: str | None = None
    slice: str | None = None


CASES = {
    "UTF-16": Case("idmc", text("", "", "utf-16"), "not UTF-8: byte"),
    "Latin-1": Case("footnotes", text("caveat", "cavéat", "latin-1"), "not UTF-8: byte"),
    "a byte order mark": Case("idmc", text("", "", "utf-8-sig"), "not JSON"),
    "half a surrogate pair": Case(
        "footnotes", text("caveat", "\\ud83d"), "half a surrogate pair in the text"
    ),
    "half a surrogate pair in a name": Case(
        "footnotes", text('"year"', '"\\udc00": 1, "year"'), "half a surrogate pair"
    ),
    "CESU-8": Case("footnotes", cell("footnote", "\ud83d\ude00"), "not UTF-8"),
    "NUL": Case("footnotes", cell("footnote", "a\0b"), "the character NUL"),
    "a key twice": Case("idmc", text('"year"', '"year": 2023, "year"'), "'year' twice"),
    "a key twice in what is added": Case(
        "idmc", text('"year"', '"new": {"a": 1, "a": 2}, "year"'), "'a' twice"
    ),
    "Arabic digits in page": Case("idmc", top("page", "١"), "`page` is '١'"),
    "Arabic digits in maxPages": Case("idmc", top("maxPages", "١"), "`maxPages` is '١'"),
    "no end of lists": Case(
        "idmc", column("new", json.loads("[" * 80 + "]" * 80)), "nested more than 50 deep"
    ),
    "more than there are people": Case("idmc", cell("total", 10**19), "column total: 1000"),
    "a country without ISO3": Case("idmc", cell("coa_iso", None), "coa_iso: None", "pairs"),
    "a country without name": Case("idmc", cell("coa_name", None), "coa_name: None", "pairs"),
    "a region without number": Case("regions", cell("id", "../../x"), "column id: '../../x'"),
    "a region without name": Case("regions", cell("name", " "), "column name: ' '"),
    "another case of our names": Case("footnotes", column("FootNote")),
    "our own names": Case("footnotes", column("_snapshot_id")),
    "an apostrophe": Case("idmc", column("the source's own")),
    "values of all kinds": Case("idmc", column("new", {"a": [1, None, {"b": "c"}], "A": 1e300})),
    "a name that is a statement": Case("idmc", column(OWNS)),
    "markup": Case("footnotes", cell("footnote", "<script>{{ x }}</script>\x1b[31m=1+1")),
}


REFUSED = {name: case for name, case in CASES.items() if case.refused is not None}
KEPT = {name: case for name, case in CASES.items() if case.refused is None}


def wanted(case: Case) -> list[str]:
    return sorted({case.endpoint, "countries" if case.endpoint == "regions" else case.endpoint})


def change_answers(api: FakeApi, case: Case) -> None:
    api.rewrite = lambda endpoint, part, envelope: (
        case.change(envelope) if endpoint == case.endpoint and case.slice in (None, part) else None
    )


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeApi, Settings]]:
    """An API, and a data folder with what it said before it was rewritten."""
    with FakeApi(sample_data()) as api:
        folder = tmp_path_factory.mktemp("unharmed") / "data"
        settings = fast_settings(folder, api.url, max_attempts=2)
        crawl(settings, endpoints=[*SOME, "countries"])
        yield api, settings


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_with_its_place_and_nothing_changed(
    unharmed: tuple[FakeApi, Settings], case: Case
) -> None:
    api, settings = unharmed
    before = tree(settings)
    change_answers(api, case)
    with pytest.raises(UpstreamError) as caught:
        crawl(settings, endpoints=wanted(case))
    said = str(caught.value)
    assert case.refused is not None and case.refused in said
    assert f"{api.url}{case.endpoint}/" in said
    assert "ry again later" in said
    assert len(said) < 3000
    assert before and tree(settings) == before


def test_what_was_there_before_all_of_that_still_loads(
    unharmed: tuple[FakeApi, Settings],
) -> None:
    api, settings = unharmed
    api.rewrite = None
    assert not any(one.is_new for one in crawl(settings, endpoints=SOME))
    assert raw.load(settings).set_aside == []


@pytest.mark.parametrize("case", KEPT.values(), ids=list(KEPT))
def test_it_is_kept_as_data(tmp_path: Path, api: FakeApi, case: Case) -> None:
    settings = fast_settings(tmp_path / "data", api.url, max_attempts=2)
    crawl(settings, endpoints=wanted(case))
    change_answers(api, case)
    assert all(one.is_new for one in crawl(settings, endpoints=wanted(case)))
    assert raw.load(settings).set_aside == []
    api.rewrite = None
    crawl(settings, endpoints=wanted(case))
    assert raw.load(settings).set_aside == []
    assert not OWNED.exists()


def test_what_is_added_is_kept_under_the_name_it_was_sent_with(
    api: FakeApi, settings: Settings
) -> None:
    sent = {name: number for number, name in enumerate(NAMES)}
    api.rewrite = lambda _, __, envelope: as_json(
        envelope | {"items": [row | sent for row in envelope["items"]]}
    )
    crawl(settings, endpoints=["idmc"])
    raw.load(settings)
    with duckdb.connect(str(settings.build_db)) as con:
        kept = con.execute("select distinct _added from raw.idmc").fetchall()
    assert [json.loads(one) for (one,) in kept] == [sent]


def test_a_total_that_is_no_longer_sent_is_missed(api: FakeApi, settings: Settings) -> None:
    api.rewrite = lambda _, __, envelope: as_json(envelope | {"total": []})
    with pytest.raises(UpstreamError, match="`total` has no sum of applied, which it always had"):
        crawl(settings, endpoints=["asylum-applications"])


@pytest.mark.parametrize("large", [True, False])
def test_a_last_pair_that_is_always_missing_is_refused_or_noticed_by_its_size(
    api: FakeApi, settings: Settings, large: bool
) -> None:
    data = sample_data()
    for measure in ENDPOINTS["population"].counts:
        data["population"][-1][measure] = 100_000 if large else 5
        data["population"][-2][measure] = 100_000  # of the same origin: 5 in 100,000 is little
    api.publish(data)

    def without_last(endpoint: str, part: str, envelope: Row) -> bytes | None:
        if part == "pairs" and envelope["page"] == envelope["maxPages"]:
            envelope["items"].pop()
            return as_json(envelope)
        return None

    api.rewrite = without_last
    if large:
        with pytest.raises(UpstreamError, match="off their control totals"):
            crawl(settings, endpoints=["population"])
    else:
        [landed] = crawl(settings, endpoints=["population"])
        found = landed.manifest.control_differences
        assert {one.measure for one in found} >= {"refugees", "asylum_seekers"}


# ---- fuzz

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ANY_NAME = st.sampled_from(
    (*NAMES, "year", "coo", "coa_iso", "total", "id", "name", "footnote")
) | st.text(max_size=12)  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Something to do to each answer."""
    kind = draw(st.sampled_from(["cell", "column", "top", "bytes", "text", "rows"]))
    if kind == "bytes":
        at, junk = draw(st.integers(0, 400)), draw(st.binary(min_size=1, max_size=6))
        return lambda envelope: as_json(envelope)[:at] + junk + as_json(envelope)[at:]
    if kind == "text":
        old = draw(st.sampled_from(['"year"', '"items"', "2024", '"', "{", "["]))
        encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "utf-8-sig", "utf-32"]))
        new = draw(st.sampled_from(['"year": 1, "year"', "'", "\\ud800", "\\u0000", "٢٠٢٤", "{"]))
        return text(old, new, encoding)
    if kind == "rows":
        keep = draw(st.integers(0, 3))
        more = draw(st.lists(JSON, max_size=2))
        return lambda e: as_json(e | {"items": e["items"][:keep] + more})
    make: Any = {"cell": cell, "column": column, "top": top}[kind]
    name = st.sampled_from(["page", "maxPages", "total", "items"]) if kind == "top" else ANY_NAME
    made: Change = make(draw(name), draw(JSON))
    return made


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeApi, Settings]]:
    """A small project whose API is rewritten at will."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with FakeApi(sample_data(years=(2024,))) as api:
        settings = small_project(folder / "home", api_url=api.url)
        fast = fast_settings(settings.data_dir, api.url, page_size=100, max_attempts=1)
        settings = settings.model_copy(
            update=fast.model_dump(include={"requests_per_second", "retry_wait", "max_attempts"})
        )
        crawl(settings, endpoints=SOME)
        raw.load(settings)
        yield api, settings


def fetched(settings: Settings) -> list[Landed]:
    """What a crawl lands; nothing where it is refused, and then nothing else has changed."""
    before = tree(settings)
    try:
        return crawl(settings, endpoints=SOME)
    except OURS as error:
        landed = error.landed if isinstance(error, NotAllLandedError) else []
        others = {one.endpoint for one in landed}
        after = tree(settings)
        assert {at for at in before.keys() | after.keys() if before.get(at) != after.get(at)} <= {
            at for at in after if at.split("/")[0] in others
        }
        for line in str(error).splitlines():
            assert line.isprintable(), "a message holds no control character"
        return landed


@hypothesis_settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(change=changes(), endpoint=st.sampled_from(SOME))
@example(change=column(OWNS), endpoint="footnotes")
def test_whatever_comes_is_landed_and_loads_or_is_refused(
    fuzzed: tuple[FakeApi, Settings], change: Change, endpoint: str
) -> None:
    api, settings = fuzzed
    around = settings.data_dir.parent
    there = sorted(around.iterdir())
    api.rewrite = lambda name, _, envelope: change(envelope) if name == endpoint else None
    try:
        if fetched(settings):
            assert raw.load(settings).set_aside == []
    finally:
        api.rewrite = None
    assert sorted(around.iterdir()) == there, "no file outside the data folder"
    assert not OWNED.exists()


def test_after_all_of_that_the_next_run_is_green(
    fuzzed: tuple[FakeApi, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    export_what_there_is(monkeypatch)
    _, settings = fuzzed
    result = run_refresh(settings, source="api")
    assert result.success, result.error
    assert result.set_aside == []
    assert all_set_aside(settings) == []
