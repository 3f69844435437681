"""Since when a stock that was carried forward is the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from warehouse.exports.unchanged import carried_forward

END_23 = date(2023, 12, 31)
JUNE_24, END_24 = date(2024, 6, 30), date(2024, 12, 31)
JUNE_25 = date(2025, 6, 30)


class Published:
    """The published tables that are read, filled with what a test says."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        con.execute(
            "create table mart_carried_forward (origin_iso3 varchar default 'CHN', "
            "origin_unhcr_code varchar, asylum_unhcr_code varchar, asylum_name varchar, "
            "measure varchar, basis varchar, release_id varchar, published_on date, "
            "reference_date date, earlier_reference_date date, carried_forward_stock bigint)"
        )
        con.execute(
            "create table mart_carried_forward_by_asylum (asylum_unhcr_code varchar, "
            "measure varchar, basis varchar, release_id varchar, carried_forward_share double)"
        )
        con.execute(
            "create table mart_destination_yearly (origin_iso3 varchar default 'CHN', "
            "origin_unhcr_code varchar, asylum_unhcr_code varchar, reference_year integer, "
            "counting_unit varchar default 'persons', row_kind varchar default 'pair', "
            "is_population_provisional boolean default false, asylum_seekers_stock bigint, "
            "refugees_stock bigint)"
        )

    def repeated(
        self, of: date, earlier: date, stock: int, *, asylum: str = "USA", share: float = 0.5
    ) -> None:
        basis = "mid_year" if earlier.month == 6 else "end_of_year_before"
        values = (asylum, "asylum_seekers_stock", basis, f"{of:%Y-%m}")
        self.con.execute(
            "insert into mart_carried_forward by name select ? as asylum_unhcr_code, "
            "? as measure, ? as basis, ? as release_id, ? as published_on, ? as reference_date, "
            "? as earlier_reference_date, ? as carried_forward_stock",
            [*values, of, of, earlier, stock],
        )
        self.con.execute(
            "insert into mart_carried_forward_by_asylum values (?, ?, ?, ?, ?)", [*values, share]
        )

    def ends(self, stocks: dict[int, int], asylum: str = "USA") -> None:
        self.con.executemany(
            "insert into mart_destination_yearly by name select ? as asylum_unhcr_code, "
            "? as reference_year, ? as asylum_seekers_stock, 0 as refugees_stock",
            [[asylum, year, stock] for year, stock in stocks.items()],
        )

    def since(self) -> dict[str, date]:
        return {
            row["release_id"]: row["unchanged_since"] for row in carried_forward(self.con, "CHN")
        }


@pytest.fixture
def published() -> Iterator[Published]:
    with duckdb.connect() as con:
        yield Published(con)


def test_a_figure_that_was_carried_forward_twice_is_unchanged_since_the_first_time(
    published: Published,
) -> None:
    # As the United States: half a year, the end of the year, and half a year again.
    published.repeated(END_24, JUNE_24, 147909)
    published.repeated(JUNE_25, END_24, 147909)
    assert published.since() == {"2024-12": JUNE_24, "2025-06": JUNE_24}


def test_another_figure_between_ends_it(published: Published) -> None:
    published.repeated(END_24, END_23, 500)
    published.repeated(JUNE_25, END_24, 600)
    published.repeated(END_24, END_23, 600, asylum="CAN")
    assert published.since() == {"2024-12": END_23, "2025-06": END_24}


def test_a_country_stands_once_with_the_oldest_date_and_the_larger_share(
    published: Published,
) -> None:
    published.repeated(END_24, JUNE_24, 900, share=0.2)
    published.repeated(END_24, END_23, 900, share=0.3)
    [row] = carried_forward(published.con, "CHN")
    assert row["unchanged_since"] == END_23
    assert row["carried_forward_stock"] == 900 and row["carried_forward_share"] == 0.3


def test_it_leads_back_over_years_before_the_first_release_that_is_loaded(
    published: Published,
) -> None:
    # As Tibetans in Nepal, 12,540 at the end of each year from 2019.
    published.ends({2018: 13509, 2019: 12540, 2020: 12540, 2021: 12540, 2022: 12540, 2023: 12540})
    published.ends({2015: 12540}, asylum="CAN")
    published.repeated(JUNE_24, END_23, 12540)
    assert published.since() == {"2024-06": date(2019, 12, 31)}
    # A year without a figure says nothing of whether it was the same.
    published.con.execute("delete from mart_destination_yearly where reference_year = 2021")
    assert published.since() == {"2024-06": date(2022, 12, 31)}


def test_a_provisional_year_is_no_end_of_a_year(published: Published) -> None:
    published.ends({2022: 700, 2023: 700})
    published.con.execute(
        "update mart_destination_yearly set is_population_provisional = reference_year = 2023"
    )
    published.repeated(END_24, END_23, 700)
    assert published.since() == {"2024-12": END_23}


def test_another_origin_s_figures_are_not_followed(published: Published) -> None:
    published.repeated(END_24, JUNE_24, 300)
    published.con.execute("update mart_carried_forward set origin_iso3 = 'SYR'")
    published.repeated(JUNE_25, END_24, 300)
    assert published.since() == {"2025-06": END_24}
