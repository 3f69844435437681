"""What the starter extract alone knows of revisions and of what is carried forward."""

from __future__ import annotations

from typing import Any

import duckdb


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_the_stock_from_china_in_2025_was_revised_once_when_it_became_final(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        starter,
        "select reference_year, value_before, value_after, kind from marts.mart_revisions "
        "where level = 'origin' and origin_iso3 = 'CHN' and measure = 'asylum_seekers_stock' "
        "and reference_year >= 2024 order by reference_year",
    )
    assert found == [
        (2024, 176_239, 180_960, "provisional_to_final"),
        (2025, 178_725, 99_716, "provisional_to_final"),
    ]
    assert rows(
        starter,
        "select asylum_seekers_revision_count, is_provisional from marts.mart_origin_yearly "
        "where origin_iso3 = 'CHN' and reference_year = 2025 and counting_unit = 'persons'",
    ) == [(1, False)]


def test_a_final_figure_takes_the_place_of_a_provisional_one_only_where_there_was_one(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(
        starter,
        "select kind, value_before is null, value_after is null from marts.mart_revisions "
        "where is_provisional_before and not is_provisional group by all order by all",
    )
    assert found == [
        ("appeared", True, False),
        ("disappeared", False, True),
        ("provisional_to_final", False, False),
    ]


def test_the_united_states_are_carried_forward_and_whether_they_reported_is_not_known(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    """Of one origin alone it cannot be told that all of a country's stocks repeat."""
    at = (
        "where asylum_iso3 = 'USA' and release_id = '2025-06' "
        "and measure = 'asylum_seekers_stock' and basis = 'end_of_year_before'"
    )
    assert rows(
        starter,
        f"select origin_iso3, carried_forward_stock from marts.mart_carried_forward {at}",
    ) == [("CHN", 147_909), (None, 10_494)]
    assert rows(
        starter,
        "select carried_forward_stock, pairs_stock, carried_forward_share, is_not_reported "
        f"from marts.mart_carried_forward_by_asylum {at}",
    ) == [(158_403, None, None, None)]


def test_a_total_of_a_country_of_asylum_is_revised_where_all_its_origins_are_known_together(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    levels = rows(
        starter,
        "select level, bool_and(dataset in ('population', 'displacement-flows')) "
        "from marts.mart_revisions group by level order by level",
    )
    assert levels == [("asylum", True), ("origin", False), ("pair", True)]
