"""From which year on a country's figures are loaded, by what the queries covered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from warehouse.exports.loaded import loaded_from, since_by_code

FIRST, SECOND = date(2025, 6, 12), date(2026, 6, 25)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A starter extract of two releases; with the second, all of population from one query for
    Syria, and of Chad the pairs with every origin.
    """
    with duckdb.connect() as con:
        con.execute(
            """
            create table measures as
            select * from (
                values
                    ('population', 'refugees_stock', 1960, 1951),
                    ('population', 'asylum_seekers_stock', 2000, 2000),
                    ('displacement-flows', 'new_asylum_claims', 1970, 1970)
            ) as measures (endpoint, measure, first_origin_year, first_asylum_year);
            create table coverage_in_force as
            select * from (
                values
                    ('population', 'by_origin', 'CHN', '-', 2000, false, false, $first, $second),
                    ('population', 'by_origin', 'CHN', '-', 2000, false, false, $second, null),
                    ('population', 'by_origin', 'SYR', '-', 0, false, false, $second, null),
                    ('population', 'by_asylum', '-', 'USA', 2012, false, false, $first, $second),
                    ('population', 'by_asylum', '-', 'USA', 2025, false, false, $first, $second),
                    ('population', 'by_asylum', '-', 'USA', 2001, false, false, $second, null),
                    ('population', 'pairs', '*', 'TCD', 0, true, false, $second, null),
                    ('population', 'pairs', 'CHN', 'DEU', 0, false, false, $second, null),
                    ('displacement-flows', 'by_asylum', '-', '*', 2005, false, true, $second, null)
            ) as parts (
                endpoint, slice, origin_cell, asylum_cell, from_year, covers_all_origins,
                covers_all_asylums, valid_from, valid_to
            )
            """,
            {"first": FIRST, "second": SECOND},
        )
        yield con


def test_of_a_measure_that_begins_earlier_the_first_year_loaded_is_known(
    con: duckdb.DuckDBPyConnection,
) -> None:
    origins, asylums = since_by_code(con, "origin"), since_by_code(con, "asylum")
    assert origins.of("CHN") == {"refugees_stock": 2000}
    assert origins.of("SYR") == {}, "all years of it are loaded"
    assert origins.of("AFG") == {}, "nothing of it is"
    claims = {"new_asylum_claims": 2005}
    assert asylums.of("USA") == claims | {"asylum_seekers_stock": 2001, "refugees_stock": 2001}
    assert asylums.of("TCD") == claims, "of each country that has no query of its own"
    assert asylums.of("DEU") == claims, "a pair is not the whole of a country"


def test_a_release_is_told_by_what_was_loaded_of_it(con: duckdb.DuckDBPyConnection) -> None:
    def of(side: str, code: str) -> list[tuple[object, ...]]:
        assert side in ("origin", "asylum")
        return con.execute(
            f"select valid_from, valid_to, from_year from ({loaded_from(side)}) "
            "where code = $code and measure = 'refugees_stock' order by valid_from",
            {"code": code},
        ).fetchall()

    assert of("asylum", "USA") == [(FIRST, SECOND, 2012), (SECOND, None, 2001)]
    assert of("origin", "CHN") == [(FIRST, None, 2000)], "equal neighbours are one"
