"""What is asked of the API."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import Client
from warehouse.sources.unhcr_api.endpoints import (
    ENDPOINTS,
    Endpoint,
    as_asked_for,
    checked_origins,
    chosen,
    current_year,
)

ALL = list(ENDPOINTS.values())
DATASETS = [endpoint for endpoint in ALL if endpoint.has_controls]


def test_origins_without_an_iso3_code_are_asked_for_as_the_api_writes_them() -> None:
    assert as_asked_for(("CHN", "STA", "TIB", "UKN")) == ("CHN", "TIB", "UNK", "XXA")


def by_slice(endpoint: Endpoint, **changes: object) -> dict[str, dict[str, str]]:
    asked = endpoint.queries(page_size=10_000, **changes)  # type: ignore[arg-type]
    return {query.slice: query.params for query in asked}


@pytest.mark.parametrize("endpoint", ALL, ids=lambda e: e.name)
def test_no_column_is_declared_twice_and_keys_are_columns(endpoint: Endpoint) -> None:
    assert len(set(endpoint.columns)) == len(endpoint.columns)
    assert set(endpoint.key) <= set(endpoint.columns)
    assert not set(endpoint.extras) & set(endpoint.columns)
    assert endpoint.table.isidentifier()


@pytest.mark.parametrize("endpoint", ALL, ids=lambda e: e.name)
def test_every_query_asks_for_iso_codes_and_full_pages(endpoint: Endpoint) -> None:
    for query in endpoint.queries(page_size=123, region_ids=[1, 2]):
        assert query.params["cf_type"] == "ISO"
        assert query.params["limit"] == "123"
        assert "page" not in query.params


@pytest.mark.parametrize("endpoint", ALL, ids=lambda e: e.name)
def test_years_are_bounded_on_both_sides_or_on_none(endpoint: Endpoint) -> None:
    for query in endpoint.queries(page_size=10):
        bounds = (query.params.get("yearFrom"), query.params.get("yearTo"))
        if endpoint.has_years:
            assert bounds == ("1900", str(current_year()))
        else:
            assert bounds == (None, None)
        assert query.coverage.year_from is query.coverage.year_to is None


@pytest.mark.parametrize("endpoint", DATASETS, ids=lambda e: e.name)
def test_a_query_of_some_years_covers_these(endpoint: Endpoint) -> None:
    for query in endpoint.queries(page_size=10, year_from=2020):
        assert query.params["yearFrom"] == "2020"
        assert (query.coverage.year_from, query.coverage.year_to) == (2020, current_year())


@pytest.mark.parametrize("endpoint", DATASETS, ids=lambda e: e.name)
def test_datasets_are_asked_for_as_pairs_and_as_both_control_totals(endpoint: Endpoint) -> None:
    asked = by_slice(endpoint)
    assert {name: ("coo_all" in p, "coa_all" in p) for name, p in asked.items()} == {
        "pairs": (True, True),
        "by_origin": (True, False),
        "by_asylum": (False, True),
    }


@pytest.mark.parametrize("endpoint", DATASETS, ids=lambda e: e.name)
def test_a_list_of_origins_never_comes_with_coo_all_which_would_override_it(
    endpoint: Endpoint,
) -> None:
    queries = endpoint.queries(page_size=10, origins=["CHN", "SYR"])
    assert [query.slice for query in queries] == ["pairs", "by_origin"]
    for query in queries:
        assert query.params["coo"] == "CHN,SYR"
        assert "coo_all" not in query.params
        assert query.coverage.origins == ["CHN", "SYR"]


@pytest.mark.parametrize("name", ["countries", "regions", "footnotes", "nowcasting"])
def test_tables_without_an_origin_are_fetched_whole_whatever_the_origins(name: str) -> None:
    endpoint = ENDPOINTS[name]
    assert endpoint.queries(page_size=10, origins=["CHN"]) == endpoint.queries(page_size=10)


def test_demographics_are_split_by_population_type() -> None:
    assert all(p["ptype_show"] == "true" for p in by_slice(ENDPOINTS["demographics"]).values())


def test_countries_are_asked_for_whole_and_by_region() -> None:
    asked = by_slice(ENDPOINTS["countries"], region_ids=[5, 1])
    assert list(asked) == ["all", "unhcr_region=5", "unhcr_region=1"]
    assert asked["unhcr_region=5"]["unhcr_region"] == "5"


def test_nowcasting_is_asked_for_by_asylum_and_for_the_world() -> None:
    asked = by_slice(ENDPOINTS["nowcasting"])
    assert asked["by_asylum"]["coa_all"] == "true"
    assert "coa_all" not in asked["world"]


@pytest.mark.parametrize("endpoint", ALL, ids=lambda e: e.name)
def test_the_address_says_all_that_is_asked_and_nothing_twice(endpoint: Endpoint) -> None:
    with Client(Settings(api_url="http://127.0.0.1:1/v1")) as client:
        for query in endpoint.queries(page_size=10, origins=["CHN", "SYR"]):
            url = urlsplit(client.url(endpoint, query.params, 7))
            sent = parse_qs(url.query)
            assert url.path == f"/v1/{endpoint.name}/"
            assert sent == {k: [v] for k, v in query.params.items()} | {"page": ["7"]}


@given(st.text(max_size=5))
def test_only_three_capital_letters_are_an_origin(text: str) -> None:
    if len(text) == 3 and all("A" <= letter <= "Z" for letter in text):
        assert checked_origins([text]) == (text,)
    else:
        with pytest.raises(ValueError, match="three capital letters"):
            checked_origins([text])


def test_origins_are_sorted_and_each_asked_for_once() -> None:
    assert checked_origins(["SYR", "CHN", "SYR"]) == ("CHN", "SYR")


def test_an_unknown_endpoint_is_named_beside_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"populatoin.*population"):
        chosen(["populatoin"])
    assert [e.name for e in chosen(["regions", "population"])] == ["population", "regions"]
