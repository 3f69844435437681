"""The outlook for provisional years on releases that were: what it says, and what came of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.build import dbt
from warehouse.settings import PROJECT_ROOT, Settings

RELEASES = PROJECT_ROOT.parent / "shared" / "unhcr" / "releases"
REFERENCE = PROJECT_ROOT / "seeds" / "reference" / "releases.csv"
HELD = ("2024-06", "2024-12", "2025-06", "2025-12.0", "2025-12.1")
STOCKS = {"asylum_seekers_stock": "asylum_seekers", "refugees_stock": "refugees"}

pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not RELEASES.is_dir(), reason="the releases in ../shared/unhcr are absent"),
]

Row = dict[str, Any]


def prepare(settings: Settings, con: duckdb.DuckDBPyConnection, held: tuple[str, ...]) -> None:
    """What the outlook reads, as it is when these releases are held of the whole world."""
    nodes = dbt.load_manifest(settings)["nodes"]
    coverage, history, countries = (
        "{schema}.{alias}".format(**nodes[f"model.asylum.{name}"])
        for name in ("int_coverage_in_force", "fct_population_yearly_history", "dim_country")
    )
    newest = RELEASES / HELD[-1] / "population.parquet"
    stocks = ", ".join(f"sum({there})::bigint as {here}" for here, there in STOCKS.items())
    said = " union all ".join(
        f"select '{release}' as release_id, coo as origin_unhcr_code, "
        "any_value(coo_iso) as origin_iso3, coa as asylum_unhcr_code, "
        "any_value(coa_iso) as asylum_iso3, cast(year as integer) as reference_year, "
        f"{stocks} from '{RELEASES / release / 'population.parquet'}' group by coo, coa, year"
        for release in held
    )
    con.execute(
        f"""
        create schema intermediate;
        create schema marts;
        create table {coverage} as
        select 1 as coverage_id, 'population' as endpoint, 'pairs' as slice, '*' as origin_cell,
            '*' as asylum_cell, 1951 as from_year, year(reference_date) as to_year,
            'snapshot of ' || release_id as snapshot_id, release_id,
            timestamp '2026-11-22 12:00:00' as retrieved_at,
            reference_date as release_reference_date,
            is_provisional as is_provisional_release,
            published_on as valid_from,
            lead(published_on) over (order by published_on) as valid_to
        from read_csv('{REFERENCE}') where release_id in {held};
        create table said as {said};
        create table {history} as
        with numbered as (
            select said.*, valid_from, valid_to,
                dense_rank() over (order by valid_from) as number
            from said inner join {coverage} using (release_id)
        ),
        runs as (
            select *, number - row_number() over (
                partition by origin_unhcr_code, asylum_unhcr_code, reference_year,
                    {", ".join(STOCKS)} order by number
            ) as run
            from numbered
        )
        select
            1 as coverage_id, origin_unhcr_code, any_value(origin_iso3) as origin_iso3,
            asylum_unhcr_code, any_value(asylum_iso3) as asylum_iso3,
            reference_year, {", ".join(STOCKS)}, min(valid_from) as valid_from,
            nullif(max(coalesce(valid_to, 'infinity')), 'infinity') as valid_to
        from runs
        group by origin_unhcr_code, asylum_unhcr_code, reference_year, {", ".join(STOCKS)}, run;
        create table {countries} as
        select code as unhcr_code, any_value(iso) as iso3, any_value(name) as country_name
        from (
            select coo as code, coo_iso as iso, coo_name as name from '{newest}'
            union all select coa, coa_iso, coa_name from '{newest}'
        ) group by code;
        """
    )


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a folder for which dbt has read the project: the dear part, done once."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("outlook"), threads=2)
    dbt.ensure_manifest(settings)
    return settings


@contextmanager
def built(
    parsed: Settings, folder: Path, held: tuple[str, ...]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The outlook as dbt builds and tests it while these releases are held."""
    settings = Settings(data_dir=folder, threads=2)
    shutil.copytree(parsed.dbt_target_dir, settings.dbt_target_dir)
    # Not as the build opens it: the releases lie outside the data folder.
    with duckdb.connect(str(settings.build_db)) as con:
        prepare(settings, con, held)
    result = dbt.build(settings, select=["int_year_end_moves_combined+"])
    assert not result.failed, result.failure_text()
    assert result.tests
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def all_held(
    parsed: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """All five releases: 2025 is final."""
    with built(parsed, tmp_path_factory.mktemp("all_held"), HELD) as con:
        yield con


@pytest.fixture(scope="module")
def in_2025(
    parsed: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The releases up to the mid-year one of 2025: 2025 is provisional."""
    with built(parsed, tmp_path_factory.mktemp("in_2025"), HELD[:3]) as con:
        yield con


def query(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def backtest(con: duckdb.DuckDBPyConnection, year: int) -> dict[tuple[str, str, str], Row]:
    rows = query(con, f"from marts.mart_year_end_outlook_backtest where reference_year = {year}")
    return {(row["measure"], row["outlook_level"], row["outlook_group"]): row for row in rows}


# (scored, in range, errors of the naive estimate and of ours: weighted, then median)
TURNED_OUT_2025 = {
    ("asylum_seekers_stock", "pair", "reported"): (1219, 0.794, 0.1801, 0.1712, 0.1267, 0.1176),
    ("asylum_seekers_stock", "pair", "carried_forward"): (
        *(216, 0.495),
        *(0.6446, 0.6446, 0.4156, 0.4156),
    ),
    ("asylum_seekers_stock", "origin", "reported"): (100, 0.82, 0.3636, 0.3607, 0.2021, 0.1969),
    ("asylum_seekers_stock", "origin", "carried_forward"): (
        *(67, 0.657),
        *(0.2325, 0.2313, 0.3062, 0.3062),
    ),
    ("refugees_stock", "pair", "reported"): (1298, 0.779, 0.1638, 0.1471, 0.055, 0.0482),
    ("refugees_stock", "origin", "reported"): (136, 0.838, 0.1399, 0.1248, 0.0602, 0.0546),
}


@pytest.mark.parametrize("key", TURNED_OUT_2025, ids="-".join)
def test_the_backtest_of_2025_is_as_documented(
    all_held: duckdb.DuckDBPyConnection, key: tuple[str, str, str]
) -> None:
    row = backtest(all_held, 2025)[key]
    found = (
        row["scored_count"],
        round(row["in_range_rate"], 3),
        *(round(row[f"{whose}_weighted_error_rate"], 4) for whose in ("naive", "estimate")),
        *(round(row[f"{whose}_median_error_rate"], 4) for whose in ("naive", "estimate")),
    )
    assert found == TURNED_OUT_2025[key]
    better = found[3] < found[2] and found[5] < found[4]
    assert row["is_better_than_naive"] == row["is_estimate_shown"] == better
    assert key[2] == "reported" or not better


def test_the_mid_year_of_2024_has_nothing_to_learn_from(
    all_held: duckdb.DuckDBPyConnection,
) -> None:
    rows = backtest(all_held, 2024)
    assert {row["estimate_count"] for row in rows.values()} == {0}
    reported = rows["asylum_seekers_stock", "pair", "reported"]
    assert (reported["backtest_status"], reported["range_count"]) == ("not_enough_releases", 0)
    # a carried-forward stock is held against moves between year-ends, which were known
    carried = rows["asylum_seekers_stock", "pair", "carried_forward"]
    assert (carried["backtest_status"], carried["range_count"]) == ("range_only", 44)


@pytest.mark.parametrize("measure", STOCKS)
@pytest.mark.parametrize("year", [2024, 2025])
def test_the_errors_of_the_naive_estimate_are_those_of_the_releases_themselves(
    all_held: duckdb.DuckDBPyConnection, measure: str, year: int
) -> None:
    midyear, final = {2024: HELD[:2], 2025: HELD[2:4]}[year]

    def stocks(release: str) -> str:
        return (
            f"(select coo, coa, coalesce(sum({STOCKS[measure]}), 0)::bigint as stock "
            f"from '{RELEASES / release / 'population.parquet'}' where year = {year} group by all)"
        )

    [of_pairs] = query(
        all_held,
        f"select count(*) as n, sum(abs(coalesce(f.stock, 0) - m.stock)) as off, "
        f"sum(coalesce(f.stock, 0)) as final from {stocks(midyear)} m "
        f"left join {stocks(final)} f using (coo, coa) where m.stock > 0",
    )
    [of_origins] = query(
        all_held,
        f"select count(*) as n, sum(abs(f - m)) as off, sum(f) as final from ("
        f"select coo, sum(m.stock) as m, coalesce(sum(f.stock), 0) as f from {stocks(midyear)} m "
        f"full join {stocks(final)} f using (coo, coa) group by coo) where m > 0",
    )
    for level, truth in (("pair", of_pairs), ("origin", of_origins)):
        row = backtest(all_held, year)[measure, level, "all"]
        assert row["scored_count"] == truth["n"]
        assert row["final_stock"] == truth["final"]
        assert row["naive_weighted_error_rate"] == pytest.approx(truth["off"] / truth["final"])


def test_no_outlook_is_given_for_a_year_that_is_final(all_held: duckdb.DuckDBPyConnection) -> None:
    assert query(all_held, "from marts.mart_year_end_outlook") == []


def test_the_outlook_of_2025_leaves_out_what_could_not_be_tested(
    in_2025: duckdb.DuckDBPyConnection,
) -> None:
    [row] = query(
        in_2025,
        "select count(*) as n, count(year_end_estimate_stock) as estimates, "
        "count(year_end_low_stock) as ranges, min(reference_year) as first, "
        "max(reference_year) as last, any_value(release_id) as release, "
        "list(distinct outlook_method) as methods from marts.mart_year_end_outlook",
    )
    assert row["n"] == row["ranges"] == 4617 + 203 + 4787 + 198
    assert (row["estimates"], row["first"], row["last"]) == (0, 2025, 2025)
    assert (row["release"], row["methods"]) == ("2025-06", ["left_out_not_tested"])


def test_the_outlook_of_2025_treats_carried_forward_pairs_apart(
    in_2025: duckdb.DuckDBPyConnection,
) -> None:
    outlook = "marts.mart_year_end_outlook where measure = 'asylum_seekers_stock'"
    [row] = query(
        in_2025,
        f"select count(*) as pairs, sum(midyear_stock) as persons from {outlook} "
        "and outlook_level = 'pair' and outlook_group = 'carried_forward'",
    )
    assert row == {"pairs": 216, "persons": 3_305_337}
    columns = "midyear_stock, carried_forward_stock, year_end_low_stock, year_end_high_stock"
    china = query(
        in_2025,
        f"select outlook_level, {columns}, outlook_group from {outlook} "
        "and origin_iso3 = 'CHN' and coalesce(asylum_iso3, 'USA') = 'USA' order by outlook_level",
    )
    # It came to 99,716 and 68,691: under both ranges, as docs/outlook.md says.
    assert [tuple(one.values()) for one in china] == [
        ("origin", 178_725, 148_068, 130_227, 282_731, "carried_forward"),
        ("pair", 147_909, 147_909, 105_478, 241_574, "carried_forward"),
    ]


@pytest.mark.parametrize(
    "table", ["int_year_end_moves_combined", "int_year_end_estimates_resolved"]
)
def test_what_is_said_of_a_mid_year_is_the_same_with_and_without_later_releases(
    all_held: duckdb.DuckDBPyConnection, in_2025: duckdb.DuckDBPyConnection, table: str
) -> None:
    """Nothing that was published later goes into an estimate: a backtest does not look ahead."""
    sql = (
        "select * exclude (final_stock, final_published_on, is_newest) "
        f"from intermediate.{table} where release_id = '2025-06' and midyear_stock > 0 order by all"
    )
    known_then = query(in_2025, sql)
    assert query(all_held, sql) == known_then
    assert len(known_then) > 9000
