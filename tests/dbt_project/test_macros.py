"""What unit tests beside the models cannot say: text that is no count, and laws for any figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import duckdb
import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.made_up import api_row
from warehouse.reference.figures import figure
from warehouse.settings import PROJECT_ROOT
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, LARGEST_COUNT

DATASETS = [
    *("population", "asylum-applications", "asylum-decisions", "demographics", "solutions"),
    *("idmc", "unrwa", "nowcasting"),
]
COUNTS = [(name, count) for name in DATASETS for count in ENDPOINTS[name].counts]
NO_COUNTS = ["n/a", "1.5", "", " ", "5 ", "-5", "--", "1e3", "0x10", "1_000", "1,000", "５"]

Open = Callable[[], duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def staging(in_memory: Open, project: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Staging over empty raw tables."""
    with in_memory() as con:
        project.like_starter(con, [f"raw.{ENDPOINTS[name].table}" for name in DATASETS])
        for name in DATASETS:
            project.make(con, [f"stg_unhcr__{ENDPOINTS[name].table}"])
        yield con


def staged(con: duckdb.DuckDBPyConnection, endpoint: str, count: str, text: str | None) -> Any:
    """The staged rows of a dataset with one row, in which this count is this text."""
    table = ENDPOINTS[endpoint].table
    row = api_row(endpoint, 2024, "CHI", "USA") if endpoint != "nowcasting" else {"year": 2026}
    row |= {"_snapshot_id": "s", "_slice": "pairs", "_row_number": 1, count: text}
    con.execute(f"delete from raw.{table}")
    con.execute(
        f"insert into raw.{table} by name select {', '.join(f'? as {name}' for name in row)}",
        list(row.values()),
    )
    return con.execute(f"select * from staging.stg_unhcr__{table}").fetchall()


@pytest.mark.parametrize(("endpoint", "count"), COUNTS)
def test_no_count_of_any_dataset_takes_text(
    staging: duckdb.DuckDBPyConnection, endpoint: str, count: str
) -> None:
    with pytest.raises(duckdb.Error, match="n/a"):
        staged(staging, endpoint, count, "n/a")


@pytest.mark.parametrize("text", NO_COUNTS)
def test_text_that_is_no_count_is_an_error_that_shows_it(
    staging: duckdb.DuckDBPyConnection, text: str
) -> None:
    with pytest.raises(duckdb.Error) as error:
        staged(staging, "population", "asylum_seekers", text)
    assert text in str(error.value)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**62))
def test_any_whole_number_arrives_as_it_was_written(
    staging: duckdb.DuckDBPyConnection, number: int
) -> None:
    [row] = staged(staging, "unrwa", "total", str(number))
    assert number in row


ORIGINS = ["CHI", "TIB"]
ASYLUMS = ["USA", "AUL", "AUS", "ARE", "UAE", "KEN", "IND"]
YEARS = [2018, 2019, 2021]
IN_FORCE = "build.intermediate.int_population_in_force"

counts = st.one_of(st.none(), st.integers(0, 30), st.integers(0, 3_000_000))
pairs = st.dictionaries(
    st.tuples(st.sampled_from(ORIGINS), st.sampled_from(ASYLUMS), st.sampled_from(YEARS)),
    counts,
    max_size=20,
)
# What the API answers for the whole: nothing (not asked), "-", or what the pairs have and more.
controls = st.dictionaries(
    st.tuples(st.sampled_from(ORIGINS), st.sampled_from(YEARS)),
    st.one_of(st.none(), st.integers(0, 500)),
    max_size=6,
)


@pytest.fixture(scope="module")
def marts(in_memory: Open, project: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts as views over a table of population figures in force that a test fills."""
    with in_memory() as con:
        project.like_starter(
            con,
            [
                "intermediate.int_population_in_force",
                "intermediate.int_asylum_applications_in_force",
                "intermediate.int_asylum_applications_totals_in_force",
                "intermediate.int_displacement_flows_in_force",
                "intermediate.int_displacement_flows_totals_in_force",
                "intermediate.int_countries_combined",
                "intermediate.int_vintages_resolved",
                "marts.dim_country",
                "marts.fct_inhabitants_yearly",
                "marts.mart_revisions",
                "intermediate.int_breaks_of_years_by_measure",
                "intermediate.int_breaks_of_pairs",
                "intermediate.int_breaks_of_regions",
                "intermediate.int_unknown_origins_left_of_hosts",
                "intermediate.int_unknown_origins_left_by_measure",
                "intermediate.int_years_followed",
                "reference.special_origins",
            ],
        )
        con.execute(
            "insert into build.marts.dim_country by name select * from (values "
            "('CHI', 'China', 'Asia', 'Asia and the Pacific'), ('TIB', 'Tibetan', null, null), "
            "('USA', 'USA', 'Americas', 'The Americas'), ('AUL', 'Australia', 'Oceania', null), "
            "('AUS', 'Austria', 'Europe', 'Europe'), ('KEN', 'Kenya', 'Africa', null)) "
            "as known (unhcr_code, country_name, un_region, unhcr_region)"
        )
        project.make(
            con,
            [
                *("int_population_totals_in_force", "int_years_of_pairs_combined"),
                "int_years_of_pairs_ranked",
                *("fct_population_yearly_history", "fct_population_yearly"),
                *("fct_population_totals_yearly_history", "fct_population_totals_yearly"),
                *("mart_destination_yearly_history", "mart_destination_yearly"),
                *("mart_region_yearly_history", "mart_destination_concentration"),
            ],
            views=True,
        )
        yield con


def fill(
    con: duckdb.DuckDBPyConnection,
    pair_stocks: dict[tuple[str, str, int], int | None],
    totals: dict[tuple[str, int], int | None],
    *,
    complete: bool,
) -> dict[tuple[str, int], int | None]:
    """Put these figures in force; returns the total of each origin and year as it must come out."""
    known: dict[tuple[str, int], list[int]] = {}
    for (origin, _, year), stock in pair_stocks.items():
        known.setdefault((origin, year), []).extend([] if stock is None else [stock])
    expected = {key: sum(stocks) if complete and stocks else None for key, stocks in known.items()}
    rows: list[tuple[Any, ...]] = [
        ("pair", origin, asylum, year, stock, True, complete)
        for (origin, asylum, year), stock in pair_stocks.items()
    ]
    for (origin, year), more in totals.items():
        total = None if more is None else sum(known.get((origin, year), [])) + more
        expected[origin, year] = total
        rows.append(("origin_total", origin, None, year, total, True, False))
    con.execute(f"delete from {IN_FORCE}")
    if rows:
        values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, false, '2024-12-31', '2026-06-25')"] * len(rows))
        con.execute(
            f"insert into {IN_FORCE} (row_kind, origin_unhcr_code, asylum_unhcr_code, "
            "reference_year, asylum_seekers_stock, covers_all_origins, covers_all_asylums, "
            f"is_provisional, reference_date, valid_from) values {values}",
            [value for row in rows for value in row],
        )
    return expected


any_figures = given(pair_stocks=pairs, totals=controls, complete=st.booleans())
few = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@few
@any_figures
def test_destinations_add_up_to_the_origin_and_their_shares_to_one(
    marts: duckdb.DuckDBPyConnection,
    pair_stocks: dict[tuple[str, str, int], int | None],
    totals: dict[tuple[str, int], int | None],
    complete: bool,
) -> None:
    expected = fill(marts, pair_stocks, totals, complete=complete)
    found = marts.execute(
        "select origin_unhcr_code, reference_year, row_kind, asylum_seekers_stock, "
        "asylum_seekers_share, asylum_seekers_rank from marts.mart_destination_yearly"
    ).fetchall()
    for key, total in expected.items():
        rows = [row[2:] for row in found if row[:2] == key]
        stocks = [stock for _, stock, _, _ in rows if stock is not None]
        shares = [share for _, _, share, _ in rows if share is not None]
        if total is None:
            assert shares == []
            assert "not_itemised" not in [kind for kind, *_ in rows]
            continue
        assert sum(stocks) == total
        if total:
            assert sum(shares) == pytest.approx(1)
            assert all(0 <= share <= 1 for share in shares)
        for kind, stock, _, rank in rows:
            larger = [
                s for k, s, _, _ in rows if k == "pair" and s is not None and s > (stock or 0)
            ]
            assert rank == (len(larger) + 1 if kind == "pair" and stock else None)
    assert {row[:2] for row in found} <= expected.keys()


@few
@any_figures
def test_concentration_lies_between_its_bounds_and_its_shares_add_up_to_one(
    marts: duckdb.DuckDBPyConnection,
    pair_stocks: dict[tuple[str, str, int], int | None],
    totals: dict[tuple[str, int], int | None],
    complete: bool,
) -> None:
    expected = fill(marts, pair_stocks, totals, complete=complete)
    found = marts.execute("from marts.mart_destination_concentration")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        assert (
            row["asylum_seekers_stock"] == expected[row["origin_unhcr_code"], row["reference_year"]]
        )
        top, top_5 = row["top_1_share"], row["top_5_share"]
        not_itemised = row["not_itemised_share"]
        assert 0 < top <= top_5 <= 1
        assert 0 <= not_itemised < 1
        assert top**2 <= row["herfindahl_index"] * (1 + 1e-12)
        assert row["herfindahl_index"] <= top * (1 - not_itemised) * (1 + 1e-12)
        assert 0 <= row["asylum_country_small_count"] <= row["asylum_country_count"]
        for group in ("unhcr_region", "un_region"):
            shares = [row[name] for name in names if name.startswith(group) and "share" in name]
            assert all(share >= 0 for share in shares)
            assert sum(shares) + not_itemised == pytest.approx(1)
    shown = {(row["origin_unhcr_code"], row["reference_year"]) for row in rows}
    known = {(o, y) for (o, _, y), stock in pair_stocks.items() if stock and expected.get((o, y))}
    assert shown == known


large = st.dictionaries(
    st.tuples(st.just("CHI"), st.sampled_from(ASYLUMS[:2]), st.integers(2015, 2021)),
    st.none() | st.sampled_from([0, 1, 2, 30, LARGEST_COUNT - 1, LARGEST_COUNT]),
    max_size=10,
)


@few
@given(pair_stocks=large, complete=st.booleans())
def test_the_year_of_a_maximum_is_the_first_in_which_it_was_reached(
    marts: duckdb.DuckDBPyConnection,
    pair_stocks: dict[tuple[str, str, int], int | None],
    complete: bool,
) -> None:
    fill(marts, pair_stocks, {}, complete=complete)
    found = marts.execute(
        "select asylum_unhcr_code, reference_year, asylum_seekers_stock_highest_to_date, "
        "asylum_seekers_stock_highest_year_to_date, asylum_seekers_stock_peak, "
        "asylum_seekers_stock_peak_year from marts.mart_destination_yearly "
        "where row_kind = 'pair' order by all"
    ).fetchall()
    expected = []
    for _, asylum, year in sorted(pair_stocks):
        known = [
            (stock, of)
            for (_, where, of), stock in sorted(pair_stocks.items())
            if where == asylum and stock is not None
        ]
        highest, when = first_highest([(stock, of) for stock, of in known if of <= year])
        peak, peaked = first_highest(known)
        expected.append((asylum, year, highest, when, peak, peaked if peak else None))
    assert found == expected


def first_highest(known: list[tuple[int, int]]) -> tuple[int | None, int | None]:
    """The highest of counts with their years, and the first year that has it."""
    highest = max((stock for stock, _ in known), default=None)
    return highest, next((year for stock, year in known if stock == highest), None)


@few
@any_figures
def test_a_table_made_in_parts_of_its_origins_is_the_table_made_at_once(
    marts: duckdb.DuckDBPyConnection,
    pair_stocks: dict[tuple[str, str, int], int | None],
    totals: dict[tuple[str, int], int | None],
    complete: bool,
) -> None:
    fill(marts, pair_stocks, totals, complete=complete)
    for table in ("mart_destination_yearly_history", "mart_region_yearly_history"):
        at_once = marts.execute(f"from marts.{table} order by all").fetchall()
        parts = []
        for first, following in ("null", "'TIB'"), ("'TIB'", "null"):
            marts.execute(f"set variable part_first = {first}")
            marts.execute(f"set variable part_next = {following}")
            parts.append(marts.execute(f"from marts.{table} order by all").fetchall())
        marts.execute("set variable part_first = null")
        assert [row for part in parts for row in part] == at_once
        origins = [{row[0] for row in part} for part in parts]
        assert origins[0] <= {"CHI"}
        assert origins[1] <= {"TIB"}


@pytest.mark.parametrize("difference", [-5, 5])
def test_pairs_and_a_control_total_that_differ_by_rounding_still_add_up(
    marts: duckdb.DuckDBPyConnection, difference: int
) -> None:
    fill(marts, {("CHI", "USA", 2019): 1000, ("CHI", "AUL", 2019): 500}, {}, complete=True)
    marts.execute(
        f"insert into {IN_FORCE} (row_kind, origin_unhcr_code, reference_year, "
        "asylum_seekers_stock, covers_all_origins, covers_all_asylums, is_provisional, valid_from) "
        f"values ('origin_total', 'CHI', 2019, {1500 + difference}, "
        "true, false, false, '2026-06-25')"
    )
    [(stock, share)] = marts.execute(
        "select sum(asylum_seekers_stock), sum(asylum_seekers_share) "
        "from marts.mart_destination_yearly"
    ).fetchall()
    assert stock == 1500 + difference
    assert share == pytest.approx(1)


# --- which figures a stated one agrees with

WORDINGS = [
    *("plain", "about", "over", "nearly", "almost", "under", "equals"),
    *("slightly_below", "slightly_above"),
]


def macros_of_claims() -> Any:
    path = PROJECT_ROOT / "dbt_project" / "macros" / "claims.sql"
    return jinja2.Environment().from_string(path.read_text(encoding="utf-8")).module


def accepted(text: str, wording: str, *, is_exact: bool = False) -> tuple[float, float]:
    """The lowest and highest figure that this text agrees with."""
    macros = macros_of_claims()
    [found] = duckdb.execute(
        f"select {macros.accepted_low()}, {macros.accepted_high()} from (select "
        f"{macros.stated_number('text')} as stated_value, {macros.stated_unit('text')} as "
        "stated_value_unit, text like '1 in %' as is_one_in, wording, $is_exact as is_exact "
        "from (select $text as text, $wording as wording))",
        {"text": text, "wording": wording, "is_exact": is_exact},
    ).fetchall()
    return round(found[0], 9), round(found[1], 9)


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("text", ["9 %", "9.5 %", "300,000", "2.75 million", "1 million"])
def test_a_fall_agrees_with_the_mirror_image_of_what_a_rise_does(text: str, wording: str) -> None:
    low, high = accepted(text, wording)
    assert accepted(f"-{text}", wording) == (-high, -low)


@pytest.mark.parametrize(
    ("text", "wording", "low", "high"),
    [
        ("-9 %", "over", -10, -9),
        ("-9 %", "under", -9, -8),
        ("-300,000", "over", -400_000, -300_000),
        ("-10 %", "nearly", -12.5, -7.5),
    ],
)
def test_a_hedge_on_a_fall_is_one_on_its_size(
    text: str, wording: str, low: float, high: float
) -> None:
    assert accepted(text, wording) == (low, high)


@pytest.mark.parametrize(
    ("text", "wording", "low", "high"),
    [
        ("80", "plain", 80, 80),
        ("80", "over", 81, 90),
        ("82", "over", 83, 83),
        ("1", "over", 2, 2),
        ("80", "under", 70, 79),
        ("80", "about", 70, 90),
        ("80", "nearly", 70, 85),
    ],
)
def test_what_is_counted_is_exact_unless_it_is_hedged(
    text: str, wording: str, low: float, high: float
) -> None:
    assert accepted(text, wording, is_exact=True) == (low, high)


@few
@given(
    st.integers(0, 10**6), st.integers(1, 3), st.sampled_from(["thousand", "million", "billion"])
)
def test_a_figure_is_the_decimal_that_it_states(digits: int, places: int, word: str) -> None:
    """In SQL and in Python alike: 8.2 million has no 8,199,999.999999999 people."""
    text = f"{Decimal(digits).scaleb(-places)} {word}"
    exact = Decimal(digits).scaleb(-places) * {"thousand": 10**3, "million": 10**6}.get(word, 10**9)
    [(found,)] = duckdb.execute(
        f"select {macros_of_claims().stated_number('$text')}", {"text": text}
    ).fetchall()
    assert Decimal(found) == exact
    assert figure(text) == found


@pytest.mark.parametrize("text", ["5.952.174", "abc", "12abc", "1,23", "over 5", "", "1 in 0"])
def test_what_is_no_figure_states_no_number(text: str) -> None:
    [(found,)] = duckdb.execute(
        f"select {macros_of_claims().stated_number('$text')}", {"text": text}
    ).fetchall()
    assert found is None
    assert figure(text) is None


@pytest.mark.parametrize(
    ("times", "shown"),
    [(1, "1"), (1.0003, "1.0003"), (0.99974, "0.9997"), (1.004, "1.004"), (1.26, "1.26")],
)
def test_what_is_nearly_the_same_is_told_in_as_many_digits_as_show_that_it_is_not(
    times: float, shown: str
) -> None:
    [(found,)] = duckdb.execute(
        f"select {macros_of_claims().times_text('times')} from (select $times::double as times)",
        {"times": times},
    ).fetchall()
    assert found == shown


@pytest.mark.parametrize(
    ("count_of", "one", "two"),
    [
        ("years", "1 year", "2 years"),
        ("hosts", "1 country of asylum", "2 countries of asylum"),
        ("countries", "1 country", "2 countries"),
    ],
)
def test_one_is_told_as_one(count_of: str, one: str, two: str) -> None:
    found = duckdb.execute(
        f"select {macros_of_claims().claim_text('value', 'value')} from (select "
        "unnest([1.0, 2.0]) as value, '{value} {count_of}' as shown_as, $count_of as count_of, "
        "2023 as from_year, 2024 as to_year, 1.0 as per, 1.0 as threshold_low)",
        {"count_of": count_of},
    ).fetchall()
    assert found == [(one,), (two,)]


@pytest.mark.parametrize(
    ("text", "wording", "low", "high"),
    [
        ("1 in 2", "over", 0.5, 1),
        ("1 in 2", "under", 1 / 3, 0.5),
        ("1 in 4", "about", 0.2, 1 / 3),
        ("1 in 67", "plain", 1 / 67.5, 1 / 66.5),
    ],
)
def test_one_in_so_many_is_hedged_as_other_figures_are(
    text: str, wording: str, low: float, high: float
) -> None:
    assert accepted(text, wording) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("text", "wording", "low", "high"),
    [
        ("1 million", "plain", 750_000, 1_250_000),
        ("100,000", "about", 75_000, 125_000),
        ("1 million", "over", 1_000_000, 1_500_000),
        ("1 million", "under", 500_000, 1_000_000),
        ("1 in 10", "plain", 1 / 12.5, 1 / 7.5),
        ("10 %", "plain", 7.5, 12.5),
        # Whole percents and times are rounded as usual.
        ("1 %", "plain", 0.5, 1.5),
        ("1 %", "about", 0.5, 1.5),
        ("2 %", "plain", 1.5, 2.5),
        ("0.1 %", "plain", 0.05, 0.15),
        ("2.75 million", "plain", 2_745_000, 2_755_000),
        ("2.75 million", "about", 2_740_000, 2_760_000),
    ],
)
def test_a_round_figure_agrees_with_none_that_is_far_from_it(
    text: str, wording: str, low: float, high: float
) -> None:
    assert accepted(text, wording) == (pytest.approx(low), pytest.approx(high))
