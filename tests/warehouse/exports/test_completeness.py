"""A lower bound of 0 says nothing, wherever a figure is read from a mart."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.exports.completeness import (
    estimate,
    is_lower_bound,
    known,
    with_what_is_known,
)

MEASURES = ("asylum_seekers_stock", "new_asylum_claims")


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("value", "is_complete", "shown", "is_bound"),
    [
        *((0, False, None, False), (0, True, 0, False), (0, None, 0, False)),
        *((5, False, 5, True), (5, True, 5, False), (None, None, None, False)),
    ],
)
def test_sql_and_python_say_the_same(
    measure: str, value: int | None, is_complete: bool | None, shown: int | None, is_bound: bool
) -> None:
    row = dict.fromkeys([*MEASURES, *(f"is_{name}_complete" for name in MEASURES)])
    row |= {"reference_year": 2025, measure: value, f"is_{measure}_complete": is_complete}
    with duckdb.connect() as con:
        con.execute(
            f"create table figures as select $value::bigint as {measure}, "
            f"$is_complete::boolean as is_{measure}_complete",
            {"value": value, "is_complete": is_complete},
        )
        [found] = con.execute(
            f"select {known('figures', measure)}, coalesce({is_lower_bound('figures', measure)}, "
            "false) from figures"
        ).fetchall()
    assert found == (shown, is_bound)
    [read] = with_what_is_known([row])
    assert read[measure] == shown
    assert (read[f"is_{measure}_complete"] is False) == is_bound


def test_of_other_measures_it_is_not_known_who_is_missing() -> None:
    assert is_lower_bound("figures", "oip_stock") == "false"
    assert known("figures", "oip_stock") == 'figures."oip_stock"'
    # Of refugees they know it, and a 0 is none.
    assert known("figures", "refugees_stock") == 'figures."refugees_stock"'
    assert "is_refugees_stock_complete" in is_lower_bound("figures", "refugees_stock")


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("breaks", "shown"),
    [
        *((None, 40), ("", 40), ("origin_withheld, not_reported_year_before", 40)),
        *(("origin_withheld, not_reported", None), ("half_year_repeated", None)),
    ],
)
def test_nothing_is_estimated_of_a_year_in_which_people_are_missing_whom_nobody_reported(
    measure: str, breaks: str | None, shown: int | None
) -> None:
    ends = ("", "_low", "_high")
    columns = [f"{measure}_if_distributed_as_before{end}" for end in ends]
    row = dict.fromkeys([*MEASURES, *(f"is_{name}_complete" for name in MEASURES)])
    row |= {"reference_year": 2024, f"{measure}_change_breaks": breaks}
    row |= dict.fromkeys(columns, 40)
    with duckdb.connect() as con:
        con.execute(
            f"create table figures as select $breaks::varchar as {measure}_change_breaks, "
            + ", ".join(f"40 as {column}" for column in columns),
            {"breaks": breaks},
        )
        told = ", ".join(estimate("figures", measure, end) for end in ends)
        assert con.execute(f"select {told} from figures").fetchall() == [(shown,) * 3]
    [read] = with_what_is_known([row])
    assert [read[column] for column in columns] == [shown] * 3


@pytest.mark.parametrize("measure", MEASURES)
def test_a_change_to_or_from_what_is_not_known_is_not_known(measure: str) -> None:
    changes = {
        f"{measure}_change": -10, f"{measure}_change_rate": -1.0, f"{measure}_change_breaks": "a",
        f"is_{measure}_change_comparable": False, f"is_{measure}_change_on_small_count": True,
    }  # fmt: skip
    other = {name: 7 for name in MEASURES if name != measure}
    rows = [
        {
            "origin_unhcr_code": origin, "counting_unit": unit, "reference_year": year,
            measure: value, f"is_{measure}_complete": is_complete, **changes, **other,
            **{f"is_{name}_complete": True for name in other},
            **{f"{name}_change": 3 for name in other},
        }
        for origin, unit, year, value, is_complete in (
            *(("A", "persons", 2012, 10, True), ("A", "persons", 2013, 0, False)),
            *(("A", "cases", 2013, 5, True), ("A", "persons", 2014, 10, True)),
            *(("A", "persons", 2015, 5, False), ("A", "persons", 2016, 0, False)),
            *(("A", "persons", 2018, 10, True), ("B", "persons", 2019, 4, True)),
        )
    ]  # fmt: skip
    found = list(with_what_is_known(rows))
    is_told = [row[f"{measure}_change"] is not None for row in found]
    assert is_told == [True, False, True, False, True, False, True, True]
    for row, told in zip(found, is_told, strict=True):
        assert all(row[name] == (value if told else None) for name, value in changes.items())
        assert all(row[f"{name}_change"] == 3 for name in other)
