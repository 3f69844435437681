"""The headline figures of the report, from rows of a country of origin."""

from __future__ import annotations

import pytest

from warehouse.exports.findings.headline import _rate_figure


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
    found = _rate_figure([row])
    assert found is not None
    assert found.nature == nature
    assert f"Rate {within}:" in found.counts
