"""What assistants are answered, asked as they ask: with the protocol's own client."""

from __future__ import annotations

import asyncio
import inspect
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.claims.asked import asked as cells_asked
from warehouse.cli.commands.claims import check
from warehouse.published.read import open_published
from warehouse.serve import assistant
from warehouse.settings import Settings

pytest.importorskip("mcp", reason="the extra mcp is not installed")
Asked = tuple[bool, Any]


@pytest.fixture(scope="module")
def ask(published_starter: Settings) -> Callable[..., Asked]:
    """Call a tool: whether that is an error, and its answer."""
    from mcp.client.client import Client

    from warehouse.serve.mcp import server

    async def call(name: str, given: dict[str, Any]) -> Asked:
        async with Client(server(published_starter)) as client:
            result = await client.call_tool(name, given)
        [content] = result.content
        return bool(result.is_error), content.text

    def asked(name: str, **given: Any) -> Asked:
        is_error, text = asyncio.run(call(name, given))
        return is_error, text if is_error else json.loads(text)

    return asked


def test_there_are_six_tools_that_say_what_they_do(published_starter: Settings) -> None:
    from mcp.client.client import Client

    from warehouse.serve.mcp import server

    async def tools() -> list[Any]:
        async with Client(server(published_starter)) as client:
            return list((await client.list_tools()).tools)

    found = asyncio.run(tools())
    assert [tool.name for tool in found] == [
        *("find_country", "describe_measures", "figures", "revisions", "check_claim", "query"),
    ]
    assert all(len(tool.description) > 80 for tool in found)


def test_figures_of_a_dataset_that_is_held_back_are_cited_by_the_release_they_are_of(
    published_starter: Settings, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, threads=2)
    shutil.copy(published_starter.published_db, settings.published_db)
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute(
            "update dim_release set datasets = replace(datasets, 'displacement-flows, ', '') "
            "where release_id = '2025-06'"
        )
    flows, stocks = (
        assistant.figures(settings, measure, origin="CHN", as_of="2026-02-01")
        for measure in ("new_asylum_claims", "asylum_seekers_stock")
    )
    said = "Release 2025-06 has no flows here"
    for answer, release in ((flows, "2024-12"), (stocks, "2025-06")):
        assert answer["release"] == release
        assert f"release {release}" in answer["citation"]
        assert any(said in note for note in answer["notes"]) == (answer is flows)
    assert (stocks["is_provisional_release"], flows["is_provisional_release"]) == (True, False)


QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("find_country", {"text": "china"}),
    ("describe_measures", {}),
    ("figures", {"measure": "asylum_seekers_stock", "origin": "CHN"}),
    ("revisions", {"measure": "asylum_seekers_stock", "origin": "CHN", "year": 2025}),
    ("check_claim", {"value": 1, "year": 2025, "published": "2026-02-01", "origin": "CHN"}),
    ("query", {"sql": "select 1 as one"}),
)


@pytest.mark.parametrize(("name", "given"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_every_answer_has_its_release_its_day_and_how_to_cite_it(
    ask: Callable[..., Asked], name: str, given: dict[str, Any]
) -> None:
    is_error, found = ask(name, **given)
    assert not is_error, found
    assert found["release"] == "2025-12.1"
    assert found["reference_date"] == "2025-12-31"
    assert found["is_provisional_release"] is False
    assert "release 2025-12.1" in found["citation"]
    assert any("not endorsed by UNHCR" in note for note in found["notes"])


def test_figures_are_those_of_the_day_with_what_is_provisional_and_carried_forward(
    ask: Callable[..., Asked],
) -> None:
    _, then = ask(
        "figures", measure="asylum_seekers_stock", origin="chn", from_year=2025, as_of="2026-02-01"
    )
    [figure] = then["figures"]
    assert (then["release"], then["nature"]) == ("2025-06", "stock")
    assert (figure["value"], figure["described"]) == (178725, "2025-06-30")
    assert figure["is_provisional"] is True
    assert figure["carried_forward"] == 147909
    assert "release 2025-06." in then["citation"]
    _, now = ask("figures", measure="asylum_seekers_stock", origin="CHN", from_year=2025)
    [figure] = now["figures"]
    assert (figure["value"], figure["is_lower_bound"]) == (99716, True)
    assert figure["is_comparable_with_year_before"] is False
    assert figure["breaks_since_year_before"].startswith("origin_withheld")
    _, pair = ask("figures", measure="new_asylum_claims", origin="CHN", asylum="USA", to_year=2025)
    assert pair["nature"] == "flow"
    assert pair["figures"][-1]["value"] == 5024
    assert pair["figures"][-1]["is_lower_bound"] is True
    assert pair["figures"][-1]["breaks_since_year_before"] is None  # not known of a pair's flow


@pytest.mark.parametrize("measure", ["asylum_seekers_stock", "new_asylum_claims"])
@pytest.mark.parametrize("who", [{"origin": "CHN"}, {"asylum": "USA"}])
def test_where_a_figure_is_a_lower_bound_is_what_the_marts_say(
    ask: Callable[..., Asked], published_starter: Settings, measure: str, who: dict[str, str]
) -> None:
    table, where = {
        "origin": ("mart_origin_yearly", "origin_iso3 = 'CHN'"),
        "asylum": ("mart_asylum_yearly", "asylum_iso3 = 'USA'"),
    }[next(iter(who))]
    with open_published(published_starter) as con:
        told = con.execute(
            f"select reference_year, {measure}, is_{measure}_complete, "
            f"{measure}_change_breaks, is_{measure}_change_comparable from {table} "
            f"where {where} and counting_unit = 'persons' and {measure} is not null order by all"
        ).fetchall()
    _, found = ask("figures", measure=measure, **who)
    assert told
    assert [
        (row["reference_year"], row["value"], row["is_lower_bound"],
         row["breaks_since_year_before"], row["is_comparable_with_year_before"])
        for row in found["figures"]
    ] == [
        (year, value, is_complete is False, breaks, comparable)
        for year, value, is_complete, breaks, comparable in told
    ]  # fmt: skip


def test_a_year_of_no_figure_has_none_however_many_digits_it_has(
    ask: Callable[..., Asked],
) -> None:
    for year in (10**320, -(10**320)):
        between = {"from_year": year, "to_year": year}
        _, figures = ask("figures", measure="asylum_seekers_stock", **between)
        _, revisions = ask("revisions", measure="asylum_seekers_stock", year=year)
        assert (figures["figures"], revisions["statements"]) == ([], [])


def test_countries_can_be_asked_for_by_name(ask: Callable[..., Asked]) -> None:
    by_code = ask("figures", measure="asylum_seekers_stock", origin="CHN", asylum="USA")
    assert by_code[1]["figures"]
    by_name = ask("figures", measure="asylum_seekers_stock", origin="China", asylum="United States")
    assert by_name == by_code


def test_revisions_follow_each_other_without_a_repeat(ask: Callable[..., Asked]) -> None:
    _, found = ask("revisions", measure="asylum_seekers_stock", origin="CHN", year=2025)
    told = found["statements"]
    assert [(one["value"], one["is_lower_bound"]) for one in told] == [
        (178725, False),
        (99716, True),
    ]
    assert told[0]["valid_to"] == told[1]["valid_from"]
    assert told[-1]["valid_to"] is None


def test_a_claim_is_answered_with_its_verdict(ask: Callable[..., Asked]) -> None:
    _, found = ask(
        "check_claim", value=178725, year=2025, published="2026-02-01", origin="CHN", read_as="flow"
    )
    assert found["claim"]["verdict"] == "misleading"
    assert found["claim"]["number_verdict"] == "confirmed_since_revised"


@pytest.mark.parametrize(
    ("measure", "word"),
    [
        ("forcibly_displaced", "forcibly displaced"),
        ("refugees_stock+oip_stock", "refugees stock+oip stock"),
    ],
)
def test_a_sum_of_stocks_that_is_asked_about_is_read_as_one(measure: str, word: str) -> None:
    cells = cells_asked(measure=measure, location="here", read_as=None)
    assert (cells["read_as"], cells["document_word"]) == ("stock", word)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("figures", {"measure": "stock; drop table about"}, "is none of asylum_seekers_stock"),
        ("figures", {"measure": "refugees_stock", "as_of": "1999-01-01"}, "the first came later"),
        ("figures", {"measure": "refugees_stock", "as_of": "yesterday"}, "is not a day"),
        ("figures", {"measure": "refugees_stock", "origin": "XQZ"}, "is no country"),
        ("figures", {"measure": "refugees_stock", "asylum": "GFR"}, "DEU (Germany)"),
        ("figures", {"measure": "refugees_stock", "origin": "Congo"}, "can be COD"),
        ("revisions", {"measure": "refugees_stock", "year": 2024, "origin": "Taiwan"}, "no origin"),
        ("query", {"sql": "drop table about"}, "read-only"),
        ("query", {"sql": "copy about to '/tmp/stolen.csv'"}, "disabled"),
        ("query", {"sql": "select * from read_csv('/etc/passwd')"}, "disabled"),
        ("query", {"sql": "select * from nowhere"}, "nowhere"),
        ("query", {"sql": ""}, "no result"),
        ("query", {"sql": "select 1; select 2"}, "2 results"),
        ("figures", {"measure": "refugees_stock", "as_of": "9999-01-01"}, "still to come"),
        ("check_claim", {"value": 1, "year": 2025, "published": "9999-01-01"}, "still to come"),
        ("check_claim", {"value": 1e300, "year": 2025, "published": "2026-07-01", "origin": "CHN"},
         "too large"),
        ("check_claim", {"value": 1, "year": 2025, "published": "2026-07-01", "base_year": 2030},
         "evaluated: base_year: a level does not use it"),
        *(("check_claim", {"value": 1, "year": 2025, "published": "2026-07-01", name: 10**320},
           f"{name}: a number of more than 300 digits is too large")
          for name in ("value", "at_least", "threshold", "per")),
        *(("find_country", {"text": text}, "text: give a country's name") for text in ("", " ")),
        ("find_country", {"text": "Taiwan"}, "Ask for CHN or UKN"),
        ("find_country", {"text": "Yugoslavia"}, "Yugoslavia until 1991"),
        ("check_claim", {"value": 1, "year": 2025, "published": "now"}, "is not a day"),
        ("check_claim", {"value": "lots", "year": 2025, "published": "2026-02-01"},
         "'lots' is not a figure"),
        ("check_claim", {"value": 1, "year": "then", "published": "2026-02-01"}, "is not a year"),
        ("check_claim", {"value": 1, "year": 2025, "published": "2026-02-01", "kind": "ratio",
                         "base_year": 2024, "base_origin": "Congo"}, "base_origin: 'Congo' can be"),
        ("check_claim", {"value": 1, "year": 2025, "published": "2026-02-01", "origin": "CHN",
                         "measure": "nothing"}, "nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_in_words(
    ask: Callable[..., Asked], name: str, given: dict[str, Any], said: str
) -> None:
    is_error, text = ask(name, **given)
    assert is_error
    assert said in text
    assert "Traceback" not in text


@pytest.mark.parametrize(("name", "given"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_an_argument_that_a_tool_does_not_know_is_refused_with_those_that_it_knows(
    ask: Callable[..., Asked], name: str, given: dict[str, Any]
) -> None:
    is_error, text = ask(name, **given, nonsense="1")
    assert is_error
    known = ", ".join(given) if name in {"find_country", "query"} else ""
    assert f"{name} has no 'nonsense'. It knows {known}" in text


@pytest.mark.parametrize(
    ("given", "verdict", "printed"),
    [
        (
            {"value": "178.7k", "origin": "China"},
            *("confirmed_since_revised", "at least 99,716 (178,725 on"),
        ),
        (
            {"kind": "rank", "value": 1, "origin": "CHN", "asylum": "USA", "year": 2021},
            *("confirmed", "the most of all countries of asylum"),
        ),
        (
            {"kind": "ratio", "value": 6.8, "origin": "CHN", "year": 2019, "base_year": 2012},
            *("confirmed", "6.79 times as many as at the end of 2012"),
        ),
        (
            {"kind": "count", "count_of": "years", "threshold": "100 thousand", "value": 7,
             "origin": "CHN", "year": "2018-2024"},
            *("not_reproduced", "Years with 100,000 or more asylum-seekers from China"),
        ),
        (
            {"measure": "refugee_recognition_rate", "value": 41.6, "origin": "CHN", "year": 2024,
             "published": "2026-07-01"},
            *("confirmed", "2024: 41.6 %"),
        ),
    ],
)  # fmt: skip
def test_a_claim_of_any_kind_is_checked_as_by_the_command(
    ask: Callable[..., Asked], given: dict[str, Any], verdict: str, printed: str
) -> None:
    is_error, found = ask("check_claim", **{"year": 2025, "published": "2026-02-01"} | given)
    assert not is_error, found
    assert found["claim"]["verdict"] == verdict
    assert printed in found["claim"]["to_print"].replace("\xa0", " ")


def test_a_claim_can_be_asked_for_by_every_option_of_the_command() -> None:
    options = set(inspect.signature(check).parameters) - {"format_"}
    asked = set(inspect.signature(assistant.check_claim).parameters) - {"settings"}
    assert asked == options


def test_a_number_that_json_has_no_word_for_is_null(ask: Callable[..., Asked]) -> None:
    _, found = ask("query", sql="select 1 / 0 as a, 0 / 0 as b, -1 / 0 as c, 1 / 2 as d")
    assert found["rows"] == [[None, None, None, 0.5]]


@pytest.mark.parametrize(
    ("text", "countries", "near"),
    [
        *(("china", ["CHN"], []), ("UK", ["GBR"], []), ("Burma", ["MMR"], [])),
        *(("North Korea", ["PRK"], []), ("South Korea", ["KOR"], []), ("Zaire", ["COD"], [])),
        *(("Swaziland", ["SWZ"], []), ("Korea", ["KOR", "PRK"], []), ("STA", ["STA"], [])),
        *(("AUL", ["AUS"], []), ("GFR", ["DEU"], []), ("AUS", ["AUS"], [])),
        *(("Germny", [], ["DEU", "GGY"]), ("Xqzwv", [], []), ("EU", [], [])),
    ],
)
def test_a_country_is_found_by_what_names_it_and_no_other_is_but_as_what_may_be_meant(
    ask: Callable[..., Asked], text: str, countries: list[str], near: list[str]
) -> None:
    is_error, found = ask("find_country", text=text)
    assert not is_error, found
    assert [country["code"] for country in found["countries"]] == countries
    assert [country["code"] for country in found["did_you_mean"]] == near
    assert (found["told"] is None) is (len(countries) == 1 and text not in {"AUL", "GFR"})
    for country in found["countries"]:
        assert country["name"]
        assert country["iso3"] == (None if text == "STA" else country["code"])
    if text in {"AUL", "GFR"}:
        assert found["countries"][0]["unhcr_code"] == text


def test_hostile_words_find_no_country_and_change_nothing(ask: Callable[..., Asked]) -> None:
    for text in ("' or 1=1 --", "%", "\x00", "\u202e", "'; drop table about; --", ""):
        is_error, found = ask("find_country", text=text)
        assert is_error or found["countries"] == []
    assert [one["code"] for one in ask("find_country", text="Chi")[1]["countries"]] == ["CHN"]


def test_a_statement_that_runs_for_ever_is_ended(
    ask: Callable[..., Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant, "SECONDS", 0.3)
    is_error, text = ask("query", sql="select count(*) from range(1e12::bigint) a, range(1000) b")
    assert is_error
    assert "took more than" in text
