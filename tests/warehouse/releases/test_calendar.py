"""When a release is due: from when the ones before came out, on days that stand here."""

from __future__ import annotations

from datetime import date

import pytest

from warehouse.reference.releases import NamedRelease
from warehouse.releases.calendar import HeldRelease, next_release
from warehouse.releases.identify import read_lists

LISTED = [
    NamedRelease("2023-06", "", date(2023, 10, 25), date(2023, 6, 30)),
    NamedRelease("2023-12", "", date(2024, 6, 13), date(2023, 12, 31)),
    NamedRelease("2024-06", "", date(2024, 10, 9), date(2024, 6, 30)),
    NamedRelease("2024-06.1", "", date(2025, 3, 30), date(2024, 6, 30)),
    NamedRelease("2024-12", "", date(2025, 6, 12), date(2024, 12, 31)),
]
YEAR_END = HeldRelease("2024-12", date(2024, 12, 31), date(2025, 6, 12))
MID_YEAR = HeldRelease("2025-06", date(2025, 6, 30), date(2025, 10, 20))


def test_it_is_expected_when_its_kind_came_out_before_and_corrections_do_not_count() -> None:
    found = next_release(YEAR_END, LISTED, date(2025, 9, 1))
    assert found.reference_date == date(2025, 6, 30)
    # 101 and 117 days after 30 June; the correction of March came 273 days after.
    assert (found.earliest, found.latest) == (date(2025, 10, 9), date(2025, 10, 25))
    after = next_release(MID_YEAR, LISTED, date(2025, 11, 1))
    assert after.reference_date == date(2025, 12, 31)
    assert (after.earliest, after.latest) == (date(2026, 6, 12), date(2026, 6, 14))


@pytest.mark.parametrize(
    ("today", "due_since"),
    [
        pytest.param(date(2025, 10, 25), None, id="latest_day_so_far"),
        pytest.param(date(2025, 11, 22), None, id="four_weeks_later"),
        pytest.param(date(2025, 11, 23), date(2025, 11, 22), id="a_day_after_that"),
        pytest.param(date(2027, 1, 1), date(2025, 11, 22), id="years_later"),
    ],
)
def test_it_is_due_four_weeks_after_the_latest_day(today: date, due_since: date | None) -> None:
    found = next_release(YEAR_END, LISTED, today)
    assert found.due_since == due_since
    assert found.missing is None
    assert ("has been due since 2025-11-22" in found.text(YEAR_END)) is bool(due_since)


def test_one_that_our_list_knows_and_that_is_not_here_is_named_a_correction_too() -> None:
    held = HeldRelease("2024-06", date(2024, 6, 30), date(2024, 10, 9))
    found = next_release(held, LISTED, date(2025, 5, 1))
    assert (found.missing, found.due_since) == ("2024-06.1", date(2025, 3, 30))
    assert found.text(held).startswith("Release 2024-06.1 was published on 2025-03-30")
    assert next_release(held, LISTED, date(2025, 3, 29)).missing is None


def test_a_release_that_was_seen_before_its_day_in_the_list_is_not_missed() -> None:
    held = HeldRelease("2024-12", date(2024, 12, 31), date(2025, 6, 10))
    assert next_release(held, LISTED, date(2025, 7, 1)).missing is None


def test_a_list_without_a_release_of_the_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="describes a day in June"):
        next_release(YEAR_END, [LISTED[1]], date(2025, 9, 1))


def test_the_calendar_of_our_list_is_june_and_october_to_november() -> None:
    listed = list(read_lists().releases.values())
    mid_year = next_release(
        HeldRelease("", date(2025, 12, 31), date(2026, 6, 25)), listed, date.max
    )
    assert {mid_year.earliest.month, mid_year.latest.month} == {10, 11}
    year_end = next_release(HeldRelease("", date(2026, 6, 30), date.max), listed, date(2027, 1, 1))
    assert {year_end.earliest.month, year_end.latest.month} == {6}
