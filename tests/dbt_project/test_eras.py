"""Eras, single years held against them, records, new destinations and regions.

On the starter extract they are held against the tables they are about, and what they say of China
against figures worked by hand; a made-up world shows that an era needs a row of the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Rows = list[Any]

MEASURES = [
    *("refugees_stock", "asylum_seekers_stock", "applications_new"),
    *("decisions_recognized", "decisions_rejected", "decisions_total"),
]


def values(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return con.execute(sql).fetchall()


# China's eras, as worked by hand from the starter extract.


def test_hu_jintaos_years_come_to_what_they_add_up_to(starter: duckdb.DuckDBPyConnection) -> None:
    assert values(
        starter,
        "select first_year_counted, counted_to_year, year_count, known_year_count, stock_years, "
        "flow_sum, lowest_value, lowest_year, highest_value, highest_year, mean_value, "
        "change_over_era, is_complete, is_open, is_provisional from marts.mart_era_comparison "
        "where era_id = 'hu_jintao' and measure = 'asylum_seekers_stock'",
    ) == [
        (
            *(2003, 2012, 10, 10, 165_573, None, 7_732, 2010, 21_257, 2003, 16_557.3),
            *(15_362 - 21_257, True, False, False),
        )
    ]


def test_2022_alone_does_not_equal_hu_jintaos_era_and_2024_is_the_first_year_that_does(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    found = values(
        starter,
        "select reference_year, year_value, stock_years, era_sum_ratio, is_sum_reached, "
        "sum_reached_year from marts.mart_era_years where era_id = 'hu_jintao' "
        "and measure = 'asylum_seekers_stock' and reference_year in (2022, 2024) order by 1",
    )
    assert found == [
        (2022, 116_338, 165_573, 116_338 / 165_573, False, 2024),
        (2024, 180_960, 165_573, 180_960 / 165_573, True, 2024),
    ]


def test_an_era_that_goes_on_has_no_year_after_it(starter: duckdb.DuckDBPyConnection) -> None:
    assert values(
        starter,
        "select distinct era_position, sum_reached_year from marts.mart_era_years "
        "where era_id = 'xi_jinping' order by 1",
    ) == [("before", None), ("within", None)]


def test_two_conventions_for_one_leader_overlap_and_say_so(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    assert values(
        starter,
        "select earlier_era_id, later_era_id, overlap_first_year, overlap_last_year, "
        "overlap_year_count, is_same_leader from marts.mart_era_pairs "
        "where measure = 'asylum_seekers_stock' order by all",
    ) == [
        ("hu_jintao", "xi_jinping", None, None, 0, False),
        ("hu_jintao", "xi_jinping_since_2012", 2012, 2012, 1, False),
        ("hu_jintao", "xi_jinping_to_2024", None, None, 0, False),
        ("xi_jinping_since_2012", "xi_jinping", 2013, 2025, 13, True),
        ("xi_jinping_since_2012", "xi_jinping_to_2024", 2013, 2024, 12, True),
        ("xi_jinping_to_2024", "xi_jinping", 2013, 2024, 12, True),
    ]


def test_years_not_held_are_in_no_sum_and_cases_stand_beside_persons(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    """The starter extract holds applications from 2017 on; in cases until 2020."""
    assert values(
        starter,
        "select era_id, counting_unit, flow_sum, stock_years, known_year_count, "
        "unknown_year_count, is_complete, is_also_in_other_unit from marts.mart_era_comparison "
        "where era_id in ('hu_jintao', 'xi_jinping') and measure = 'applications_new' order by all",
    ) == [
        ("hu_jintao", "cases", None, None, 0, 10, False, False),
        ("hu_jintao", "persons", None, None, 0, 10, False, False),
        ("xi_jinping", "cases", 39_088, None, 4, 9, False, True),
        ("xi_jinping", "persons", 221_633, None, 9, 4, False, True),
    ]


# What must agree with what, for all that is there.


@pytest.mark.parametrize("measure", MEASURES)
def test_the_sum_of_an_era_is_the_sum_of_its_years_in_the_yearly_mart(
    starter: duckdb.DuckDBPyConnection, measure: str
) -> None:
    compared = values(
        starter,
        f"""
        select era.era_id, era.counting_unit, coalesce(era.stock_years, era.flow_sum),
            sum(year.{measure}) filter (where year.reference_year
                between era.first_year_counted and era.counted_to_year)
        from marts.mart_era_comparison as era
        left join marts.mart_origin_yearly as year using (origin_unhcr_code, counting_unit)
        where era.measure = '{measure}'
        group by all
        """,
    )
    assert compared
    assert [row for row in compared if row[2] != row[3]] == []


def test_a_stock_has_stock_years_and_a_flow_a_sum_and_none_has_both(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    kinds = dict(
        values(
            starter,
            "select measure, stock_or_flow from reference.measures "
            "where endpoint in ('population', 'asylum-applications', 'asylum-decisions', "
            "'displacement-flows')",
        )
    )
    found = values(
        starter,
        "select measure, stock_years, flow_sum from marts.mart_era_comparison "
        "where known_year_count > 0",
    )
    assert {kinds[measure] for measure, *_ in found} == {"stock", "flow"}
    for measure, stock_years, flow_sum in found:
        is_stock = kinds[measure] == "stock"
        assert (stock_years is not None, flow_sum is not None) == (is_stock, not is_stock), measure


def test_no_series_begins_before_its_measure(starter: duckdb.DuckDBPyConnection) -> None:
    found = values(
        starter,
        "select records.measure, min(reference_year), any_value(first_year) "
        "from marts.mart_origin_records as records "
        "join reference.measures using (measure) "
        "where endpoint in ('population', 'asylum-applications', 'asylum-decisions') "
        "group by records.measure",
    )
    assert {measure for measure, *_ in found} >= set(MEASURES)
    assert [row for row in found if row[1] < row[2]] == []
    # Of Chinese asylum-seekers nothing is known before 2000, though others' series begins in 1993.
    assert [row[1] for row in found if row[0] == "asylum_seekers_stock"] == [2000]


def test_records_agree_with_the_highest_to_date_of_the_yearly_mart(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    compared = values(
        starter,
        "select reference_year, is_record_to_date, "
        "asylum_seekers_stock = asylum_seekers_stock_highest_to_date "
        "from marts.mart_origin_records join marts.mart_origin_yearly "
        "using (origin_unhcr_code, counting_unit, reference_year) "
        "where measure = 'asylum_seekers_stock'",
    )
    assert len(compared) == 26
    assert [row for row in compared if row[1] != row[2]] == []
    assert values(
        starter,
        "select reference_year, year_rank from marts.mart_origin_records "
        "where origin_iso3 = 'CHN' and measure = 'asylum_seekers_stock' and year_rank <= 3 "
        "order by 2",
    ) == [(2024, 1), (2023, 2), (2021, 3)]


def test_regions_agree_with_the_shares_of_concentration(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    for scheme, region, column in (
        ("unhcr", "The Americas", "unhcr_region_the_americas_share"),
        ("unhcr", "Europe", "unhcr_region_europe_share"),
        ("un", "Oceania", "un_region_oceania_share"),
        ("un", "Asia", "un_region_asia_share"),
    ):
        compared = values(
            starter,
            f"select reference_year, coalesce(asylum_seekers_share, 0), {column} "
            "from marts.mart_destination_concentration "
            "left join marts.mart_region_yearly as region "
            "using (origin_unhcr_code, reference_year) "
            f"where region_scheme = '{scheme}' and region_name = '{region}' "
            "and counting_unit = 'persons'",
        )
        assert len(compared) > 10
        assert [row for row in compared if row[1] != pytest.approx(row[2])] == []


def test_new_destinations_are_those_that_the_destinations_say_were_first_above(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    assert values(
        starter,
        "select origin_unhcr_code, asylum_unhcr_code, reference_year "
        "from marts.mart_destination_new where measure = 'asylum_seekers_stock' order by all",
    ) == values(
        starter,
        "select distinct origin_unhcr_code, asylum_unhcr_code, "
        "asylum_seekers_stock_first_year_above_1000 from marts.mart_destination_yearly "
        "where row_kind = 'pair' and asylum_seekers_stock_first_year_above_1000 is not null "
        "order by all",
    )
    # Known: Italy's highest before. Not known: the United States', held from 2012 on.
    assert values(
        starter,
        "select asylum_iso3, reference_year, year_value, previous_highest_value, is_known_before "
        "from marts.mart_destination_new where measure = 'asylum_seekers_stock' "
        "and origin_iso3 = 'CHN' and asylum_iso3 in ('ITA', 'USA') order by 1",
    ) == [("ITA", 2024, 2_641, 878, True), ("USA", 2012, 5_403, None, False)]


# A made-up world, whose eras are a row of the seed each.

MADE = [
    *("int_measures_of_origins_unpivoted", "dim_era", "mart_origin_records_history"),
    *("mart_origin_records", "mart_era_comparison", "mart_era_pairs", "mart_era_years"),
]
TOTALS = [
    f"intermediate.int_{dataset}_totals_in_force"
    for dataset in (
        *("population", "asylum_applications", "asylum_decisions"),
        *("displacement_flows", "solutions", "idmc", "unrwa"),
    )
]
FACT = f"build.{TOTALS[0]}"
YEARS = range(2000, 2012)


@pytest.fixture(scope="module")
def world(
    in_memory: Callable[[], duckdb.DuckDBPyConnection], project: Any
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of eras as views over totals and eras that a test fills in."""
    with in_memory() as con:
        project.like_starter(
            con,
            [
                *(
                    *TOTALS,
                    "intermediate.int_breaks_of_years",
                    "marts.dim_country",
                    "reference.eras",
                ),
                *("intermediate.int_unknown_origins_left", "reference.special_origins"),
                "reference.inhabitants_added",
            ],
        )
        project.like_starter(con, ["reference.measures"], rows=True)
        con.execute(
            "insert into build.marts.dim_country by name select * from (values "
            "('SYR', 'SYR', 'Syrian Arab Rep.'), ('ARE', 'EGY', 'Egypt')) "
            "as known (unhcr_code, iso3, country_name)"
        )
        project.make(con, MADE, views=True)
        yield con


def fill(
    con: duckdb.DuckDBPyConnection,
    stocks: dict[tuple[str, int], int | None],
    eras: list[tuple[str, str, int, int | None]],
    provisional: int = 9999,
) -> None:
    """Totals by UNHCR code and year, and eras: name, ISO3, years."""
    con.execute(f"delete from {FACT}")
    con.execute("delete from build.reference.eras")
    rows = [(code, year, stock, year >= provisional) for (code, year), stock in stocks.items()]
    if rows:
        con.executemany(
            f"insert into {FACT} (total_by, country_unhcr_code, reference_year, "
            "asylum_seekers_stock, is_provisional, valid_from) "
            "values ('origin', ?, ?, ?, ?, date '2026-06-25')",
            rows,
        )
    if eras:
        con.executemany(
            "insert into build.reference.eras (era_id, leader, country_iso3, first_year_counted, "
            "last_year_counted) values (?, 'Leader ' || ?, ?, ?, ?)",
            [(name, name, *rest) for name, *rest in eras],
        )


def test_a_row_of_the_seed_brings_an_era_of_any_country_into_every_table(
    world: duckdb.DuckDBPyConnection,
) -> None:
    stocks: dict[tuple[str, int], int | None] = {("ARE", year): year - 1999 for year in YEARS}
    stocks |= {("SYR", year): 10 for year in YEARS}
    tables = MADE[-3:]
    fill(world, stocks, [])
    assert [values(world, f"select count(*) from marts.{name}") for name in tables] == [[(0,)]] * 3
    # EGY is Egypt, which UNHCR calls ARE; 2012 is later than what is held.
    fill(world, stocks, [("one", "EGY", 2000, 2003), ("two", "EGY", 2004, 2012)], provisional=2011)
    assert values(
        world,
        "select era_id, origin_unhcr_code, stock_years, year_count, unknown_year_count, "
        "is_complete, is_provisional from marts.mart_era_comparison order by all",
    ) == [("one", "ARE", 10, 4, 0, True, False), ("two", "ARE", 68, 9, 1, False, True)]
    assert values(
        world,
        "select earlier_era_id, later_era_id, mean_ratio, stock_years_ratio, is_complete, "
        "is_provisional from marts.mart_era_pairs",
    ) == [("one", "two", 8.5 / 2.5, 6.8, False, True)]
    assert values(
        world,
        "select distinct sum_reached_year, mean_reached_year, highest_reached_year "
        "from marts.mart_era_years where era_id = 'one'",
    ) == [(2009, 2004, 2004)]


years = st.integers(YEARS.start, YEARS.stop - 1)
stock_of_year = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 3_000_000))


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(
    stocks=st.dictionaries(years, stock_of_year, max_size=12),
    other=st.dictionaries(years, st.integers(1, 9), max_size=2),
    first=years,
    length=st.one_of(st.none(), st.integers(1, 14)),
)
def test_of_any_figures_an_era_its_years_and_records_say_what_python_says(
    world: duckdb.DuckDBPyConnection,
    stocks: dict[int, int | None],
    other: dict[int, int],
    first: int,
    length: int | None,
) -> None:
    last = None if length is None else first + length - 1
    figures: dict[tuple[str, int], int | None] = {("SYR", y): v for y, v in stocks.items()}
    fill(world, figures | {("ARE", y): v for y, v in other.items()}, [("era", "SYR", first, last)])
    begin = min((year for year, stock in stocks.items() if stock), default=None)
    series = {
        year: stock
        for year, stock in sorted(stocks.items())
        if stock is not None and begin is not None and year >= begin
    }
    found = values(
        world,
        "select reference_year, year_value, year_rank, is_record, is_record_to_date, "
        "is_near_record, distance_to_record from marts.mart_origin_records "
        "where origin_unhcr_code = 'SYR' order by 1",
    )
    record = max(series.values(), default=0)
    assert found == [
        (
            *(year, stock, 1 + sum(one > stock for one in series.values()), stock == record),
            stock > 0 and stock == max(v for y, v in series.items() if y <= year),
            0 < stock < record and (record - stock) / record <= 0.05,
            record - stock,
        )
        for year, stock in series.items()
    ]
    [*rows] = values(
        world,
        "select counted_to_year, year_count, known_year_count, stock_years, lowest_value, "
        "highest_value, mean_value, is_complete from marts.mart_era_comparison",
    )
    if not series:
        assert rows == []
        return
    newest = max([*series, *other])
    to = last if last is not None else max(newest, first - 1)
    known = {year: stock for year, stock in series.items() if first <= year <= to}
    total = sum(known.values()) if known else None
    count = to - first + 1
    assert rows == [
        (
            *(to, count, len(known), total),
            *(min(known.values(), default=None), max(known.values(), default=None)),
            *(None if total is None else total / len(known), 0 < count == len(known)),
        )
    ]
    after = [y for y, stock in series.items() if y > to and total and stock >= total]
    reached = values(world, "select distinct sum_reached_year from marts.mart_era_years")
    assert reached == [(min(after, default=None),)]
