"""What the files of the site hold of a row of a mart's history."""

from __future__ import annotations

import duckdb

from warehouse.exports.site import data


def test_of_a_stock_that_is_not_known_no_part_is() -> None:
    with duckdb.connect() as con:
        found = con.execute(
            f"""
            select {data._CARRIED}
            from (
                values (0, false, 0), (null, null, 0), (0, true, 0), (300, false, 120)
            ) as history (
                asylum_seekers_stock, is_asylum_seekers_stock_complete,
                asylum_seekers_carried_forward_stock
            )
            """
        ).fetchall()
    assert [carried for (carried,) in found] == [None, None, 0, 120]
    for figures in (data._PAIR_FIGURES, data._YEAR_FIGURES):
        assert figures["carried"] == data._CARRIED
