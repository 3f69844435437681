"""The World Bank's population: what is landed of it, and what is refused."""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from tests.fake_api import (
    WORLD_BANK,
    FakeApi,
    Fault,
    inhabitants,
    rows_of_body,
)
from warehouse.build import raw
from warehouse.landing.snapshots import Landed, NotAllLandedError, crawl, manifests
from warehouse.releases.assign import assign
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import INHABITANTS
from warehouse.sources.unhcr_api.verify import MalformedPageError

FOREVER = 99
Answer = list[Any]


def land(settings: Settings) -> Landed:
    [one] = crawl(settings, endpoints=[INHABITANTS])
    return one


def asked(api: FakeApi) -> list[str]:
    return [path for path in api.requests if path.startswith(WORLD_BANK)]


def test_all_pages_are_followed_and_kept_as_they_came(api: FakeApi, settings: Settings) -> None:
    one = land(settings)
    [part] = one.manifest.slices
    assert [page.rows for page in part.pages] == [5, 5, 2]
    bodies = [gzip.decompress((one.path / page.file).read_bytes()) for page in part.pages]
    assert [row for body in bodies for row in rows_of_body(body)] == api.data[INHABITANTS]
    assert [json.loads(body)[0]["page"] for body in bodies] == [1, 2, 3]
    assert [re.findall(r"(\w+)=(\w+)", path) for path in asked(api)] == [
        [("format", "json"), ("per_page", "5"), ("page", str(page))] for page in (1, 2, 3)
    ]
    assert (one.manifest.source, one.manifest.release_id) == ("world_bank", None)


def test_the_same_figures_are_no_new_snapshot_and_others_are_one_more(
    api: FakeApi, settings: Settings
) -> None:
    first = land(settings)
    api.data[INHABITANTS].reverse()
    again = land(settings)
    assert (again.is_new, again.snapshot_id) == (False, first.snapshot_id)
    api.data[INHABITANTS][0]["value"] = 7
    assert land(settings).is_new
    assert len(manifests(settings, INHABITANTS)) == 2


def test_it_is_loaded_beside_new_columns_and_is_of_no_release(
    api: FakeApi, settings: Settings
) -> None:
    for row in api.data[INHABITANTS]:
        row["new"] = "x"
    land(settings)
    assert raw.load(settings).rows["inhabitants"] == len(api.data[INHABITANTS])
    assert assign(settings).releases == {}
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        found = con.execute(
            "select country ->> '$.id', countryiso3code, cast(date as integer), "
            "cast(value as bigint), _added ->> '$.new' from raw.inhabitants order by _row_number"
        ).fetchall()
    assert found == [
        (row["country"]["id"], row["countryiso3code"], int(row["date"]), row["value"], "x")
        for row in api.data[INHABITANTS]
    ]


def changed(change: Callable[[Answer], Any]) -> Callable[[Answer], Any]:
    """The page after `change`, which alters it in place or gives another one."""

    def made(answer: Answer) -> Any:
        page = copy.deepcopy(answer)
        return change(page) or page

    return made


def cell(column: str, value: Any) -> Callable[[Answer], Any]:
    return changed(lambda page: page[1][1].update({column: value}))


def head(name: str, value: Any) -> Callable[[Answer], Any]:
    return changed(lambda page: page[0].update({name: value}))


HOSTILE: dict[str, tuple[Callable[[Answer], Any], str]] = {
    "an error": (
        lambda _: [{"message": [{"id": "120", "value": "not valid"}]}],
        r"not a page of the World Bank \(it says .*not valid",
    ),
    "an object": (lambda _: {"page": 1, "items": []}, "a list of two expected"),
    "nothing": (lambda _: [], "a list of two expected"),
    "one part": (changed(lambda page: page[:1]), "a list of 1, of two expected"),
    "no total": (changed(lambda page: page[0].pop("total") and None), "without total"),
    "a total of words": (head("total", "many"), "`total` is 'many'"),
    "rows that are none": (changed(lambda page: [page[0], {"a": 1}]), "a list expected"),
    "no rows": (
        lambda page: [page[0] | {"pages": 0, "page": 1, "total": 0}, None],
        "a list that is never empty",
    ),
    "a total too large": (head("total", 13), "12 rows came, `total` says 13"),
    "a page too few": (head("pages", 2), "10 rows came, `total` says 12"),
    "pages without end": (head("pages", 10**9), "1,000,000,000 pages are too many"),
    "another page": (head("page", 2), "the answer says it is page 2"),
    "shorter pages": (changed(lambda page: page[1].pop() and None), "4 rows, 5 expected"),
    "another indicator": (
        cell("indicator", {"id": "SP.URB.TOTL", "value": "x"}),
        "row 2: indicator 'SP.URB.TOTL', SP.POP.TOTL was asked for.*ASYLUM_WORLD_BANK_URL",
    ),
    "a half": (cell("value", 1.5), "row 2, column value: 1.5 where a whole number"),
    "a negative": (cell("value", -1), "column value: -1"),
    "a text": (cell("value", "12"), "column value: '12'"),
    "true": (cell("value", True), "column value: True"),
    "too many": (cell("value", 2**60), "column value"),
    "no year": (cell("date", "2024Q1"), "column date: '2024Q1'"),
    "a country that is a text": (cell("country", "AU"), "column country: 'AU'"),
    "a country without a code": (cell("country", {"id": " ", "value": "x"}), "column country"),
    "a country with more": (cell("country", {"id": "A", "value": "x", "z": 1}), "column country"),
    "a row that is none": (changed(lambda page: page[1].__setitem__(0, 5)), "is not an object"),
    "a column less": (changed(lambda page: page[1][0].pop("value") and None), "value is missing"),
    "a row twice": (changed(lambda page: page[1].__setitem__(1, page[1][0])), "came before"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_page_of_the_indicator_is_refused_and_stops_nothing_else(
    api: FakeApi, settings: Settings, name: str
) -> None:
    answer, shown = HOSTILE[name]
    api.faults.append(Fault("answer", INHABITANTS, times=FOREVER, value=answer))
    with pytest.raises(
        NotAllLandedError, match=rf"(?s)1 of 2 .*{INHABITANTS}: .*({shown})"
    ) as said:
        crawl(settings, endpoints=["idmc", INHABITANTS])
    assert [one.endpoint for one in said.value.landed] == ["idmc"]
    assert not manifests(settings, INHABITANTS)
    assert len(asked(api)) < FOREVER


def test_a_list_that_changes_between_pages_is_refused(api: FakeApi, settings: Settings) -> None:
    for change, shown in (
        (head("lastupdated", "2026-07-01"), "'2026-07-01' where page 1 has '2026-03-06'"),
        (head("total", 99), "99 where page 1 has 12"),
    ):
        api.faults = [Fault("answer", INHABITANTS, page=2, times=FOREVER, value=change)]
        with pytest.raises(UpstreamError, match=f"page 2: {shown} .*has changed meanwhile"):
            land(settings)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("404", "page 1 of the World Bank's population was refused.*ASYLUM_WORLD_BANK_URL"),
        ("503", "page 1 of the World Bank's population could not be fetched: status 503"),
        ("html", "not JSON.*DOCTYPE html"),
        ("cut", "not JSON"),
        ("empty", "an empty body"),
    ],
)
def test_a_source_that_cannot_be_had_says_so(
    api: FakeApi, settings: Settings, kind: str, shown: str
) -> None:
    api.faults.append(Fault(kind, INHABITANTS, times=FOREVER))
    with pytest.raises(UpstreamError, match=shown):
        land(settings)
    assert not manifests(settings, INHABITANTS)


def test_unhcr_that_cannot_be_had_does_not_stop_it(api: FakeApi, settings: Settings) -> None:
    api.faults.append(Fault("503", "idmc", times=FOREVER))
    with pytest.raises(NotAllLandedError) as said:
        crawl(settings, endpoints=["idmc", INHABITANTS])
    assert [one.endpoint for one in said.value.landed] == [INHABITANTS]


def test_what_is_wrong_in_a_row_is_not_asked_for_again(api: FakeApi, settings: Settings) -> None:
    api.data[INHABITANTS] = [inhabitants("AUS", 2024, 1) | {"value": "n/a"}]
    with pytest.raises(MalformedPageError):
        land(settings)
    assert len(asked(api)) == 1
