"""What the files of the site hold of a row of a mart's history."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from warehouse.exports.origin_years import breaks_by_origin
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


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_from_when_to_when_a_record_is_uncertain_stands_in_one_order_however_rows_come(
    order: str,
) -> None:
    with duckdb.connect() as con:
        con.execute(
            f"""
            create table site_days as
            select range as number, date '2020-01-01' + range::integer as day from range(9);
            create table site_records as
            select
                'LSO' as code, 'stock' as measure, date '2020-01-01' as valid_from,
                date '2020-01-01' + range::integer as valid_to
            from range(1, 9)
            order by valid_to {order}
            """
        )
        [(_, told)] = con.execute(data._RECORDS_OF["origin"]).fetchall()
    assert told["ended"] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_breaks_of_one_size_stand_in_one_order_however_rows_come(order: str) -> None:
    with duckdb.connect() as con:
        con.execute(
            f"""
            create table break_kinds as
            select *, false as makes_incomplete, 0 as bears_from_share
            from (
                values ('estimate_replaced'), ('origin_divided'), ('origin_dropped')
            ) as kinds (kind)
            order by kind {order};
            create table mart_reporting_breaks as
            select
                kind, 'BLR' as asylum_iso3, 'BLR' as asylum_unhcr_code, 'Belarus' as asylum_name,
                1997 as reference_year, 'refugees_stock' as measure, 'persons' as counting_unit,
                30525 as persons, kind as note
            from break_kinds
            order by kind {order};
            create table mart_reporting_break_origins as
            select *, 'TJK' as origin_iso3, 'TJK' as origin_unhcr_code
            from mart_reporting_breaks;
            create table mart_origin_yearly as
            select
                'TJK' as origin_unhcr_code, 'persons' as counting_unit, 1997 as reference_year,
                1 as asylum_seekers_stock, 1 as refugees_stock, 1 as new_asylum_claims,
                1 as decisions_total
            """
        )
        found = [hosts.breaks_by_asylum(con)["BLR"], breaks_by_origin(con)["TJK"]]
    for breaks in found:
        kinds = [one.kind for one in breaks]
        assert kinds == ["estimate_replaced", "origin_divided", "origin_dropped"]
