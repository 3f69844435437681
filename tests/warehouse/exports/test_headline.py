"""The headline figures of the report, from rows of a country of origin."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from warehouse.exports.findings.headline import _rate_figure, headline_figures
from warehouse.exports.origin_years import OriginYear, if_distributed, may_be_higher_by_origin
from warehouse.exports.site import hosts

STOCKS = ("asylum_seekers_stock", "refugees_stock")
NO_ROW: dict[str, Any] = {
    **dict.fromkeys(
        [
            *(f"{name}{end}" for name in (*STOCKS, "new_asylum_claims") for end in (
                "", "_change", "_change_rate", "_change_breaks", "_highest_to_date",
                "_highest_year_to_date", "_world_share", "_if_distributed_as_before",
            )),
            *(f"is_{name}_change_{end}" for name in (*STOCKS, "new_asylum_claims") for end in (
                "comparable", "on_small_count",
            )),
            *(f"is_{name}_complete" for name in (*STOCKS, "new_asylum_claims")),
            *("refugee_recognition_rate", "total_protection_rate", "decisions_substantive"),
            *("is_rate_on_small_count", "applications_new"),
            *("is_flows_provisional", "is_applications_provisional", "is_decisions_provisional"),
            *("is_population_provisional", "asylum_seekers_carried_forward_stock"),
        ]
    ),
}  # fmt: skip


def of_year(year: int, persons: dict[str, Any], cases: dict[str, Any] | None = None) -> OriginYear:
    """A year of a country with these figures, and nothing else."""
    row = NO_ROW | {"reference_year": year, "reference_date": date(year, 12, 31)}
    return OriginYear(year, row | persons, row | (cases or {}))


@pytest.mark.parametrize(
    ("is_provisional", "nature", "within"),
    [(True, "rate, provisional", "in the first half of 2026"), (False, "rate", "in 2026")],
)
def test_the_rate_of_half_a_year_says_that_it_is_provisional(
    is_provisional: bool, nature: str, within: str
) -> None:
    row = {
        "reference_year": 2026,
        "refugee_recognition_rate": 0.4,
        "total_protection_rate": None,
        "decisions_substantive": 100,
        "is_rate_on_small_count": False,
        "is_decisions_provisional": is_provisional,
    }
    found = _rate_figure([of_year(2026, row)])
    assert found is not None
    assert found.nature == nature
    assert f"Rate {within}:" in found.counts


def waiting(newest: int, highest: int, year: int, *, is_complete: bool = True) -> list[OriginYear]:
    return [
        of_year(2024, {"asylum_seekers_stock": 200, "is_asylum_seekers_stock_complete": True}),
        of_year(
            2025,
            {
                "asylum_seekers_stock": newest,
                "is_asylum_seekers_stock_complete": is_complete,
                "asylum_seekers_stock_highest_to_date": highest,
                "asylum_seekers_stock_highest_year_to_date": year,
            },
        ),
    ]


@pytest.mark.parametrize(
    ("newest", "highest", "year", "certain", "uncertain"),
    [
        (
            *(180, 200, 2024, "highest: 200 in 2024"),
            "highest reported: 200 in 2024, but another year may be higher",
        ),
        (
            *(300, 300, 2025, "the highest so far"),
            "the highest reported so far, but another year may be higher",
        ),
    ],
)
def test_a_highest_that_another_year_may_exceed_is_the_highest_reported(
    newest: int, highest: int, year: int, certain: str, uncertain: str
) -> None:
    years = waiting(newest, highest, year)
    [figure] = headline_figures(years)
    assert certain in figure.notes
    [figure] = headline_figures(years, may_be_higher={"asylum_seekers_stock"})
    assert uncertain in figure.notes
    assert certain not in figure.notes


def test_a_highest_that_lacks_people_is_at_least_so_many() -> None:
    before, newest = waiting(180, 200, 2024)
    short = of_year(2024, {"asylum_seekers_stock": 200, "is_asylum_seekers_stock_complete": False})
    for years, told in (([before, newest], "200"), ([short, newest], "at least 200")):
        [figure] = headline_figures(years)
        assert f"highest: {told} in 2024" in figure.notes
        [figure] = headline_figures(years, may_be_higher={"asylum_seekers_stock"})
        assert f"highest reported: {told} in 2024, but another year may be higher" in figure.notes


@pytest.mark.parametrize(
    ("newest", "highest", "year", "certain", "uncertain"),
    [
        (
            *(180, 200, 2024, "highest since 2012: 200 in 2024"),
            "highest reported since 2012: 200 in 2024, but another year may be higher",
        ),
        (
            *(300, 300, 2025, "the highest since 2012"),
            "the highest reported since 2012, but another year may be higher",
        ),
    ],
)
def test_a_highest_of_the_years_loaded_says_since_when(
    newest: int, highest: int, year: int, certain: str, uncertain: str
) -> None:
    years, since = waiting(newest, highest, year), {"asylum_seekers_stock": 2012}
    [figure] = headline_figures(years, since=since)
    assert certain in figure.notes
    [figure] = headline_figures(years, since=since, may_be_higher={"asylum_seekers_stock"})
    assert uncertain in figure.notes
    assert not any(
        "since" in note
        for figure in headline_figures(years, since={"refugees_stock": 2012})
        for note in figure.notes
    )


def test_the_mart_of_records_says_of_which_measures_another_year_may_be_higher() -> None:
    with duckdb.connect() as con:
        con.execute(
            """
            create table mart_origin_records as
            select * from (
                values
                    ('IND', 'IND', 'persons', 'asylum_seekers_stock', false),
                    ('IND', 'IND', 'persons', 'refugees_stock', true),
                    ('IND', 'IND', 'cases', 'applications_new', false),
                    (null, 'TIB', 'persons', 'new_asylum_claims', false)
            ) as records (
                origin_iso3, origin_unhcr_code, counting_unit, measure, is_record_certain
            )
            """
        )
        assert may_be_higher_by_origin(con) == {
            "IND": {"asylum_seekers_stock"},
            "TIB": {"new_asylum_claims"},
        }
        assert may_be_higher_by_origin(con, "TIB") == {"TIB": {"new_asylum_claims"}}


def test_of_a_country_of_asylum_a_lower_bound_below_the_highest_may_be_higher() -> None:
    assert hosts.may_be_higher(waiting(180, 200, 2024)) == frozenset()
    assert hosts.may_be_higher(waiting(180, 200, 2024, is_complete=False)) == {
        "asylum_seekers_stock"
    }
    assert hosts.may_be_higher(waiting(300, 300, 2025, is_complete=False)) == frozenset()


@pytest.mark.parametrize(
    ("lacking", "part"),
    [((), ""), ((2024,), ", of what was reported"), ((2025,), ", of what was reported")],
)
@pytest.mark.parametrize("change", [-60, 0])
def test_a_change_from_or_to_a_lower_bound_is_of_what_was_reported(
    lacking: tuple[int, ...], part: str, change: int
) -> None:
    years = [
        of_year(
            year,
            {
                "new_asylum_claims": claims,
                "new_asylum_claims_change": change,
                "new_asylum_claims_change_rate": change / 100,
                "is_new_asylum_claims_complete": year not in lacking,
            },
        )
        for year, claims in ((2023, 100), (2024, 100), (2025, 100 + change))
    ]
    [figure] = headline_figures(years)
    told = f"−60 (−60.0\u00a0%) on 2024{part}" if change else f"as many as in 2024{part}"
    assert figure.notes[0] == told


def decided(rate: float | None, substantive: int | None) -> dict[str, Any]:
    return {"refugee_recognition_rate": rate, "decisions_substantive": substantive}


@pytest.mark.parametrize(
    ("persons", "cases", "value", "notes"),
    [
        (
            *(decided(0.191, 111_088), decided(0.365, 37_128), "19.1\u00a0%"),
            (
                "of 111,088\u00a0substantive decisions, persons",
                "36.5\u00a0% of another 37,128\u00a0substantive decisions, cases "
                "(the two are never added)",
            ),
        ),
        (
            *(decided(0.0, 72), decided(0.246, 605), "24.6\u00a0%"),
            (
                "of 605\u00a0substantive decisions, cases",
                "0.0\u00a0% of another 72\u00a0substantive decisions, persons "
                "(the two are never added)",
            ),
        ),
        # Too few to be named, and none.
        (
            *(decided(0.4, 1000), decided(0.9, 49), "40.0\u00a0%"),
            ("of 1,000\u00a0substantive decisions, persons",),
        ),
        (
            *(decided(None, None), decided(0.5, 40), "50.0\u00a0%"),
            ("of 40\u00a0substantive decisions, cases",),
        ),
    ],
)
def test_a_rate_is_of_the_unit_with_more_decisions_and_names_the_other(
    persons: dict[str, Any], cases: dict[str, Any], value: str, notes: tuple[str, ...]
) -> None:
    found = _rate_figure([of_year(2025, persons, cases), of_year(2023, decided(0.577, 61_911))])
    assert found is not None
    assert (found.value, found.notes) == (value, notes)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ((decided(0.577, 61_911), None), "persons"),
        ((None, decided(0.577, 61_911)), "cases"),
        # Cases too few to be named, the same units, and no rate.
        ((decided(0.577, 61_911), decided(0.5, 20)), "persons"),
        ((decided(0.577, 61_911), decided(0.5, 9000)), None),
        ((None, None), None),
    ],
)
def test_a_rate_is_not_read_across_a_change_of_unit(
    before: tuple[dict[str, Any] | None, dict[str, Any] | None], told: str | None
) -> None:
    found = _rate_figure(
        [
            of_year(2025, decided(0.191, 111_088), decided(0.365, 37_128)),
            of_year(2024, before[0] or {}, before[1]),
        ]
    )
    assert found is not None
    words = f"not comparable with 2024, when decisions were counted in {told}"
    assert (found.notes[-1] == words) == bool(told)
    assert told or not any("not comparable" in note for note in found.notes)


@pytest.mark.parametrize(
    ("claims", "persons", "cases", "halves", "said"),
    [
        (911_952, 629_358, 282_594, (False, False), "282,594"),
        (790, None, 790, (True, True), "790"),
        # Converted otherwise, too few, of other months, and none.
        (911_953, 629_358, 282_594, (False, False), None),
        (1049, 1000, 49, (False, False), None),
        (790, None, 790, (False, True), None),
        (1000, 1000, None, (False, None), None),
    ],
)
def test_cases_that_are_counted_as_persons_are_said_to_be(
    claims: int, persons: int | None, cases: int | None, halves: tuple[Any, Any], said: str | None
) -> None:
    year = of_year(
        2025,
        {
            "new_asylum_claims": claims,
            "applications_new": persons,
            "is_flows_provisional": halves[0],
        },
        {"applications_new": cases, "is_applications_provisional": halves[1]},
    )
    words = f"{said} of them are cases, each counted as one person"
    [figure] = headline_figures([year], is_asylum=True)
    assert figure.notes == ((words,) if said else ())
    # Of a country of origin, countries that count in cases are many.
    [figure] = headline_figures([year])
    assert figure.notes == ()


def test_people_moved_between_categories_are_told_with_their_countries() -> None:
    year = of_year(
        2025,
        {
            "refugees_stock": 2_671_560,
            "refugees_stock_change": -3_000_000,
            "is_refugees_stock_change_comparable": False,
            "refugees_stock_change_breaks": "category_moved",
        },
    )
    moves = [
        {"reference_year": of, "place": place, "persons": persons}
        for of, place, persons in (
            *((2025, "Iran", 879_500), (2025, "Pakistan", 89_088), (2025, "Uzbekistan", 7_700)),
            *((2025, "Chile", 5), (2024, "Pakistan", 427_753)),
        )
    ]
    told = "moved: Iran 879,500, Pakistan 89,088, Uzbekistan 7,700"
    for count, more in ((3, ""), (5, ", and 1\u00a0other country")):
        [figure] = headline_figures([year], moves=moves[:count])
        assert figure.notes == (
            "not comparable with 2024: moved between categories",
            f"{told}{more}",
        )
    # A year that is comparable, as of so many people.
    whole = of_year(2025, {"refugees_stock": 2_671_560})
    [figure] = headline_figures([whole], moves=moves)
    assert figure.notes == ()


def test_refugees_are_a_lower_bound_where_not_all_were_reported() -> None:
    for is_complete, shown in ((False, "at least 5"), (True, "5"), (None, "5")):
        year = {"refugees_stock": 5, "is_refugees_stock_complete": is_complete}
        [figure] = headline_figures([of_year(2025, year)])
        assert figure.value == shown


def test_one_year_alone_holds_no_highest() -> None:
    alone = {
        "refugees_stock": 3000,
        "refugees_stock_highest_to_date": 3000,
        "refugees_stock_highest_year_to_date": 1966,
    }
    [figure] = headline_figures([of_year(1965, {"refugees_stock": 0}), of_year(1966, alone)])
    assert figure.notes == ()
    [figure] = headline_figures([of_year(1965, {"refugees_stock": 1}), of_year(1966, alone)])
    assert figure.notes == ("the highest so far",)


@pytest.mark.parametrize(("is_asylum", "given"), [(False, "no origin"), (True, "no country of")])
def test_nothing_of_no_country_is_told_as_more_fewer_or_highest(
    is_asylum: bool, given: str
) -> None:
    years = waiting(300, 300, 2025)
    years[1].persons.update(asylum_seekers_stock_change=100)  # type: ignore[attr-defined]
    [figure] = headline_figures(years, is_asylum=is_asylum)
    assert figure.notes == ("+100 on 2024", "the highest so far")
    [figure] = headline_figures(years, is_asylum=is_asylum, is_unknown=True)
    [note] = figure.notes
    assert given in note


@pytest.mark.parametrize(("high", "is_told"), [(21_849, False), (21_900, True), (21_751, False)])
def test_a_range_of_an_estimate_that_is_none_as_shown_is_not_told(high: int, is_told: bool) -> None:
    row = NO_ROW | {
        "reference_year": 2025,
        "new_asylum_claims": 21_000,
        "is_new_asylum_claims_complete": False,
        "new_asylum_claims_if_distributed_as_before": 21_800,
        "new_asylum_claims_if_distributed_as_before_low": 21_751,
        "new_asylum_claims_if_distributed_as_before_high": high,
    }
    told = if_distributed(row, "new_asylum_claims")
    assert told is not None
    assert "about 21,800" in told
    assert ("between 21,800 and 21,900" in told) == is_told
    assert ("between" in told) == is_told


def test_an_estimate_names_no_year_whose_origins_it_takes() -> None:
    """Where a country of asylum goes on withholding origins, they are not of the year before."""
    row = NO_ROW | {
        "reference_year": 2026,
        "asylum_seekers_stock": 102_647,
        "is_asylum_seekers_stock_complete": False,
        "asylum_seekers_stock_if_distributed_as_before": 175_000,
        "asylum_seekers_stock_if_distributed_as_before_low": None,
        "asylum_seekers_stock_if_distributed_as_before_high": None,
    }
    told = if_distributed(row, "asylum_seekers_stock")
    assert told is not None
    assert told.endswith(
        "about 175,000, if the people without an origin were of the same origins as before: an "
        "estimate."
    )
