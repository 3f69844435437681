"""What the files of the site hold of a row of a mart's history."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from warehouse.exports.site import data, hosts


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


@pytest.mark.parametrize(
    ("origins", "said"),
    [
        (
            {"CHN": 20, "IND": 10},
            "people from 2 countries of those loaded here were waiting in Japan.",
        ),
        (
            {"CHN": 20, "STA": 1, "UKN": 1437},
            "people from 1 country of those loaded here were waiting in Japan, and ≥ 1,437 people "
            "of unknown origin and 1 stateless person.",
        ),
        ({"UKN": 1437}, "those waiting in Japan were ≥ 1,437 people of unknown origin."),
    ],
)
def test_people_of_no_country_are_told_beside_the_countries_of_origin(
    origins: dict[str, int], said: str
) -> None:
    with duckdb.connect() as con:
        con.execute(
            """
            create table mart_destination_yearly as
            select
                if(length(code) = 3 and code not in ('STA', 'UKN'), code, null) as origin_iso3,
                code as origin_unhcr_code, code as origin_name, 'JPN' as asylum_iso3,
                'JPN' as asylum_unhcr_code, 'persons' as counting_unit, 'pair' as row_kind,
                2025 as reference_year, date '2025-12-31' as reference_date,
                stock as asylum_seekers_stock, code <> 'UKN' as is_asylum_seekers_stock_complete,
                null::bigint as new_asylum_claims, null::boolean as is_new_asylum_claims_complete,
                false as is_flows_provisional
            from (select unnest($1::varchar[]) as code, unnest($2::bigint[]) as stock)
            """,
            [[*origins], [*origins.values()]],
        )
        rows: list[dict[str, Any]] = hosts.origins_by_asylum(con)["JPN"]
    assert rows[0]["reference_date"] == date(2025, 12, 31)
    [sentence] = hosts.origins_section("Japan", rows).sentences
    assert sentence.replace("\u00a0", " ") == f"On 31 December 2025 {said}"
