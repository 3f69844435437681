"""Profiles of snapshots: alike where the figures are alike, whatever the way they came by."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb
import pytest

from tests.dbt_project.made_up import Row, api_row
from warehouse.build import raw
from warehouse.releases import profiles
from warehouse.releases.profiles import Missing, Reach, Total
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS

POPULATION = ENDPOINTS["population"]
ROWS = [
    api_row("population", 2024, "CHI", "USA", refugees=1_000, asylum_seekers=180_960, idps=0),
    api_row("population", 2024, "SYR", "TUR", refugees=2_900_000),
    api_row("population", 2025, "CHI", "USA", refugees=1_100, asylum_seekers=99_716),
    api_row("population", 2025, "CHI", "AUL", asylum_seekers=5),
    api_row("population", 2025, "STA", "KEN", refugees=70),
    api_row("population", 2025, "ARE", "AUS", refugees=10),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as opened:
        raw._create_tables(opened)
        yield opened


Put = Callable[..., None]


@pytest.fixture
def put(con: duckdb.DuckDBPyConnection) -> Put:
    """Loads rows as one snapshot, as text, and makes its profile."""

    def load(snapshot_id: str, rows: Sequence[Row], endpoint: str = "population") -> None:
        shape = ENDPOINTS[endpoint]
        values = [
            [snapshot_id, "pairs", at, *(None if v is None else str(v) for v in row.values())]
            for at, row in enumerate(rows, start=1)
        ]
        names = ", ".join(f'"{name}"' for name in rows[0])
        con.executemany(
            f"insert into raw.{shape.table} (_snapshot_id, _slice, _row_number, {names}) "
            f"values ({', '.join('?' * len(values[0]))})",
            values,
        )
        profiles.make(con, shape, snapshot_id)

    return load


def digest(con: duckdb.DuckDBPyConnection, snapshot_id: str, endpoint: str = "population") -> str:
    return profiles.digests(con)[endpoint, snapshot_id][0]


def test_order_ids_names_and_iso3_leave_the_digest_as_it_is(
    con: duckdb.DuckDBPyConnection, put: Put
) -> None:
    put("api", ROWS)
    shuffled = [dict(row) for row in ROWS]
    random.Random(1).shuffle(shuffled)
    for row in shuffled:
        row |= {"coo_id": 7, "coa_name": "renamed"}
        if row["coo"] == "STA":
            row["coo_iso"] = None  # as the archive has it
    put("archive", shuffled)
    assert digest(con, "api") == digest(con, "archive")
    assert profiles.difference(con, "population", "api", "archive", Reach()) == {}


@pytest.mark.parametrize(
    ("at", "change"),
    [
        (0, {"asylum_seekers": 180_961}),
        (0, {"idps": "-"}),
        (3, {"coa": "UKR"}),
        (1, {"year": 2023}),
        (2, {"refugees": 99_716, "asylum_seekers": 1_100}),
    ],
    ids=["a-count", "zero-or-unknown", "a-country", "a-year", "two-counts-swapped"],
)
def test_any_other_change_is_another_digest(
    con: duckdb.DuckDBPyConnection, put: Put, at: int, change: dict[str, Any]
) -> None:
    put("before", ROWS)
    put("after", [{**row, **change} if i == at else row for i, row in enumerate(ROWS)])
    assert digest(con, "before") != digest(con, "after")
    assert profiles.difference(con, "population", "before", "after", Reach())


def test_a_row_more_or_less_is_another_digest(con: duckdb.DuckDBPyConnection, put: Put) -> None:
    put("before", ROWS)
    put("after", ROWS[:-1])
    assert digest(con, "before") != digest(con, "after")
    assert profiles.difference(con, "population", "before", "after", Reach()) == {2025: 1}


def test_the_digest_of_some_countries_is_that_of_a_crawl_of_these_alone(
    con: duckdb.DuckDBPyConnection, put: Put
) -> None:
    put("whole", ROWS)
    put("china", [row for row in ROWS if row["coo"] == "CHI"])
    china = Reach(frozenset({"CHN"}))
    assert profiles.digest_within(con, "population", "whole", china) == digest(con, "china")
    newest = Reach(frozenset({"CHN"}), year_from=2025)
    assert profiles.digest_within(con, "population", "whole", newest) != digest(con, "china")
    nobody = Reach(frozenset({"FNC"}))
    assert profiles.digest_within(con, "population", "whole", nobody) == profiles.NO_ROWS


CHINA_IN_THE_USA = Reach(frozenset({"CHN"}), frozenset({"USA"}))


def test_a_comparison_says_by_year_and_country_what_was_there_is_there_and_is_less(
    con: duckdb.DuckDBPyConnection, put: Put
) -> None:
    put("before", ROWS)
    put("now", [{**ROWS[0], "refugees": 1_500}, *ROWS[2:4], {**ROWS[2], "year": 2026}])
    moved = profiles.compare(con, POPULATION, "before", "now", Reach())
    year = moved.years["origin"][2024]
    assert year.rows == Total(before=2, now=1, lost=1)
    assert year.totals["refugees"] == Total(2_901_000, 1_500, 2_900_000), "Syria's alone is lost"
    assert moved.years["origin"][2026].rows == Total(before=0, now=1, lost=0)
    # By ISO3, or UNHCR's code: Egypt is ARE in UNHCR's codes, and Austria AUS.
    assert moved.countries["origin"]["EGY"].rows == Total(1, 0, 1)
    assert moved.countries["asylum"]["AUT"].totals["refugees"] == Total(10, 0, 10)
    assert moved.countries["origin"]["CHN"].totals["refugees"] == Total(2_100, 3_700, 0)
    assert Missing("origin", "SYR", 2024, 2_900_000) in moved.missing
    assert Missing("asylum", "KEN", 2025, 70) in moved.missing


def test_beside_a_third_one_counts_what_both_have(con: duckdb.DuckDBPyConnection, put: Put) -> None:
    put("before", ROWS)
    put("beside", [{**ROWS[1], "refugees": 4}, ROWS[3]])
    put("now", ROWS[2:])
    moved = profiles.compare(con, POPULATION, "before", "now", Reach(), beside_id="beside")
    assert moved.years["origin"][2024].rows == Total(1, 0, 1)
    assert moved.years["origin"][2024].totals["refugees"].lost == 4
    assert moved.years["origin"][2025].rows.lost == 0


def test_of_a_comparison_within_a_reach_only_its_pairs_are_part(
    con: duckdb.DuckDBPyConnection, put: Put
) -> None:
    put("whole", ROWS)
    put("part", [row for row in ROWS if (row["coo"], row["coa"]) == ("CHI", "USA")])
    moved = profiles.compare(con, POPULATION, "whole", "part", CHINA_IN_THE_USA)
    assert moved.missing == []
    assert {year: part.rows for year, part in moved.years["origin"].items()} == {
        2024: Total(1, 1, 0),
        2025: Total(1, 1, 0),
    }


def test_codes_are_counted(con: duckdb.DuckDBPyConnection, put: Put) -> None:
    codes = {"procedure_type": "G", "app_type": "N", "dec_level": "NA"}
    put(
        "a",
        [
            api_row("asylum-applications", 2025, "CHI", "USA", applied=9, app_pc="P", **codes),
            api_row("asylum-applications", 2025, "CHI", "USA", applied=4, app_pc="C", **codes),
        ],
        "asylum-applications",
    )
    found = profiles.codes(con, "asylum-applications", "a")
    assert found["app_pc"] == {"P": 1, "C": 1}
    assert found["app_type"] == {"N": 2}


def test_control_totals_are_no_part_of_a_profile(con: duckdb.DuckDBPyConnection, put: Put) -> None:
    put("a", ROWS)
    before = con.execute("select * from raw.snapshot_profiles order by all").fetchall()
    con.execute(
        "insert into raw.population by name (select * replace ('by_origin' as _slice, '-' as coa) "
        "from raw.population)"
    )
    profiles.make(con, POPULATION, "a")
    assert con.execute("select * from raw.snapshot_profiles order by all").fetchall() == before


# Where codes say what is counted ------------------------------------------------------------------


def flow(year: int, coo: str, coa: str, pt: str, count: int) -> Row:
    return api_row(FLOWS, year, coo, coa, pt=pt, count=count)


FLOW_ROWS = [
    flow(2024, "CHI", "USA", "ASY", 39_536),
    flow(2024, "SYR", "TUR", "REF", 7_000),
    flow(2024, "SYR", "TUR", "ASY", 40),
    flow(2025, "CHI", "USA", "ASY", 12_000),
    flow(2025, "CHI", "AUL", "REF", 0),
    flow(2025, "STA", "KEN", "ROC", 70),
    flow(2025, "ARE", "AUS", "OIP", 10),
]
SPLIT = {"REF": ("GRP", "TMP"), "ASY": ("ASY", "ASR")}


def split(rows: Sequence[Row]) -> list[Row]:
    """The same figures under the codes of 2026: each of two parts, with the same sum."""
    out = []
    for row in rows:
        size = int(row["count"])
        for code, part in zip(
            SPLIT.get(row["pt"], (row["pt"],)), (size - size // 3, size // 3), strict=False
        ):
            whole = size if row["pt"] not in SPLIT else part
            out.append(row | {"pt": code, "count": whole or "0"})
    return out


def test_a_measure_told_under_other_codes_is_the_same_content(
    con: duckdb.DuckDBPyConnection, put: Put
) -> None:
    put("before", FLOW_ROWS, FLOWS)
    renamed = [row | {"pt": "GRP" if row["pt"] == "REF" else row["pt"]} for row in FLOW_ROWS]
    put("renamed", renamed, FLOWS)
    put("split", split(FLOW_ROWS), FLOWS)
    assert len(split(FLOW_ROWS)) > len(FLOW_ROWS)
    assert len({digest(con, name, FLOWS) for name in ("before", "renamed", "split")}) == 1
    for name in ("renamed", "split"):
        assert profiles.difference(con, FLOWS, "before", name, Reach()) == {}
        moved = profiles.compare(con, ENDPOINTS[FLOWS], "before", name, Reach())
        year = moved.years["origin"][2024]
        assert year.rows == Total(2, 2, 0), "a row is a pair, whatever codes it has"
        assert year.totals["new_asylum_claims"] == Total(39_576, 39_576, 0)
        assert year.totals["refugee_arrivals"] == Total(7_000, 7_000, 0)
        assert moved.missing == []
    assert profiles.codes(con, FLOWS, "split")["pt"]["TMP"] == 2


@pytest.mark.parametrize(
    ("at", "change"),
    [
        (0, {"count": 39_537}),
        (0, {"pt": "REF"}),
        (0, {"pt": "NEW"}),
        (5, {"pt": "OIP"}),
        (4, {"count": "-"}),
        (3, {"coa": "CAN"}),
        (3, {"year": 2023}),
    ],
    ids=["a-count", "a-measure", "an-unknown-code", "another", "zero", "a-country", "a-year"],
)
def test_any_other_change_of_flows_is_another_content(
    con: duckdb.DuckDBPyConnection, put: Put, at: int, change: dict[str, Any]
) -> None:
    put("before", FLOW_ROWS, FLOWS)
    put("after", [{**row, **change} if i == at else row for i, row in enumerate(FLOW_ROWS)], FLOWS)
    assert digest(con, "before", FLOWS) != digest(con, "after", FLOWS)
    assert profiles.difference(con, FLOWS, "before", "after", Reach())


def test_what_an_unknown_code_counts_is_in_no_measure_and_not_lost(
    con: duckdb.DuckDBPyConnection, put: Put
) -> None:
    put("before", FLOW_ROWS, FLOWS)
    more = flow(2025, "CHI", "USA", "NEW", 3)
    put("after", [*FLOW_ROWS, more], FLOWS)
    put("other", [*FLOW_ROWS, {**more, "count": 4}], FLOWS)
    moved = profiles.compare(con, ENDPOINTS[FLOWS], "before", "after", Reach())
    assert moved.years["origin"][2025].totals["new_asylum_claims"] == Total(12_000, 12_000, 0)
    assert profiles.codes(con, FLOWS, "after")["pt"]["NEW"] == 1
    assert len({digest(con, name, FLOWS) for name in ("before", "after", "other")}) == 3


def test_other_codes_in_the_list_have_profiles_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = profiles.version(ENDPOINTS[FLOWS])
    known = profiles.measure_of()
    monkeypatch.setattr(profiles, "measure_of", lambda: known | {"NEW": "oip_arrivals"})
    assert profiles.version(ENDPOINTS[FLOWS]) != before
    assert profiles.version(POPULATION) == profiles.VERSION
