"""Verdicts on published claims: those of the two documents by the starter extract, and claims of
every kind that a made-up document makes about another country.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from tests.dbt_project.made_up import MadeUp, Row, api_row
from warehouse.claims import audit
from warehouse.cli import app
from warehouse.published.read import open_published
from warehouse.reference import claim_lists, claims
from warehouse.settings import Settings

# --- the two documents, by the starter extract alone


@pytest.fixture(scope="module")
def by_starter(starter: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Row]:
    found = starter.execute("select * from marts.mart_claim_audit")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["document_id"].split("_")[0], row["claim_id"]): row for row in rows}


def test_the_headline_was_true_on_its_day_and_is_not_now(
    by_starter: dict[tuple[str, str], Row],
) -> None:
    claim = by_starter["khabarhub", "1"]
    assert (claim["stated_value"], claim["value_on_the_day"], claim["value_newest"]) == (
        *(178_725, 178_725),
        99_716,
    )
    assert (claim["release_id_on_the_day"], claim["release_id"]) == ("2025-06", "2025-12.1")
    assert claim["verdict"] == "misleading", "people who waited, told as people who applied"
    assert claim["number_verdict"] == "confirmed_since_revised"
    assert claim["meaning_verdict"] == "stock_read_as_flow"
    assert round(claim["change_rate"], 3) == -0.442
    assert claim["flags"].split(", ") == [
        *("stock_read_as_flow", "rests_on_carried_forward", "provisional_at_publication"),
        *("break_since", "figure_is_lower_bound"),
    ]
    assert claim["carried_forward_stock"] == 147_909
    assert "147,909 of 2025 were carried forward" in claim["explanation"]
    assert "United States" in claim["explanation"]
    assert "−44.2 %" in claim["explanation"]


def test_a_ratio_told_as_an_increase_is_misstated(by_starter: dict[tuple[str, str], Row]) -> None:
    claim = by_starter["safeguard", "4"]
    assert claim["verdict"] == "misstated"
    assert round(claim["value_of_own_figures"], 1) == 69.0
    assert "the ratio, 1.690, was told as an increase" in claim["explanation"]


@pytest.mark.parametrize(
    ("claim_id", "stated", "on_the_day"), [("2", 104_259, 104_248), ("3", 12_362, 15_362)]
)
def test_a_figure_that_the_database_never_had_is_not_reproduced(
    by_starter: dict[tuple[str, str], Row], claim_id: str, stated: int, on_the_day: int
) -> None:
    claim = by_starter["safeguard", claim_id]
    assert (claim["stated_value"], claim["value_on_the_day"]) == (stated, on_the_day)
    assert claim["verdict"] == "not_reproduced"


def test_claims_on_destinations_of_2021_are_confirmed(
    by_starter: dict[tuple[str, str], Row],
) -> None:
    of_2021 = {
        claim_id: claim["verdict"]
        for (document, claim_id), claim in by_starter.items()
        if document == "safeguard" and claim["reference_year"] == 2021
    }
    assert len(of_2021) == 12
    assert set(of_2021.values()) == {"confirmed"}


def test_the_difference_of_a_sum_is_explained_by_its_inputs(
    by_starter: dict[tuple[str, str], Row], starter: duckdb.DuckDBPyConnection
) -> None:
    claim = by_starter["safeguard", "6"]
    assert (claim["stated_value"], claim["value_on_the_day"]) == (1_158_739, 1_161_728)
    assert claim["verdict"] == "input_error"
    assert claim["is_stocks_added_up"]
    differing = starter.execute(
        "select reference_year, stated_value, value_on_the_day, stated_difference "
        "from marts.mart_claim_inputs where document_id like 'safeguard%' and claim_id = '6' "
        "and stated_difference <> 0 order by reference_year"
    ).fetchall()
    assert differing == [(2012, 12_362, 15_362, -3_000), (2019, 104_259, 104_248, 11)]
    assert claim["stated_difference"] == sum(row[3] for row in differing) == -2_989
    assert "−2,989, which is the whole difference" in claim["explanation"]
    assert claim["as_flow_value_newest"] == 409_625
    assert "is some 2.8 times too high: at least 409,625" in claim["as_flow_sentence"]


def test_what_needs_countries_that_are_not_held_is_not_checkable_and_says_what_brings_them(
    by_starter: dict[tuple[str, str], Row],
) -> None:
    undecided = {
        key: claim
        for key, claim in by_starter.items()
        if claim["verdict"] == "not_checkable" and key[0] in ("safeguard", "khabarhub")
    }
    assert undecided.keys() == {("khabarhub", "9a"), ("khabarhub", "9b")}
    for claim in undecided.values():
        assert "asylum backfill --release 2025-06" in claim["explanation"]
        assert claim["on_the_day_text"] is None


def test_the_summary_counts_every_claim_of_the_register_once(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    [(claimed, counted)] = starter.execute(
        "select (select count(*) from reference.published_claims), sum(claim_count) "
        "from marts.mart_claim_summary"
    ).fetchall()
    assert claimed == counted > 30


def test_inputs_of_a_sum_add_up_to_it(
    by_starter: dict[tuple[str, str], Row], starter: duckdb.DuckDBPyConnection
) -> None:
    sums = starter.execute(
        "select document_id, claim_id, sum(value_on_the_day), sum(value_newest) "
        "from marts.mart_claim_inputs join reference.published_claims using (document_id, claim_id)"
        " where kind = 'sum' and input_role = 'figure' group by all"
    ).fetchall()
    assert len(sums) > 2
    for document_id, claim_id, on_the_day, newest in sums:
        if document_id.split("_")[0] not in ("safeguard", "khabarhub"):
            continue
        claim = by_starter[document_id.split("_")[0], claim_id]
        assert (claim["value_on_the_day"], claim["value_newest"]) == (on_the_day, newest)


def test_each_step_is_in_a_function_once(starter: duckdb.DuckDBPyConnection) -> None:
    """Steps that dbt puts in again for each step that reads them would make a plan of seconds."""
    functions = dict(
        starter.execute(
            "select function_name, macro_definition from duckdb_functions() "
            "where function_name like 'claim%of' and function_type = 'table_macro'"
        ).fetchall()
    )
    assert functions.keys() == {"claim_inputs_of", "claim_audit_of"}
    for definition in functions.values():
        steps = re.findall(r"(__dbt__cte__\w+) as ", definition, re.IGNORECASE)
        assert len(steps) == len(set(steps)) > 8


# --- asked of the published file


def asking(
    year: int, value: int, read_as: str = "stock", word: str = "asylum seekers"
) -> dict[str, Any]:
    return {
        "document_id": "asked",
        "claim_id": "1",
        "kind": "level",
        "measure": "asylum_seekers_stock",
        "counting_unit": "persons",
        "origin": "CHN",
        "from_year": year,
        "to_year": year,
        "stated_value": value,
        "tolerance": 0,
        "document_word": word,
        "read_as": read_as,
        "paraphrase": "asked",
        "location": "here",
    }


def test_a_claim_on_the_spot_has_the_verdict_of_the_register(published_starter: Settings) -> None:
    with open_published(published_starter) as con:
        registered = {c["claim_id"]: c for c in audit.audit(con, "khabarhub_2026").claims}
        cells = asking(year=2025, value=178_725, read_as="flow", word="applied for asylum")
        asked = audit.check(con, cells, date(2026, 2, 1))
        wrong = audit.check(con, asking(year=2025, value=1), date(2026, 2, 1))
    for name in ("verdict", "flags", "explanation", "value_on_the_day", "value_newest"):
        assert asked[name] == registered["1"][name]
    assert wrong["verdict"] == "not_reproduced"


@pytest.mark.parametrize("what", ["audit", "inputs"])
def test_the_history_of_the_register_is_what_the_function_answers_on_each_day(
    published_starter: Settings, what: str
) -> None:
    asked = f"claim_{what}_of('published_documents', 'published_claims'"
    with open_published(published_starter) as con:
        # Before the first release all is empty, on each day as on the last of them.
        con.execute(
            "create temp table days as with days (day) as (select valid_from from "
            "coverage_in_force union select published_on from published_documents union select "
            "date '9999-12-31') from days where day >= (select max(day) from days where day < "
            "(select min(valid_from) from coverage_in_force)) order by all"
        )
        days = [day for (day,) in con.execute("from days").fetchall()]
        # Most of its time a question is planned: that of all days is one.
        told = con.execute(
            "select days.day, told.* "
            f"from days cross join lateral (from {asked}, days.day)) as told"
        ).fetchall()
        out = dict(
            con.execute("select document_id, published_on from published_documents").fetchall()
        )
        columns = [column for column, *_ in con.execute(f"from {asked}, null) limit 0").description]
        document, release = columns.index("document_id"), columns.index("release_id")
        for day in days:
            history = con.execute(
                f"select {', '.join(columns)} from claim_{what}_as_of(date '{day}')"
            ).fetchall()
            of_day = [row for on, *row in told if on == day]
            if day in (days[1], days[-1]):
                alone = con.execute(f"from {asked}, date '{day}')").fetchall()
                assert sorted(alone, key=repr) == sorted(map(tuple, of_day), key=repr)
            function = [row for row in of_day if row[release] and out[row[document]] <= day]
            assert sorted(history, key=repr) == sorted(map(tuple, function), key=repr)
        assert history


def audited(settings: Settings, path: Path, rows: list[Row]) -> list[dict[str, Any]]:
    """Claims of a file, each of a document of its own and all judged at once, in its order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, dict.fromkeys(name for row in rows for name in row))
        writer.writeheader()
        writer.writerows(row | {"document_id": f"number_{at}"} for at, row in enumerate(rows))
    with open_published(settings) as con:
        found = {claim["document_id"]: claim for claim in audit.audit_file(con, path, None).claims}
    return [found[f"number_{at}"] for at in range(len(rows))]


def test_claims_of_a_file_are_judged_alike_however_many_are_asked_for_at_a_time(
    published_starter: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = asking(year=2024, value=1) | {"published_on": "2026-07-01"}
    rows = [given | {"from_year": year, "to_year": year} for year in range(2018, 2025)]
    together = audited(published_starter, tmp_path / "x.csv", rows)
    monkeypatch.setattr(audit, "_ASKED_AT_ONCE", 3)
    apart = audited(published_starter, tmp_path / "x.csv", rows)
    assert apart == together
    assert len({claim["newest_text"] for claim in apart}) == len(rows)


def test_what_is_no_country_holds_no_place_and_none_is_printed(
    published_starter: Settings, tmp_path: Path
) -> None:
    cases: list[Row] = [
        {"kind": "place", "among": "origins", "origin": "UKN", "stated_value": 1},
        {"kind": "place", "among": "origins", "origin": "STA", "stated_value": 1},
        {"kind": "place", "among": "hosts", "origin": None, "asylum": "UKN", "stated_value": 1},
        {"kind": "extreme", "among": "origins", "origin": "UKN", "stated_value": None},
        {"kind": "record", "from_year": 2000, "origin": "UKN", "stated_value": None},
    ]
    given = asking(year=2025, value=1) | {"tolerance": None, "published_on": "2026-07-01"}
    found = audited(published_starter, tmp_path / "x.csv", [given | cells for cells in cases])
    for cells, claim in zip(cases, found, strict=True):
        assert claim["verdict"] == "not_checkable", cells
        assert "people of unknown origin and the stateless hold no place" in claim["to_print"]
        assert "hold no place among countries" in claim["explanation"], cells


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stated_value": "116338.0"}, None),
        ({"stated_value": "116.338"}, "stated_value: 116.338 is no number of people"),
        ({"stated_value": "1.163.380"}, "stated_value: '1.163.380' is not a number"),
        ({"stated_value": "abc"}, "stated_value: 'abc' is not a number"),
        ({"stated_value": None}, "stated_value: a claim of this kind needs it"),
        ({"measure": "refugees"}, "measure: 'refugees' is not a measure of the warehouse"),
        ({"kind": "lowest"}, "kind: 'lowest' is not one of level, "),
        ({"kind": "change"}, "base_from_year: a claim of this kind needs it"),
        ({"origin": "China"}, "origin: 'China' is not the code of a country"),
        ({"origin": "chn"}, "origin: 'chn' is not the code of a country"),
        ({"asylum": "Atlantis"}, "asylum: 'Atlantis' is not the code of a country"),
        ({"wording": "roughly", "tolerance": None}, "wording: 'roughly' is not one of about, "),
        ({"kind": "record", "wording": "about"}, "wording: a claim of this kind does not use it"),
        ({"to_year": None}, "to_year: a claim of this kind needs it"),
    ],
)
def test_a_table_of_ones_own_is_told_what_is_wrong_with_a_claim(
    published_starter: Settings, changed: Row, said: str | None
) -> None:
    row = asking(year=2022, value=116_338) | changed
    with open_published(published_starter) as con:
        con.execute("create temp table d as from published_documents limit 0")
        con.execute("insert into d (document_id, published_on) values ('asked', '2026-07-01')")
        con.execute("create temp table c as from published_claims limit 0")
        con.execute(
            f"insert into c ({', '.join(row)}) values ({', '.join('?' for _ in row)})",
            list(row.values()),
        )
        [(verdict, flags, explanation)] = con.execute(
            "select verdict, flags, explanation from claim_audit_of('d', 'c', '9999-12-31')"
        ).fetchall()
    if said is None:
        assert verdict == "confirmed"
        return
    assert verdict == "not_checkable"
    assert explanation.startswith("This claim cannot be evaluated: ")
    assert said in explanation
    assert "backfill" not in explanation
    assert flags is not None


@pytest.mark.parametrize(
    ("measure", "is_told"),
    [
        *(("forcibly_displaced", True), ("displaced_abroad+internally_displaced_stock", True)),
        ("refugees_and_oip+asylum_seekers_stock+internally_displaced_stock", True),
        ("displaced_abroad+palestine_refugees_stock", False),
    ],
)
def test_an_overlap_is_one_however_its_sum_is_spelled(
    published_starter: Settings, measure: str, is_told: bool
) -> None:
    cells = asking(year=2022, value=1) | {"measure": measure}
    with open_published(published_starter) as con:
        claim = audit.check(con, cells, date(2026, 7, 1))
    assert ("who is in two of these groups" in claim["to_print"]) is is_told


def test_a_bound_that_is_told_loosely_is_no_confusion(published_starter: Settings) -> None:
    """Of a threefold figure "more than doubled" is true, if not by the house's reading of over."""
    with open_published(published_starter) as con:
        # 116,338 of 2022 are 7.57 times the 15,362 of 2012: over 6 times, and an increase by 6.57.
        cells = asking(year=2022, value=6) | {
            "kind": "ratio", "base_from_year": 2012, "base_to_year": 2012,
            "wording": "over", "tolerance": None,
        }  # fmt: skip
        loose = audit.check(con, cells, date(2026, 7, 1))
        as_a_bound = cells | {"stated_value": None, "wording": None, "stated_low": "6"}
        assert audit.check(con, as_a_bound, date(2026, 7, 1))["verdict"] == "confirmed"
    assert loose["verdict"] == "not_reproduced"
    assert loose["meaning_verdict"] == "as_stated"
    assert loose["explanation"].startswith("What is stated holds as a bound")
    assert "--at-least" in loose["explanation"]
    assert "confused" not in loose["explanation"]


def test_a_verdict_is_never_guessed(published_starter: Settings, tmp_path: Path) -> None:
    cases = [
        ("2023-01-01", 2022, "No release of UNHCR's database is known"),
        ("2024-03-01", 2022, "asylum backfill --release 2023-06"),
        ("2025-08-01", 1999, "asylum backfill --release 2024-12"),
    ]
    rows = [asking(year, value=116_338) | {"published_on": day} for day, year, _ in cases]
    found = audited(published_starter, tmp_path / "x.csv", rows)
    for (_, _, said), claim in zip(cases, found, strict=True):
        assert claim["verdict"] == "not_checkable", said
        assert said in claim["explanation"]


def test_as_of_a_day_later_documents_are_left_out_and_now_is_that_day(
    published_starter: Settings,
) -> None:
    with open_published(published_starter) as con:
        before = audit.audit(con, as_of=date(2025, 7, 1))
        after = audit.audit(con, as_of=date(2026, 3, 1))
    assert before.later_documents == ["epoch_times_2026", "khabarhub_2026"]
    assert "safeguard_defenders_2025" in {claim["document_id"] for claim in before.claims}
    assert before.release == "2024-12"
    first = {c["claim_id"]: c for c in after.claims if c["document_id"] == "khabarhub_2026"}["1"]
    assert (first["verdict"], first["number_verdict"]) == ("misleading", "confirmed")
    assert first["value_newest"] == 178_725


# --- a made-up document on another country, with claims of every kind


@dataclass(frozen=True)
class Case:
    """A claim and what must come of it."""

    name: str
    kind: str
    verdict: str
    cells: Row = field(default_factory=dict)
    flags: tuple[str, ...] = ()


DAY = "2026-01-15"
YEARS = range(2020, 2026)
# Asylum-seekers from Syria by country of asylum, as release 2025-06 has them. Türkiye's of 2025 is
# that of 2024 once more.
ON_THE_DAY = {
    "TUR": [1_000, 1_200, 2_000, 1_500, 1_800, 1_800],
    "KEN": [200, 300, 400, 500, 700, 900],
    "ARE": [50, 60, 5, 5, 90, 95],
}
NEWEST_2025 = {"TUR": 2_600, "KEN": 950, "ARE": 96}
APPLICATIONS = {2024: 400, 2025: 300}
PROVISIONAL = ("provisional_at_publication",)
CARRIED = ("rests_on_carried_forward", "provisional_at_publication")
CASES = [
    Case("level", "level", "confirmed", {"year": 2024, "stated_value": 2_590}),
    Case(
        *("level_since_revised", "level", "confirmed_since_revised"),
        {"year": 2025, "stated_value": 2_795},
        CARRIED,
    ),
    Case(
        "level_wrong", "level", "not_reproduced", {"year": 2023, "asylum": "KEN", "stated_value": 9}
    ),
    Case(
        "level_within",
        "level",
        "confirmed",
        {"year": 2021, "asylum": "KEN", "stated_value": 298, "tolerance": 5},
    ),
    Case(
        *("level_bounds", "level", "confirmed"),
        {"year": 2023, "stated_low": 1_000, "stated_high": 9_999},
    ),
    Case(
        # No claims of the year are known of this country, so the number alone is judged.
        *("level_flow_is_the_stock", "level", "confirmed_since_revised"),
        {"year": 2025, "stated_value": 2_795, "measure": "applications_new", "read_as": "flow"},
        ("stock_read_as_flow", *PROVISIONAL),
    ),
    Case(
        *("level_flow", "level", "confirmed"),
        {"year": 2024, "stated_value": 400, "measure": "applications_new", "read_as": "flow"},
    ),
    Case(
        *("level_read_as_flow", "level", "confirmed"),
        {"year": 2024, "stated_value": 2_590, "read_as": "flow"},
        ("stock_read_as_flow",),
    ),
    Case(
        *("change", "change", "confirmed"),
        {"year": 2022, "base": 2021, "stated_value": 54.2, "tolerance": 0.05},
    ),
    # 2,590 / 2,000 of its own figures is 1.295; of the database 2,590 / 2,005.
    Case(
        *("change_is_the_ratio", "change", "misstated"),
        {"year": 2024, "base": 2023, "stated_value": 129, "tolerance": 0.6},
    ),
    Case(
        *("change_wrong_input", "change", "input_error"),
        {"year": 2024, "base": 2021, "stated_value": 72.7, "tolerance": 0.1},
    ),
    Case(
        *("ratio", "ratio", "confirmed"),
        {"year": 2024, "base": 2020, "stated_low": 2},
    ),
    Case(
        *("ratio_of_two_countries", "ratio", "confirmed"),
        {"year": 2021, "base": 2021, "asylum": "TUR", "base_asylum": "KEN", "stated_value": 4},
    ),
    Case("ratio_wrong", "ratio", "not_reproduced", {"year": 2024, "base": 2020, "stated_low": 3}),
    Case(
        *("sum", "sum", "confirmed"),
        {"first": 2020, "year": 2022, "stated_value": 5_215},
        ("stocks_added_up",),
    ),
    Case(
        *("sum_wrong_input", "sum", "input_error"),
        {"first": 2021, "year": 2022, "stated_value": 3_905},
        ("stocks_added_up",),
    ),
    Case(
        *("sum_wrong", "sum", "not_reproduced"),
        {"first": 2020, "year": 2022, "stated_value": 9_999},
        ("stocks_added_up",),
    ),
    Case(
        *("sum_of_flows", "sum", "confirmed"),
        {"first": 2024, "year": 2024, "stated_value": 400, "measure": "applications_new"},
    ),
    Case(
        *("range", "range", "confirmed"),
        {"first": 2020, "year": 2023, "stated_low": 1_250, "stated_high": 2_405},
    ),
    Case(
        *("range_wrong", "range", "not_reproduced"),
        {"first": 2020, "year": 2023, "stated_low": 1_000, "stated_high": 2_405},
    ),
    Case(
        *("comparison_above", "comparison", "confirmed"),
        {"year": 2024, "base": 2023, "relation": "above"},
    ),
    Case(
        *("comparison_below", "comparison", "not_reproduced"),
        {"year": 2024, "base": 2023, "relation": "below"},
    ),
    # 1,560 + 1,250 against 2,795: equal within a hundredth, and no longer.
    Case(
        *("comparison_equal", "comparison", "confirmed_since_revised"),
        {"year": 2025, "base": 2020, "base_to": 2021, "relation": "equal", "tolerance": 0.01},
        ("stocks_added_up", *CARRIED),
    ),
    Case("rank", "rank", "confirmed", {"year": 2024, "asylum": "KEN", "stated_value": 2}),
    Case(
        "rank_wrong", "rank", "not_reproduced", {"year": 2024, "asylum": "KEN", "stated_value": 1}
    ),
    Case(
        *("share", "share", "confirmed"),
        {"year": 2024, "asylum": "TUR", "stated_value": 69.5, "tolerance": 0.05},
    ),
    Case(
        *("share_wrong", "share", "not_reproduced"),
        {"year": 2024, "asylum": "TUR", "stated_low": 90},
    ),
    Case(
        *("count", "count", "confirmed"),
        {"year": 2024, "count_of": "countries", "threshold_low": 100, "stated_value": 2},
    ),
    Case(
        *("count_small", "count", "confirmed"),
        {
            **{"year": 2023, "count_of": "countries", "threshold_low": 1, "threshold_high": 9},
            **{"stated_value": 1},
        },
    ),
    Case(
        *("count_wrong", "count", "not_reproduced"),
        {"year": 2024, "count_of": "countries", "threshold_low": 100, "stated_low": 3},
    ),
    Case(
        *("count_of_years", "count", "confirmed"),
        {
            **{"first": 2020, "year": 2024, "count_of": "years", "threshold_low": 2_000},
            **{"stated_value": 3},
        },
    ),
    # Over one is two and more, and over two is no two.
    Case(
        *("count_over", "count", "confirmed"),
        {"year": 2024, "count_of": "countries", "threshold_low": 100, "stated_value": "1"}
        | {"wording": "over", "tolerance": ""},
    ),
    Case(
        *("count_over_wrong", "count", "not_reproduced"),
        {"year": 2024, "count_of": "countries", "threshold_low": 100, "stated_value": "2"}
        | {"wording": "over", "tolerance": ""},
    ),
    Case("record", "record", "confirmed", {"first": 2020, "year": 2024}),
    Case("record_wrong", "record", "not_reproduced", {"first": 2020, "year": 2023}),
    Case(
        *("threshold_year", "threshold_year", "confirmed"),
        {"first": 2020, "year": 2024, "threshold_low": 5_000, "stated_value": 2022},
        ("stocks_added_up",),
    ),
    Case(
        *("threshold_year_wrong", "threshold_year", "not_reproduced"),
        {"first": 2020, "year": 2024, "threshold_low": 5_000, "stated_value": 2023},
        ("stocks_added_up",),
    ),
    Case("year_not_held", "level", "not_checkable", {"year": 2010, "stated_value": 7}),
    # Among all origins, in a host, and of the largest.
    Case(
        *("place", "place", "confirmed"),
        {"year": 2024, "among": "origins", "stated_value": 1},
    ),
    Case(
        *("place_wrong", "place", "not_reproduced"),
        {"year": 2024, "origin": "CHN", "among": "origins_in_host", "asylum": "KEN"}
        | {"stated_value": 1},
    ),
    Case(
        *("share_of_world", "share_of", "confirmed"),
        {"year": 2024, "share_of": "world", "stated_value": "81 %", "tolerance": ""},
    ),
    Case(
        *("share_of_largest", "share_of", "confirmed"),
        {"year": 2024, "origin": "top:1", "share_of": "world", "stated_value": "81 %"}
        | {"tolerance": ""},
    ),
    Case(
        *("share_of_host_wrong", "share_of", "not_reproduced"),
        {"year": 2024, "asylum": "KEN", "share_of": "host", "stated_value": "1 in 3"},
    ),
    Case(
        *("world", "level", "confirmed"),
        {"year": 2024, "origin": "*", "stated_value": "3,190"},
    ),
    Case(
        *("two_origins", "level", "confirmed"),
        {"year": 2024, "origin": "SYR+CHN", "stated_value": "3,190"},
    ),
    Case(
        *("two_hosts", "level", "confirmed"),
        # UNHCR's ARE is Egypt, the register's codes are ISO3.
        {"year": 2024, "asylum": "KEN+EGY", "stated_value": "790"},
    ),
    Case(
        *("sum_of_measures", "level", "confirmed"),
        {"year": 2024, "measure": "refugees_stock+asylum_seekers_stock", "stated_value": "2,590"},
    ),
    Case(
        *("difference", "difference", "confirmed"),
        {"year": 2024, "base": 2023, "stated_value": "585"},
    ),
    Case(
        *("difference_wrong", "difference", "not_reproduced"),
        {"year": 2024, "base": 2022, "stated_value": "585"},
    ),
    Case(
        *("rising", "rising", "confirmed"),
        {"first": 2020, "year": 2024, "asylum": "KEN"},
    ),
    Case(
        *("rising_wrong", "rising", "not_reproduced"),
        {"first": 2020, "year": 2024},
    ),
    Case(
        # Not all countries and years are there.
        *("extreme", "extreme", "not_checkable"),
        {"year": 2024, "among": "origins"},
    ),
    Case(
        *("extreme_increase", "extreme", "not_checkable"),
        {"year": 2024, "base": 2023, "among": "origins"},
    ),
    Case(
        *("rate", "rate", "confirmed"),
        {
            **{"year": 2024, "asylum": "TUR", "stated_value": "400 %"},
            **{"measure": "applications_new", "base_measure": "applications_total"},
            **{"stated_value": "100 %"},
        },
    ),
    Case(
        *("rate_wrong", "rate", "not_reproduced"),
        {
            **{"year": 2024, "asylum": "TUR", "stated_value": "99 %"},
            **{"measure": "applications_new", "base_measure": "applications_total"},
        },
    ),
    Case(
        *("hosts", "count", "confirmed"),
        {"year": 2024, "origin": "*", "count_of": "hosts", "threshold_low": 100, "stated_value": 2},
    ),
    Case(
        *("origins_wrong", "count", "not_reproduced"),
        {
            **{"year": 2024, "origin": "*", "count_of": "origins", "threshold_low": 1},
            **{"stated_value": 3},
        },
    ),
    # Rounded as printed: its last digit is that of the hundreds.
    Case("rounded", "level", "confirmed", {"year": 2024, "stated_value": "2,600", "tolerance": ""}),
    Case(
        *("rounded_wrong", "level", "not_reproduced"),
        {"year": 2024, "stated_value": "2,500", "tolerance": ""},
    ),
    Case(
        *("over", "level", "confirmed"),
        {"year": 2024, "stated_value": "2,500", "wording": "over", "tolerance": ""},
    ),
    Case(
        *("under_wrong", "level", "not_reproduced"),
        {"year": 2024, "stated_value": "2,500", "wording": "under", "tolerance": ""},
    ),
    # Told as of the day, a mid-year figure is that of the release of the day.
    Case(
        *("mid_year", "level", "confirmed"),
        {"year": 2025, "reference_date": "2025-06-30", "stated_value": 2_795},
        CARRIED,
    ),
    Case("no_kind", "not_expressible", "not_checkable", {"year": 2024, "reading": "No kind"}),
    # What the document states of its inputs, right and wrong.
    Case("own_2021", "level", "not_reproduced", {"year": 2021, "stated_value": 1_500}),
    Case("own_2024", "level", "confirmed", {"year": 2024, "stated_value": 2_590}),
]


def written(case: Case) -> Row:
    """The case as a row of the register."""
    given = dict(case.cells)
    year = given.pop("year")
    base = given.pop("base", "")
    row = dict.fromkeys(claims.CLAIM_COLUMNS, "") | {
        "document_id": "made_up",
        "claim_id": case.name,
        "kind": case.kind,
        "measure": "asylum_seekers_stock",
        "counting_unit": "persons",
        "origin": given.pop("origin", "SYR"),
        "asylum": given.pop("asylum", ""),
        "from_year": given.pop("first", year),
        "to_year": year,
        "base_asylum": given.pop("base_asylum", ""),
        "base_from_year": base,
        "base_to_year": given.pop("base_to", base),
        "tolerance": 0,
        "document_word": "asylum seekers",
        "read_as": "stock"
        if claims.is_stock(given.get("measure", "refugees_stock").split("+")[0])
        else "flow",
        "paraphrase": f"Made up: {case.name}",
        "location": "Throughout",
    }
    return row | given


def write_register(folder: Path, documents: list[Row], rows: list[Row]) -> None:
    for name, columns, content in (
        (claims.DOCUMENTS, claims.DOCUMENT_COLUMNS, documents),
        (claims.CLAIMS, claims.CLAIM_COLUMNS, rows),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(content)


def land_syria(made_up: MadeUp) -> None:
    made_up.land_countries(release_id="2025-06")

    def stocks(release: str) -> list[Row]:
        others = [
            api_row("population", year, "CHI", "KEN", asylum_seekers=600 + 300 * (year == 2023))
            for year in YEARS
        ]
        return (
            others
            + [
                api_row("population", year, "SYR", asylum, asylum_seekers=stock)
                for asylum, series in ON_THE_DAY.items()
                for year, stock in zip(YEARS, series, strict=True)
                if not (release == "2025-12.1" and year == 2025)
            ]
            + [
                api_row("population", 2025, "SYR", asylum, asylum_seekers=stock)
                for asylum, stock in NEWEST_2025.items()
                if release == "2025-12.1"
            ]
        )

    for release in ("2025-06", "2025-12.1"):
        at = "2026-11-22T12:00:00Z" if release == "2025-06" else "2026-11-22T13:00:00Z"
        made_up.land_dataset(
            "population", stocks(release), release_id=release, at=at, years=(2020, 2025)
        )
        made_up.land_dataset(
            "asylum-applications",
            [
                api_row(
                    *("asylum-applications", year, "SYR", "TUR"),
                    **{"procedure_type": "G", "app_type": "N", "dec_level": "FI", "app_pc": "P"},
                    applied=applied * (2 if year == 2025 and release == "2025-12.1" else 1),
                )
                for year, applied in APPLICATIONS.items()
            ],
            release_id=release,
            at=at,
            years=(2024, 2025),
        )


@pytest.fixture(scope="module")
def judged(
    new_made_up: Callable[[], MadeUp], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Row]]:
    """What comes of each case: rows of the register and nothing else were added."""
    folder = tmp_path_factory.mktemp("register")
    document = {
        "document_id": "made_up",
        "publisher": "Nobody",
        "title": "Syrians who wait",
        "published_on": DAY,
        "day_note": "",
        "source": "made up",
    }
    write_register(folder, [document], [written(case) for case in CASES])
    claims.check_register(folder)
    made_up = new_made_up()
    land_syria(made_up)
    con = made_up.build()
    for name in (claims.DOCUMENTS, claims.CLAIMS):
        con.execute(f"delete from reference.{name}")
        con.execute(
            f"insert into reference.{name} from read_csv('{folder / name}.csv', all_varchar = true)"
        )
    made_up.project.make(
        con,
        [
            *("int_claim_inputs_answered", "mart_claim_inputs_history", "mart_claim_inputs"),
            *("int_claims_answered", "mart_claim_audit_history", "mart_claim_audit"),
        ],
    )
    found = con.execute("select * from marts.mart_claim_audit")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    by_function = con.execute(
        "select claim_id, verdict, explanation from marts.claim_audit_of("
        "'reference.published_documents', 'reference.published_claims', date '9999-12-31')"
    ).fetchall()
    con.close()
    answers = {row["claim_id"]: row for row in rows}
    assert sorted(by_function) == sorted(
        (row["claim_id"], row["verdict"], row["explanation"]) for row in rows
    )
    yield answers


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_claim_on_another_country_is_judged_without_new_sql(
    judged: dict[str, Row], case: Case
) -> None:
    claim = judged[case.name]
    assert claim["verdict"] == case.verdict, claim["explanation"]
    assert claim["flags"] == ", ".join(case.flags)


def test_every_kind_has_a_claim_that_holds_and_one_that_does_not() -> None:
    # Nobody's inhabitants are landed here, nor all countries and years that the largest ever is
    # among (tests/full_scale/test_claims.py has those); what has no kind has no verdict.
    for kind in claim_lists.kinds().keys() - {"per_head", "extreme", "not_expressible"}:
        verdicts = {case.verdict for case in CASES if case.kind == kind}
        assert verdicts & {"confirmed", "confirmed_since_revised"}, kind
        assert verdicts - {"confirmed", "confirmed_since_revised"}, kind


def test_an_input_error_names_the_input(judged: dict[str, Any]) -> None:
    assert "2021: 1,500 stated, 1,560 at publication" in judged["change_wrong_input"]["explanation"]
    assert "which is the whole difference" in judged["sum_wrong_input"]["explanation"]


# --- the commands


@pytest.fixture
def asylum(
    published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(published_starter.data_dir))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app.app, arguments)
        return result.exit_code, result.output

    return run


def test_the_audit_as_json_has_every_claim_with_its_inputs(
    asylum: Callable[..., tuple[int, str]],
) -> None:
    code, out = asylum("claims", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert len(found) == len({(c["document_id"], c["claim_id"]) for c in found}) == 149
    # The starter extract has neither every dataset nor every release.
    of_the_first = ("safeguard_defenders_2025", "khabarhub_2026")
    assert all(claim["inputs"] for claim in found if claim["document_id"] in of_the_first)
    of_sum = next(c for c in found if (c["document_id"], c["claim_id"]) == ("khabarhub_2026", "4"))
    inputs = [i for i in of_sum["inputs"] if i["input_role"] == "figure"]
    assert sum(i["value_on_the_day"] for i in inputs) == of_sum["value_on_the_day"]
    order = [c["claim_id"] for c in found if c["document_id"] == "safeguard_defenders_2025"]
    assert order[:3] == ["1", "2", "3"]
    assert order[-1] == "13"


def test_the_audit_as_csv_and_markdown_says_the_same(
    asylum: Callable[..., tuple[int, str]],
) -> None:
    code, out = asylum("claims", "--format", "csv", "--document", "khabarhub_2026")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert rows[0]["verdict"] == "misleading"
    assert rows[0]["number_verdict"] == "confirmed_since_revised"
    # What a claim is compared with, and what may be printed of it.
    by_id = {row["claim_id"]: row for row in rows}
    assert by_id["2a"]["base_from_year"] == "2024"
    assert {"base_measure", "among", "share_of", "count_of", "threshold_low", "per"} <= set(rows[0])
    assert "end of 2025: at least 99,716 (178,725 on" in by_id["1"]["to_print"]
    code, markdown = asylum("claims", "--format", "markdown", "--document", "khabarhub_2026")
    assert code == 0
    lines = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert len(lines) == len(rows) + 1
    assert all(line.count(" | ") == lines[0].count(" | ") for line in lines)
    assert "release 2025-12.1" in markdown
    assert "| ≥ 25,198 | ≥ 99,716 | misleading | a stock read as a flow; " in markdown.replace(
        "\u00a0", " "
    )
    assert "stock_read_as_flow" not in markdown


def test_a_claim_in_full_lists_no_country_that_it_is_only_counted_among(
    asylum: Callable[..., tuple[int, str]],
) -> None:
    code, out = asylum("claims", "--document", "khabarhub_2026", "--explain")
    assert code == 0
    assert "flow_figure" in out, "what it is worked out on is listed"
    assert "flow_whole" in out
    assert "peer" not in out


def test_the_table_shows_each_claim_and_explains_it_on_request(
    asylum: Callable[..., tuple[int, str]],
) -> None:
    code, out = asylum("claims", "--document", "safeguard_defenders_2025", "--explain")
    assert code == 0
    assert "2,989, which is the whole difference" in " ".join(out.split())
    code, out = asylum("claims")
    assert code == 0
    assert "misstated" in out
    assert "1,158,739" in out


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        ("claims --document nobody", 1, "safeguard_defenders_2025"),
        ("claims --as-of yesterday", 2, "is not a day"),
        ("claims --as-of 2020-01-01", 1, "no release that was out on 2020-01-01"),
        ("breaks --as-of 2020-01-01", 1, "no release that was out on 2020-01-01"),
        (
            "claims --document khabarhub_2026 --as-of 2024-01-01",
            *(1, "khabarhub_2026 came out on 2026-02-01, after 2024-01-01."),
        ),
        (
            "check --origin CHN --year 2012-2024 --from-year 2020 --value 1 --published 2026-02-01",
            *(2, "--from-year: '2012-2024' has a first year"),
        ),
        (
            "check --origin CHN --year 2024-W26 --value 1 --published 2026-02-01",
            *(2, "--year: '2024-W26' is not a year"),
        ),
        (
            "check --origin CHN --year 2024 --base-year abc --value 1 --published 2026-02-01",
            *(2, "--base-year: 'abc' is not a year"),
        ),
        (
            "check --origin CHN --year 2024 --value lots --published 2026-02-01",
            *(2, "--value: 'lots' is not a figure"),
        ),
        (
            "check --origin CHN --year 1949 --value 1 --published 2026-02-01",
            *(1, "evaluated: --year: 1949 is not between 1951"),
        ),
        (
            "check --origin QQQ --year 2025 --value 1 --published 2026-02-01",
            *(2, "QQQ"),
        ),
        (
            "check --asylum Africa --year 2025 --value 1 --published 2026-02-01",
            *(2, "Give a group of countries: unhcr_middle_east_and_north_africa. Groups of "),
        ),
        (
            "check --origin CHN --year 2025 --value 5 --wording about --kind place --among origins "
            "--published 2026-02-01",
            *(1, "--wording: a place does not use it"),
        ),
        ("breaks --asylum QQQ", 2, "QQQ"),
        ("breaks --asylum GFR", 2, "DEU"),
        (
            "check --origin CHN --year 2025 --value 1 --kind change --published 2026-02-01",
            *(1, "needs it"),
        ),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    asylum: Callable[..., tuple[int, str]], question: str, code: int, said: str
) -> None:
    found, out = asylum(*question.split())
    assert found == code
    assert said in " ".join(out.split())


def test_a_change_is_checked_on_the_spot(asylum: Callable[..., tuple[int, str]]) -> None:
    asked = ["check", "--origin", "CHN", "--year", "2024", "--kind", "change", "--value"]
    for value, verdict in (("169", "misstated"), ("69", "confirmed, later revised")):
        code, out = asylum(*asked, value, "--base-year", "2019", "--published", "2025-01-13")
        assert code == 0
        assert verdict in out


@pytest.mark.parametrize("per", ["1,000", "1000"])
def test_inhabitants_may_be_written_as_they_are_printed(
    asylum: Callable[..., tuple[int, str]], per: str
) -> None:
    code, out = asylum(
        *("check", "--origin", "CHN", "--year", "2024", "--kind", "per_head", "--value", "3"),
        *("--per", per, "--published", "2026-02-01"),
    )
    assert code == 0, out
    assert "3 per 1,000" in out


def test_no_sum_of_stocks_is_printed_nor_one_of_groups_that_overlap(
    asylum: Callable[..., tuple[int, str]],
) -> None:
    cells = ("check", "--origin", "CHN", "--value", "1", "--published", "2026-02-01")
    _, out = asylum(*cells, "--kind", "sum", "--year", "2013-2024")
    assert "nothing, since a stock added up over years" in " ".join(out.split())
    _, out = asylum(*cells, "--measure", "forcibly_displaced", "--year", "2024")
    assert "nothing, since the database has no figure" in " ".join(out.split())


def test_what_is_printed_says_what_a_figure_is_compared_with_or_what_is_missing(
    asylum: Callable[..., tuple[int, str]],
) -> None:
    cells = ("check", "--origin", "CHN", "--value", "1", "--published", "2026-02-01")
    for asked, said in (
        (
            ("--kind", "ratio", "--year", "2019", "--base-year", "2012"),
            "end of 2019: 6.79 times as many as at the end of 2012.",
        ),
        (
            ("--kind", "ratio", "--year", "2019", "--base-year", "1999"),
            "as a multiple of the end of 1999: nothing, since the warehouse has no figure of 1999.",
        ),
        (
            ("--asylum", "un_europe", "--year", "2019"),
            "Asylum-seekers from China in Europe (UN region), end of 2019: ",
        ),
    ):
        code, out = asylum(*cells, *asked)
        assert code == 0, out
        assert said in " ".join(out.replace("\xa0", " ").split())


def test_a_file_of_claims_names_all_who_count_its_figures(
    asylum: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "kind,measure,origin,to_year,stated_value,per\n"
        "level,internally_displaced_stock,CHN,2024,1,\n"
        "per_head,asylum_seekers_stock,CHN,2024,1,1000\n"
    )
    code, out = asylum("audit", str(path), "--published", "2026-02-01")
    assert code == 0, out
    told = " ".join(out.split())
    assert "Internally displaced people: Internal Displacement Monitoring Centre (IDMC)." in told
    assert "Inhabitants: World Bank" in told


def test_a_file_of_a_day_to_come_is_refused(
    asylum: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    header = "kind,measure,to_year,stated_value,published_on"
    path.write_text(f"{header}\nlevel,refugees_stock,2024,1,9998-12-31\n")
    code, out = asylum("audit", str(path))
    assert code == 1
    assert "line 2, column published_on: 9998-12-31 is still to come" in " ".join(out.split())
