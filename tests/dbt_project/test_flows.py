"""How many people from China claimed asylum, by the starter extract: figures that UNHCR gave."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.published.read import open_published
from warehouse.settings import Settings

CLAIMS = "select {what} from {table} where origin_iso3 = 'CHN' and counting_unit = 'persons'"


def one(con: duckdb.DuckDBPyConnection, query: str) -> object:
    [(value,)] = con.execute(query).fetchall()
    return value


@pytest.fixture
def published(published_starter: Settings):
    with open_published(published_starter) as con:
        yield con


@pytest.mark.parametrize(
    ("first", "last", "newest", "at_publication"),
    [
        # Safeguard Defenders, of January 2025
        *((2012, 2024, 409_625, 402_266), (2024, 2024, 55_606, 48_277)),
        *((2019, 2019, 32_648, 32_648), (2012, 2012, 26_428, 26_428)),
        *((2003, 2012, 253_545, 253_545), (2022, 2022, 16_666, 16_647)),
    ],
)
def test_people_from_china_who_claimed_asylum_by_2025_and_today(
    published: duckdb.DuckDBPyConnection, first: int, last: int, newest: int, at_publication: int
) -> None:
    years = f" and reference_year between {first} and {last}"
    what = "sum(new_asylum_claims)"
    for table, wanted in (
        ("mart_origin_yearly", newest),
        ("origin_yearly_as_of('2025-01-13')", at_publication),
    ):
        assert one(published, CLAIMS.format(what=what, table=table) + years) == wanted


def test_the_half_year_of_2025_is_without_the_united_states_and_says_what_that_had(
    published: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "new_asylum_claims, is_flows_provisional, is_new_asylum_claims_complete, "
        "new_asylum_claims_missing_year_before > 39000, flows_release_id"
    )
    found = published.execute(
        CLAIMS.format(what=columns, table="origin_yearly_as_of('2026-02-01')")
        + " and reference_year = 2025"
    ).fetchall()
    assert found == [(9_307, True, False, True, "2025-06")]
    in_usa = "new_asylum_claims is not null and asylum_iso3 = 'USA' and reference_year = 2025"
    for table, count in (
        ("destination_yearly_as_of('2026-02-01')", 0),
        ("mart_destination_yearly", 1),
    ):
        found = published.execute(
            f"select new_asylum_claims, is_new_asylum_claims_complete from {table} "
            f"where {in_usa} and origin_iso3 = 'CHN'"
        ).fetchall()
        assert found == [(5_024, False)] * count, "not known is no row, and not zero"


def test_years_are_incomplete_where_countries_withheld_origins_or_did_not_report(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = published.execute(
        CLAIMS.format(
            what="reference_year, is_new_asylum_claims_complete", table="mart_origin_yearly"
        )
        + " and new_asylum_claims is not null"
    ).fetchall()
    # Canada withheld origins of 2019 on; of years before 2012 no country of asylum is loaded.
    assert {year for year, is_complete in found if is_complete is False} == {2019, 2021, 2024, 2025}
    assert {year for year, is_complete in found if is_complete is None} == set(range(2000, 2012))


def test_eras_have_the_flow_beside_the_stock_years(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute(
        "select era_id, flow_sum, cast(round(mean_value) as integer) from mart_era_comparison "
        "where measure = 'new_asylum_claims' and era_id in ('hu_jintao', 'xi_jinping_to_2024') "
        "order by era_id"
    ).fetchall()
    assert found == [("hu_jintao", 253_545, 25_355), ("xi_jinping_to_2024", 383_197, 31_933)]


def test_pairs_totals_shares_and_regions_add_up(published: duckdb.DuckDBPyConnection) -> None:
    apart = published.execute(
        """
        with pairs as (
            select reference_year, sum(new_asylum_claims) as claims,
                round(sum(new_asylum_claims_share), 9) as shares
            from mart_destination_yearly
            where counting_unit = 'persons' and origin_iso3 = 'CHN' group by all
        ), regions as (
            select reference_year, sum(new_asylum_claims) as claims
            from mart_region_yearly
            where counting_unit = 'persons' and region_scheme = 'un' and origin_iso3 = 'CHN'
            group by all
        )
        select * from mart_origin_yearly as years
        left join pairs using (reference_year)
        left join regions using (reference_year)
        where years.counting_unit = 'persons' and years.new_asylum_claims > 0
            and years.origin_iso3 = 'CHN'
            and (years.new_asylum_claims, years.new_asylum_claims, 1.0)
            is distinct from (pairs.claims, regions.claims, pairs.shares)
        """
    ).fetchall()
    assert apart == []


def test_a_document_is_told_in_one_sentence_that_can_be_quoted(
    published: duckdb.DuckDBPyConnection,
) -> None:
    told = dict(
        published.execute("select document_id, as_flow_sentence from mart_claim_summary").fetchall()
    )
    assert told["safeguard_defenders_2025"] == (
        "Read as people who claimed asylum, its 1,158,739 for 2012 to 2024 is some 2.8 times too "
        "high: at least 409,625."
    )
    assert "at least 408,395" in told["khabarhub_2026"]
    assert "for 2012 to mid-2024 is some" in told["taipei_times_2025"]


def test_verdicts_say_whether_the_number_is_there_and_what_it_counts(
    published: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        claim: tuple(verdicts)
        for claim, *verdicts in published.execute(
            "select document_id[1] || claim_id, number_verdict, meaning_verdict, verdict "
            "from mart_claim_audit "
            "where document_id in ('khabarhub_2026', 'safeguard_defenders_2025')"
        ).fetchall()
    }
    there, revised = "confirmed", "confirmed_since_revised"
    assert found["k1"] == (revised, "stock_read_as_flow", "misleading")
    assert found["k5a"] == (revised, "stock_read_as_flow", "misleading")
    assert found["k4"] == (revised, "stocks_added_up", "misleading")
    assert found["k10"] == (revised, "stock_read_as_flow", "misleading")
    assert found["k2b"] == (there, "stock_read_as_flow", "confirmed"), "2024 is the record in both"
    assert found["s4"] == ("not_reproduced", "ratio_read_as_increase", "misstated")
    assert found["s6"] == ("input_error", "stocks_added_up", "input_error")
    assert found["s7"] == (there, "stocks_added_up", "misleading")
    assert found["s10a"] == (there, "as_stated", "confirmed")
