"""What must never be got wrong: the nine meanings, on the starter extract and on a hostile world.

The hostile world is made so that a wrong meaning shows as a number: crossing alphabets, the same
key in persons and cases, more appeals than applications, dashes beside zeros, rates that averaging
would change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from tests.dbt_project.made_up import COUNTRIES, MadeUp, api_row, columns_of, control_rows
from warehouse.settings import PROJECT_ROOT
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

# Of one pair, the same every year: whatever adds up years exceeds it.
STEADY_STOCK = 1000
STEADY_YEARS = range(2016, 2026)


def population() -> list[dict[str, Any]]:
    steady = [
        api_row(
            "population", year, "SYR", "TUR", refugees=STEADY_STOCK, asylum_seekers=STEADY_STOCK
        )
        for year in STEADY_YEARS
    ]
    return [
        *steady,
        # "-" and "0" beside each other
        api_row("population", 2023, "CHI", "USA", asylum_seekers=50, refugees=7),
        api_row("population", 2024, "CHI", "USA", asylum_seekers="-", refugees=0),
        api_row("population", 2024, "CHI", "AUL", asylum_seekers=0, refugees="-"),
        api_row("population", 2025, "CHI", "USA", asylum_seekers="-", refugees="-"),
        # crossing alphabets
        api_row("population", 2024, "ARE", "AUS", asylum_seekers=21),
        api_row("population", 2024, "UAE", "AUL", asylum_seekers=22),
        api_row("population", 2024, "MAR", "UAE", asylum_seekers=23),
        api_row("population", 2024, "MOR", "ARE", asylum_seekers=24),
        # no country's
        api_row("population", 2024, "TIB", "IND", asylum_seekers=31),
        api_row("population", 2024, "STA", "AUS", asylum_seekers=32),
        api_row("population", 2024, "UKN", "USA", asylum_seekers=33),
        # small
        api_row("population", 2022, "ETH", "KEN", asylum_seekers=5),
        api_row("population", 2023, "ETH", "KEN", asylum_seekers=20),
        api_row("population", 2024, "ETH", "KEN", asylum_seekers=40),
        api_row("population", 2025, "ETH", "KEN", asylum_seekers=9),
    ]


def applications() -> list[dict[str, Any]]:
    def row(year: int, coa: str, unit: str, kind: str, *applied: object) -> Any:
        count, who = (*applied, "G")[:2]
        return api_row(
            "asylum-applications",
            *(year, "CHI", coa),
            procedure_type=who,
            app_type=kind,
            dec_level="FI",
            app_pc=unit,
            applied=count,
        )

    return [
        row(2019, "USA", "P", "N", 100),
        row(2019, "USA", "P", "A", 900),
        row(2019, "USA", "P", "R", 300),
        row(2019, "USA", "P", "NA", 40),
        row(2019, "USA", "P", "ZZ", 3000),
        row(2019, "USA", "C", "N", 70),
        row(2019, "USA", "C", "A", 600),
        row(2020, "USA", "P", "N", "-"),
        row(2020, "AUL", "P", "N", 60),
        row(2020, "AUL", "P", "N", "-", "U"),
        row(2021, "USA", "P", "N", "-"),
        row(2022, "USA", "C", "N", 0),
    ]


def decisions() -> list[dict[str, Any]]:
    def row(year: int, coo: str, level: str, unit: str, who: str, *counts: object) -> Any:
        names = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed")
        known = [int(str(count)) for count in counts if count != "-"]
        return api_row(
            "asylum-decisions",
            *(year, coo, "USA"),
            procedure_type=who,
            dec_level=level,
            dec_pc=unit,
            **dict(zip(names, counts, strict=True)),
            dec_total=sum(known),
        )

    return [
        row(2019, "CHI", "FI", "P", "G", 90, 0, 10, 7000),
        row(2019, "CHI", "FI", "P", "U", 0, 10, 290, 0),
        row(2019, "CHI", "AR", "P", "G", 0, 0, 400, 0),
        row(2019, "CHI", "FI", "C", "G", 45, 0, 5, 0),
        row(2020, "CHI", "FI", "P", "G", 0, 0, 0, 50),
        row(2021, "CHI", "FI", "P", "G", 50, "-", 50, 0),
        row(2019, "ETH", "FI", "P", "G", 5, 0, 0, 500),
    ]


@pytest.fixture(scope="module")
def hostile(new_made_up: Callable[[], MadeUp]) -> Iterator[duckdb.DuckDBPyConnection]:
    world = new_made_up()
    world.land_countries()
    world.land_dataset("population", population())
    # An unknown type of application would be quarantined.
    why = "application type ZZ is what the test is about"
    world.land_dataset("asylum-applications", applications(), years=(2000, 2026), accepted=why)
    world.land_dataset("asylum-decisions", decisions(), years=(2000, 2026))
    con = world.build()
    yield con
    con.close()


def values(con: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return con.execute(sql).fetchall()


def marts_with(con: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    tables = [name for name, columns in columns_of(con, "marts").items() if column in columns]
    assert tables
    return tables


def test_the_hostile_world_passes_every_data_test(
    hostile: duckdb.DuckDBPyConnection, project: Any
) -> None:
    """Odd as it is, it is what the API may answer: nothing in it stops a build."""
    assert project.failing_data_tests(hostile) == {}


# Of each dataset the codes of a row that counts persons.
CODES = {
    "population": {},
    "asylum-applications": {
        "procedure_type": "G", "app_type": "N", "dec_level": "NA", "app_pc": "P",
    },
    "asylum-decisions": {"procedure_type": "G", "dec_level": "FI", "dec_pc": "P"},
    "demographics": {"pop_type": "REF"},
    "solutions": {},
}  # fmt: skip


def test_control_totals_off_by_as_much_as_a_crawl_takes_stop_no_build(
    new_made_up: Callable[[], MadeUp], project: Any
) -> None:
    """In every measure, of small counts and large ones, with one pair and with several: above the
    pairs in one year, and below them in the other.
    """
    signs = {2023: -1, 2024: 1}
    world = new_made_up()
    world.land_countries()
    for endpoint, codes in CODES.items():
        counts = ENDPOINTS[endpoint].counts
        pairs = [
            api_row(endpoint, year, coo, coa, **codes, **dict.fromkeys(counts, size))
            for year in signs
            for coo, coa, size in (
                ("CHI", "USA", 1000), ("CHI", "AUL", 500), ("SYR", "TUR", 2000), ("ETH", "KEN", 5),
            )
        ]  # fmt: skip
        totals = [control_rows(endpoint, pairs, side) for side in ("coa", "coo")]
        for row in (row for rows in totals for row in rows):
            for count in counts:
                off = signs[row["year"]] * max(5, int(row[count]) * 15 // 100)
                row[count] = (int(row[count]) + off) or "0"
        by_origin, by_asylum = totals
        slices = {"pairs": pairs, "by_origin": by_origin, "by_asylum": by_asylum}
        world.land(endpoint, slices, years=(2000, 2026))
    with world.build() as con:
        assert project.failing_data_tests(con) == {}
        left = values(
            con,
            "select reference_year, refugees_stock from marts.mart_destination_yearly "
            "where origin_unhcr_code = 'CHI' and row_kind = 'not_itemised'",
        )
    assert {year: left for year, left in left if left} == {2023: -225, 2024: 225}


# One is tried with every `make test`, the others by `make test-faults`.
@pytest.mark.parametrize(
    "endpoint",
    [
        "asylum-decisions",
        *(
            pytest.param(one, marks=pytest.mark.faults)
            for one in (*CODES, "idmc", "unrwa")
            if one != "asylum-decisions"
        ),
    ],
)
def test_a_warehouse_of_one_dataset_passes_every_data_test(
    new_made_up: Callable[[], MadeUp], project: Any, endpoint: str
) -> None:
    """The others could not be landed: what came is published, and each claim has a verdict."""
    world = new_made_up()
    world.land_countries()
    counts = dict.fromkeys(ENDPOINTS[endpoint].counts, 1000)
    host = "SYR" if endpoint in {"idmc", "unrwa"} else "TUR"
    row = api_row(endpoint, 2024, "SYR", host, **CODES.get(endpoint, {}), **counts)
    world.land_dataset(endpoint, [row], years=(2000, 2026))
    with world.build() as con:
        assert project.failing_data_tests(con) == {}


# 1. A stock is not a flow.


def test_no_column_of_a_mart_adds_a_stock_over_years(hostile: duckdb.DuckDBPyConnection) -> None:
    looked_at = 0
    for table, columns in columns_of(hostile, "marts").items():
        if table.startswith("mart_world_"):
            continue  # of all who are in it, Syrians or not
        # Of Syrians in Türkiye; where a table has no country, all that is in it must hold.
        where = {
            "origin_unhcr_code": "origin_unhcr_code = 'SYR'",
            "asylum_unhcr_code": "asylum_unhcr_code = 'TUR'",
            "country_unhcr_code": "country_unhcr_code in ('SYR', 'TUR')",
        }
        rows = next((where[side] for side in where if side in columns), "true")
        for column, kind in columns.items():
            if "stock" not in column or kind != "BIGINT" or column.endswith("stock_years"):
                continue
            if column.startswith("displaced_abroad_"):
                continue  # of several stocks of one day
            [(highest,)] = values(hostile, f"select max({column}) from marts.{table} where {rows}")
            assert highest is None or highest <= STEADY_STOCK, f"{table}.{column}"
            looked_at += highest == STEADY_STOCK
    assert looked_at > 10


# 2. Persons and cases are never added.


def test_no_figure_is_over_persons_and_cases(hostile: duckdb.DuckDBPyConnection) -> None:
    added = {100 + 70, 900 + 600, 4340 + 670}  # new, appeals, all
    for table, columns in columns_of(hostile, "marts").items():
        for column, kind in columns.items():
            if kind == "BIGINT" and column.startswith(("applications", "pairs_applications")):
                found = {row[0] for row in values(hostile, f"select {column} from marts.{table}")}
                assert not found & added, f"{table}.{column}"


def test_persons_and_cases_have_a_row_each(
    hostile: duckdb.DuckDBPyConnection, starter: duckdb.DuckDBPyConnection
) -> None:
    sql = (
        "select counting_unit, applications_new from marts.mart_origin_yearly "
        "where origin_iso3 = 'CHN' and reference_year = 2019 order by counting_unit"
    )
    assert values(hostile, sql) == [("cases", 70), ("persons", 100)]
    found = dict(values(starter, sql))
    assert found["persons"] == 20_404
    assert found["cases"] is not None
    assert values(
        starter,
        "select counting_unit, applications_new from marts.mart_origin_yearly "
        "where origin_iso3 = 'CHN' and reference_year = 2024 and applications_new is not null",
    ) == [("persons", 55_594)]


def test_stocks_are_persons_and_stand_in_no_row_of_cases(
    hostile: duckdb.DuckDBPyConnection, starter: duckdb.DuckDBPyConnection
) -> None:
    for con in (hostile, starter):
        for table in marts_with(con, "counting_unit"):
            stocks = [
                c for c in columns_of(con, "marts")[table] if "_stock" in c and "is_" not in c
            ]
            for stock in stocks:
                assert values(
                    con,
                    f"select count(*) from marts.{table} "
                    f"where counting_unit = 'cases' and {stock} is not null",
                ) == [(0,)], f"{table}.{stock}"


# 3. Appeals and repeat applications are not new applicants.


def test_new_applications_hold_neither_appeals_nor_repeats_nor_what_mixes_them(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    for table in marts_with(hostile, "applications_new"):
        columns = columns_of(hostile, "marts")[table]
        if not {"origin_unhcr_code", "country_unhcr_code"} & columns.keys():
            continue  # of no origin
        side = "origin_unhcr_code" if "origin_unhcr_code" in columns else "country_unhcr_code"
        found = values(
            hostile,
            f"select distinct applications_new from marts.{table} where {side} = 'CHI' "
            "and reference_year = 2019 and counting_unit = 'persons' "
            "and applications_new is not null",
        )
        assert found == [(100,)], table
    assert values(
        hostile,
        "select applications_appeal, applications_repeat, applications_new_and_appeal, "
        "applications_other_type, applications_total from marts.mart_origin_yearly "
        "where origin_iso3 = 'CHN' and reference_year = 2019 and counting_unit = 'persons'",
    ) == [(900, 300, 40, 3000, 4340)]


def test_only_the_type_new_is_called_new(starter: duckdb.DuckDBPyConnection) -> None:
    assert values(
        starter, "select app_type from reference.application_types where is_new_applicant"
    ) == [("N",)]


# 4. "-" is NULL, "0" is zero.


def test_a_dash_stays_unknown_and_a_zero_stays_zero_up_to_the_marts(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    assert values(
        hostile,
        "select asylum_unhcr_code, reference_year, asylum_seekers_stock, refugees_stock "
        "from marts.mart_destination_yearly where origin_iso3 = 'CHN' and reference_year >= 2023 "
        "and row_kind = 'pair' order by all",
    ) == [
        ("AUL", 2024, 0, None),
        ("USA", 2023, 50, 7),
        ("USA", 2024, None, 0),
        ("USA", 2025, None, None),
    ]


def test_a_sum_over_nothing_known_is_unknown_and_one_over_some_says_how_many_were_not(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    assert values(
        hostile,
        "select reference_year, applications_new, applications_unknown_count "
        "from marts.mart_origin_yearly where origin_iso3 = 'CHN' and counting_unit = 'persons' "
        "and reference_year in (2019, 2021) order by all",
    ) == [(2019, 100, 0), (2021, None, 1)]
    assert values(
        hostile,
        "select sum(applications_new), count(*) filter (where applications_total is null) "
        "from marts.fct_asylum_applications_yearly "
        "where reference_year = 2020 and asylum_unhcr_code = 'AUL'",
    ) == [(60, 1)]
    assert values(
        hostile,
        "select asylum_seekers_stock from marts.mart_origin_yearly "
        "where origin_iso3 = 'CHN' and reference_year = 2025",
    ) == [(None,)]


# 5. Rates come from summed counts.


def test_rates_are_recomputed_from_the_counts_that_the_source_wrote(
    hostile: duckdb.DuckDBPyConnection, starter: duckdb.DuckDBPyConnection
) -> None:
    for con in (hostile, starter):
        differing = values(
            con,
            """
            with written as (
                select coo as code, cast(year as integer) as year,
                    if(dec_pc = 'P', 'persons', 'cases') as unit,
                    sum(try_cast(dec_recognized as bigint)) as recognised,
                    sum(try_cast(dec_other as bigint)) as complementary,
                    sum(try_cast(dec_rejected as bigint)) as rejected
                from raw.asylum_decisions where _slice = 'by_origin' group by all
            )
            select * from written
            left join marts.mart_origin_yearly as mart
                on mart.origin_unhcr_code = code and mart.reference_year = year
                and mart.counting_unit = unit
            where mart.refugee_recognition_rate is distinct from
                    recognised / nullif(recognised + complementary + rejected, 0)
                or mart.total_protection_rate is distinct from
                    (recognised + complementary) / nullif(recognised + complementary + rejected, 0)
            """,
        )
        assert differing == []


def test_closed_decisions_and_other_units_are_not_below_the_line(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    assert values(
        hostile,
        "select reference_year, counting_unit, decisions_substantive, refugee_recognition_rate, "
        "total_protection_rate from marts.mart_origin_yearly where origin_iso3 = 'CHN' "
        "and reference_year between 2019 and 2021 and decisions_total is not null order by all",
    ) == [
        (2019, "cases", 50, 0.9, 0.9),
        (2019, "persons", 800, 90 / 800, 100 / 800),
        (2020, "persons", 0, None, None),
        (2021, "persons", None, None, None),
    ]


# 6. A mid-year figure is provisional and carries its reference date.


@pytest.fixture(scope="module")
def mid_year(new_made_up: Callable[[], MadeUp]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The starter extract as it was before Global Trends 2024 came out."""
    world = new_made_up()
    folder = PROJECT_ROOT / "seeds" / "starter" / "2024-06" / "population"
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    rows = {
        part["slice"]: json.loads((folder / part["pages"][0]["file"]).read_text("utf-8"))["items"]
        for part in said["slices"]
    }
    world.land("population", rows, release_id="2024-06", origins=["CHN"])
    # nothing to say of 2024, so that it is not the release of anything provisional
    world.land_dataset("asylum-decisions", decisions(), release_id="2023-12", years=(2000, 2023))
    con = world.build()
    yield con
    con.close()


def test_the_latest_year_of_a_mid_year_release_says_so(
    mid_year: duckdb.DuckDBPyConnection, starter: duckdb.DuckDBPyConnection
) -> None:
    for table in ("mart_origin_yearly", "mart_destination_yearly", "fct_population_yearly"):
        sql = (
            f"select distinct reference_year, reference_date, is_provisional from marts.{table} "
            "where origin_iso3 = 'CHN' and reference_year in (2023, 2024) order by all"
        )
        assert values(mid_year, sql) == [
            (2023, date(2023, 12, 31), False),
            (2024, date(2024, 6, 30), True),
        ]
        assert (2024, date(2024, 12, 31), False) in values(starter, sql)


def test_what_is_provisional_is_of_30_june_and_the_reverse(
    mid_year: duckdb.DuckDBPyConnection,
    starter: duckdb.DuckDBPyConnection,
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    for con in (mid_year, starter, hostile):
        for table in marts_with(con, "is_provisional"):
            # Of spans of years: whether one of them is (test_eras.py).
            if table in ("dim_release", "mart_era_comparison", "mart_era_pairs"):
                continue
            # A claim about a day of which no figure is loaded rests on none.
            checkable = {
                "mart_claim_audit": "verdict <> 'not_checkable'",
                "mart_claim_audit_history": "verdict <> 'not_checkable'",
                "mart_claim_summary": "not_checkable_count < claim_count",
            }.get(table, "true")
            assert values(
                con,
                f"select count(*) from marts.{table} where {checkable} and (reference_date is null "
                "or year(reference_date) <> reference_year "
                "or is_provisional <> (strftime(reference_date, '%m-%d') = '06-30'))",
            ) == [(0,)], table


# 7. UNHCR code and ISO3 are different alphabets; stateless, unknown and Tibetan are shown.


def test_no_column_holds_both_alphabets(hostile: duckdb.DuckDBPyConnection) -> None:
    iso3 = {iso for code, (iso, *_) in COUNTRIES.items() if code not in ("STA", "UKN", "TIB")}
    for schema in ("intermediate", "marts"):
        for table, columns in columns_of(hostile, schema).items():
            # Of the reference lists, not of this world.
            if table in ("dim_era", "dim_country_group") or table.startswith("mart_claim_"):
                continue
            for column in columns:
                if column.endswith(("iso3", "unhcr_code")):
                    found = {
                        row[0] for row in values(hostile, f"select {column} from {schema}.{table}")
                    } - {None}
                    allowed = iso3 if column.endswith("iso3") else set(COUNTRIES)
                    assert found <= allowed, f"{schema}.{table}.{column}"


def test_a_code_that_stands_in_both_alphabets_finds_its_own_country(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    assert values(
        hostile,
        "select origin_unhcr_code, origin_iso3, origin_name, asylum_unhcr_code, asylum_iso3, "
        "asylum_name from marts.mart_destination_yearly "
        "where asylum_seekers_stock between 21 and 24 order by asylum_seekers_stock",
    ) == [
        ("ARE", "EGY", "Egypt", "AUS", "AUT", "Austria"),
        ("UAE", "ARE", "United Arab Emirates", "AUL", "AUS", "Australia"),
        ("MAR", "MTQ", "Martinique", "UAE", "ARE", "United Arab Emirates"),
        ("MOR", "MAR", "Morocco", "ARE", "EGY", "Egypt"),
    ]
    by_iso3 = "select asylum_seekers_stock from marts.mart_origin_yearly where origin_iso3 = ?"
    found = {code: hostile.execute(by_iso3, [code]).fetchall() for code in ("EGY", "ARE", "MAR")}
    assert found == {"EGY": [(21,)], "ARE": [(22,)], "MAR": [(24,)]}


def test_regions_follow_the_unhcr_code(hostile: duckdb.DuckDBPyConnection) -> None:
    """Egypt's 21 are in Austria, of Europe; as ISO3 the same letters would say Oceania."""
    assert values(
        hostile,
        "select un_region_europe_share, un_region_oceania_share "
        "from marts.mart_destination_concentration where origin_iso3 = 'EGY'",
    ) == [(1, 0)]


def test_stateless_unknown_and_tibetan_are_shown_and_counted_in_the_world(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    shown = [
        ("STA", None, "Stateless", 32),
        ("TIB", None, "Tibetan", 31),
        ("UKN", None, "Unknown", 33),
    ]
    for table, extra in (
        ("mart_origin_yearly", ""),
        ("mart_destination_yearly", "and row_kind = 'pair'"),
        ("mart_destination_concentration", ""),
    ):
        assert (
            values(
                hostile,
                "select origin_unhcr_code, origin_iso3, origin_name, asylum_seekers_stock "
                f"from marts.{table} where origin_unhcr_code in ('STA', 'UKN', 'TIB') {extra} "
                "order by 1",
            )
            == shown
        )
    [(world,)] = values(
        hostile,
        "select sum(asylum_seekers_stock_world_share) from marts.mart_origin_yearly "
        "where reference_year = 2024",
    )
    assert world == pytest.approx(1)
    kinds = values(
        hostile,
        "select unhcr_code, special_kind from marts.dim_country "
        "where special_kind is not null order by 1",
    )
    assert kinds == [("STA", "stateless"), ("TIB", "tibetan"), ("UKN", "unknown")]


# 8. A change or rate on fewer than ten is marked.


def test_changes_on_small_counts_are_marked_and_no_others(
    hostile: duckdb.DuckDBPyConnection,
) -> None:
    for table in ("mart_origin_yearly", "mart_destination_yearly"):
        assert values(
            hostile,
            "select reference_year, asylum_seekers_stock_change, "
            "is_asylum_seekers_stock_change_on_small_count "
            f"from marts.{table} where origin_iso3 = 'ETH' and reference_year > 2021 order by all",
        ) == [(2022, None, False), (2023, 15, True), (2024, 20, False), (2025, -31, True)]


def test_every_change_and_rate_that_rests_on_a_small_count_is_marked(
    starter: duckdb.DuckDBPyConnection, hostile: duckdb.DuckDBPyConnection
) -> None:
    for con in (starter, hostile):
        for table, columns in columns_of(con, "marts").items():
            for measure in [c.removesuffix("_change") for c in columns if c.endswith("_change")]:
                assert values(
                    con,
                    f"select count(*) from marts.{table} where "
                    f"is_{measure}_change_on_small_count is distinct from coalesce("
                    f"least({measure}, {measure} - {measure}_change) < 10 "
                    f"and {measure}_change is not null, false)",
                ) == [(0,)], f"{table}.{measure}"
            if "refugee_recognition_rate" in columns:
                assert values(
                    con,
                    f"select count(*) from marts.{table} "
                    "where refugee_recognition_rate is not null "
                    "and is_rate_on_small_count is distinct from (decisions_substantive < 10)",
                ) == [(0,)], table
    assert values(
        hostile,
        "select refugee_recognition_rate, is_rate_on_small_count from marts.mart_origin_yearly "
        "where origin_iso3 = 'ETH' and decisions_total is not null",
    ) == [(1, True)]


# 9. Everything shown names its source and release.


def test_every_row_of_facts_and_marts_names_its_release_and_snapshot(
    starter: duckdb.DuckDBPyConnection, hostile: duckdb.DuckDBPyConnection
) -> None:
    for con in (starter, hostile):
        # A change of definition is of a measure, and of no snapshot's figure.
        # Inhabitants are the World Bank's, of no release.
        apart = ("dim_", "mart_definition_changes", "fct_inhabitants")
        tables = [name for name in columns_of(con, "marts") if not name.startswith(apart)]
        assert tables
        for table in tables:
            assert values(
                con,
                f"""
                select count(*) from marts.{table} as shown
                left join marts.dim_release using (release_id)
                where dim_release.release_id is null or not dim_release.is_held
                    or shown.snapshot_id is null or shown.retrieved_at is null
                """,
            ) == [(0,)], table
