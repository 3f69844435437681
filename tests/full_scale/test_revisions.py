"""What ten real releases changed, what they only carried forward, and what comes of the claims of
the two documents with all countries of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from tests.full_scale.conftest import ALL, RELEASES, Ten

pytestmark = [pytest.mark.full_scale, pytest.mark.timeout(1800)]

# Dataset, measure of ours, and the same over the rows of a parquet file.
MEASURES = [
    ("population", "asylum_seekers_stock", "asylum_seekers", "'P'"),
    ("population", "refugees_stock", "refugees", "'P'"),
    ("asylum-applications", "applications_total", "applied", "app_pc"),
    ("asylum-applications", "applications_new", "if(app_type = 'N', applied, null)", "app_pc"),
    ("asylum-decisions", "decisions_rejected", "dec_rejected", "dec_pc"),
]


@pytest.fixture(scope="module")
def con(ten: Ten) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(f"attach '{ten.settings.build_db}' as build (read_only)")
        con.execute("use build.marts")
        yield con


def stood(table: str, day: str) -> str:
    """The rows of a table's history that stood on a day."""
    return (
        f"(from {table}_history where valid_from <= date '{day}' "
        f"and (valid_to > date '{day}' or valid_to is null))"
    )


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


@pytest.mark.parametrize(("dataset", "measure", "column", "unit"), MEASURES)
def test_revisions_are_the_differences_between_the_files_of_two_releases(
    con: duckdb.DuckDBPyConnection, dataset: str, measure: str, column: str, unit: str
) -> None:
    """Held against the files alone; what is absent counts as zero on both sides."""
    table = dataset.replace("-", "_")
    levels = {"pair": ["coo", "coa"], "origin": ["coo"], "asylum": ["coa"]}
    found = 0
    for before, after in pairwise(ALL):
        for level, keys in levels.items():
            key = ", ".join(["year", "unit", *keys])

            def sums(release: str, key: str = key) -> str:
                file = RELEASES / release / f"{table}.parquet"
                return (
                    f"(select {key}, sum(v) as v from (select *, {unit} as unit, {column} as v "
                    f"from '{file}') group by all)"
                )

            changed = (
                f"select {key}, coalesce(b.v, 0) as v_before, coalesce(a.v, 0) as v_after "
                f"from {sums(before)} as b full outer join {sums(after)} as a using ({key}) "
                f"where year <= (select max(year) from {sums(before)}) "
                "and coalesce(a.v, 0) <> coalesce(b.v, 0)"
            )
            codes = {"coo": "origin_unhcr_code", "coa": "asylum_unhcr_code"}
            ours = (
                f"select reference_year, counting_unit[1].upper(), "
                f"{', '.join(codes[side] for side in keys)}, "
                f"coalesce(value_before, 0), coalesce(value_after, 0) from mart_revisions "
                f"where release_id = '{after}' and dataset = '{dataset}' "
                f"and measure = '{measure}' and level = '{level}' "
                "and coalesce(value_before, 0) <> coalesce(value_after, 0)"
            )
            expected = set(rows(con, changed))
            assert set(rows(con, ours)) == expected, (after, level)
            found += len(expected)
    assert found > 1000


def test_the_stock_from_china_in_2025_was_revised_once_when_it_became_final(
    con: duckdb.DuckDBPyConnection,
) -> None:
    china = "from mart_revisions where level = 'origin' and origin_iso3 = 'CHN' "
    stock = "and measure = 'asylum_seekers_stock' and reference_year = "
    shown = (
        "select value_before, value_after, difference, round(fraction, 3), kind, "
        "release_id_before, release_id "
    )
    assert rows(con, f"{shown} {china} {stock} 2025") == [
        (178_725, 99_716, -79_009, -0.442, "provisional_to_final", "2025-06.1", "2025-12.0")
    ]
    assert rows(con, f"{shown} {china} {stock} 2024") == [
        (176_239, 180_960, 4_721, 0.027, "provisional_to_final", "2024-06", "2024-12")
    ]
    assert rows(
        con,
        "select first_value, newest_value, change_since_first, revision_count, largest_move, "
        "days_until_final, first_release_id from mart_revision_summary "
        "where origin_iso3 = 'CHN' and measure = 'asylum_seekers_stock' and reference_year = 2025",
    ) == [(178_725, 99_716, -79_009, 1, -79_009, 212, "2025-06")]


def test_applications_from_china_in_2025_were_revised_twice(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        con,
        "select counting_unit, release_id, kind, value_before, value_after from mart_revisions "
        "where level = 'origin' and origin_iso3 = 'CHN' and measure = 'applications_total' "
        "and reference_year = 2025 order by all",
    )
    # Persons and cases apart; together they were 11,815, then 30,740, then 30,858.
    assert found == [
        ("cases", "2025-12.0", "provisional_to_final", 1_102, 3_108),
        ("persons", "2025-12.0", "provisional_to_final", 10_713, 27_632),
        ("persons", "2025-12.1", "correction", 27_632, 27_750),
    ]


@pytest.mark.parametrize(
    ("release", "basis", "pairs", "persons"),
    [
        ("2024-06", "end_of_year_before", 44, 567_046),
        ("2024-12", "end_of_year_before", 19, 33_141),
        ("2025-06", "end_of_year_before", 216, 3_305_337),
        ("2025-12.0", "end_of_year_before", 25, 41_551),
        ("2024-12", "mid_year", 177, 3_253_368),
        ("2025-06", "mid_year", 0, None),
    ],
)
def test_stocks_of_asylum_seekers_are_carried_forward(
    con: duckdb.DuckDBPyConnection, release: str, basis: str, pairs: int, persons: int | None
) -> None:
    assert rows(
        con,
        "select count(*), sum(carried_forward_stock) from mart_carried_forward "
        f"where measure = 'asylum_seekers_stock' and release_id = '{release}' "
        f"and basis = '{basis}'",
    ) == [(pairs, persons)]


def test_the_united_states_did_not_report_the_middle_of_2025(
    con: duckdb.DuckDBPyConnection,
) -> None:
    at = "measure = 'asylum_seekers_stock' and basis = 'end_of_year_before' and release_id = "
    assert rows(
        con,
        "select large_pair_count, carried_forward_pair_count, carried_forward_stock, "
        "carried_forward_share > 0.99, is_not_reported from mart_carried_forward_by_asylum "
        f"where asylum_iso3 = 'USA' and {at} '2025-06'",
    ) == [(143, 143, 3_182_518, True, True)]
    assert rows(
        con,
        "select carried_forward_pair_count, is_not_reported from mart_carried_forward_by_asylum "
        f"where asylum_iso3 = 'USA' and {at} '2025-12.0'",
    ) == [(0, False)]
    assert rows(
        con,
        "select carried_forward_stock from mart_carried_forward "
        f"where origin_iso3 = 'CHN' and asylum_iso3 = 'USA' and {at} '2025-06'",
    ) == [(147_909,)]


def test_some_twenty_pairs_a_year_repeat_in_settled_years(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select carried_forward_pair_count from mart_carried_forward_yearly "
        "where measure = 'asylum_seekers_stock' and reference_year between 2016 and 2025 "
        "order by reference_year",
    )
    assert [count for (count,) in found] == [19, 16, 14, 17, 19, 20, 18, 24, 19, 25]


def test_a_row_of_a_mart_says_what_is_carried_forward_and_how_often_it_was_revised_as_of_a_day(
    con: duckdb.DuckDBPyConnection,
) -> None:
    shown = (
        "select asylum_seekers_stock, asylum_seekers_carried_forward_stock, "
        "asylum_seekers_revision_count, is_provisional "
    )
    pair = "where origin_iso3 = 'CHN' and asylum_iso3 = 'USA' and reference_year = 2025"
    unit = "and counting_unit = 'persons'"
    origin = "where origin_iso3 = 'CHN' and reference_year = 2025"
    as_of = stood("mart_destination_yearly", "2026-02-01")
    of_origin = stood("mart_origin_yearly", "2026-02-01")
    assert rows(con, f"{shown} from {as_of} {pair} {unit}") == [(147_909, 147_909, 0, True)]
    assert rows(con, f"{shown} from mart_destination_yearly {pair} {unit}") == [
        (68_691, 0, 1, False)
    ]
    [(stock, carried, count, provisional)] = rows(con, f"{shown} from {of_origin} {origin} {unit}")
    assert (stock, count, provisional) == (178_725, 0, True)
    assert carried >= 147_909
    assert rows(con, f"{shown} from mart_origin_yearly {origin} {unit}")[0][2:] == (1, False)
    [(total,)] = rows(
        con,
        "select sum(asylum_seekers_carried_forward_stock) "
        f"from {of_origin} where reference_year = 2025",
    )
    assert total == 3_305_337


@pytest.fixture(scope="module")
def audit(ten: Ten) -> dict[tuple[str, str], dict[str, Any]]:
    with duckdb.connect(str(ten.settings.build_db), read_only=True) as con:
        found = con.execute("select * from marts.mart_claim_audit")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["document_id"].split("_")[0], row["claim_id"]): row for row in rows}


def test_every_claim_is_decided_where_all_countries_are_held(
    audit: dict[tuple[str, str], dict[str, Any]],
) -> None:
    of_two = {key: one for key, one in audit.items() if key[0] in ("safeguard", "khabarhub")}
    assert len(of_two) == 39
    assert [key for key, claim in of_two.items() if claim["verdict"] == "not_checkable"] == []


def test_dozens_of_countries_and_many_single_digits_are_confirmed(
    audit: dict[tuple[str, str], dict[str, Any]], ten: Ten
) -> None:
    with duckdb.connect(str(ten.settings.build_db), read_only=True) as con:
        [(above_zero, single_digit)] = con.execute(
            "select count(*), count(*) filter (where asylum_seekers_stock < 10) "
            f"from {stood('marts.fct_population_yearly', '2026-02-01')} "
            "where origin_iso3 = 'CHN' and reference_year = 2025 and asylum_seekers_stock > 0"
        ).fetchall()
    assert audit["khabarhub", "9a"]["value_on_the_day"] == above_zero >= 24
    assert audit["khabarhub", "9b"]["value_on_the_day"] == single_digit >= 10
    assert audit["khabarhub", "9a"]["verdict"] == "confirmed"
    assert audit["khabarhub", "9b"]["verdict"] == "confirmed"


def test_the_sum_of_the_decade_stands_beside_the_people_who_claimed_asylum(
    audit: dict[tuple[str, str], dict[str, Any]],
) -> None:
    claim = audit["safeguard", "6"]
    assert claim["value_on_the_day"] == 1_161_728
    assert claim["as_flow_value_on_the_day"] == 402_266
    assert claim["as_flow_value_newest"] == 409_625
    assert claim["meaning_verdict"] == "stocks_added_up"


def test_a_fall_beside_a_rise_of_unknown_origin_is_told(
    audit: dict[tuple[str, str], dict[str, Any]],
) -> None:
    said = audit["khabarhub", "5a"]["explanation"]
    assert "the stock of unknown origin went from 10,494 to 1,437,190" in said
    assert "unknown origin" not in audit["safeguard", "1"]["explanation"]
