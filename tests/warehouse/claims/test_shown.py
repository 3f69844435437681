"""The results of a claim in a table: lower bounds and what does not compare are marked."""

from __future__ import annotations

from typing import Any

import pytest

from warehouse.claims import shown

CLAIM: dict[str, Any] = {
    "kind": "level", "newest_text": "99,716", "as_flow_newest_text": "25,198",
    "change_rate": -0.442, "is_lower_bound": False, "is_as_flow_incomplete": False,
    "is_not_comparable": False, "is_revision_comparable": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "newest", "as_flow"),
    [
        ({}, "99,716", "25,198"),
        ({"is_lower_bound": True}, "≥ 99,716", "25,198"),
        ({"is_lower_bound": True, "newest_text": "0"}, "–", "25,198"),
        ({"is_as_flow_incomplete": True}, "99,716", "≥ 25,198"),
        ({"kind": "sum", "is_as_flow_incomplete": True}, "99,716", "≥ 25,198"),
        (
            {"kind": "change", "newest_text": "-44.9 %", "is_not_comparable": True},
            *("(-44.9 %)", "25,198"),
        ),
        # Where people are missing in one of two figures, they do not compare.
        ({"kind": "ratio", "is_as_flow_incomplete": True}, "99,716", "(25,198)"),
        # A year and a place are no lower bounds.
        ({"kind": "record", "is_as_flow_incomplete": True}, "99,716", "25,198"),
        ({"newest_text": None, "as_flow_newest_text": None, "is_lower_bound": True}, None, None),
    ],
)
def test_a_lower_bound_is_shown_as_one_and_what_does_not_compare_in_brackets(
    cells: dict[str, Any], newest: str | None, as_flow: str | None
) -> None:
    found = (shown.newest(CLAIM | cells), shown.as_flow_newest(CLAIM | cells))
    assert tuple(text and text.replace("\u00a0", " ") for text in found) == (newest, as_flow)


@pytest.mark.parametrize(
    ("cells", "change"),
    [
        ({}, "-44.2 %"),
        ({"is_revision_comparable": False}, "(-44.2 %)"),
        ({"change_rate": 0.0}, None),
        ({"change_rate": None}, None),
    ],
)
def test_a_move_that_is_one_of_reporting_stands_in_brackets(
    cells: dict[str, Any], change: str | None
) -> None:
    found = shown.change(CLAIM | cells)
    assert (found and found.replace("\u00a0", " ").replace("−", "-")) == change


def test_flags_are_told_in_words() -> None:
    assert shown.flag_words("stock_read_as_flow, figure_is_lower_bound") == (
        "a stock read as a flow; a lower bound"
    )
    assert shown.flag_words("") == ""
