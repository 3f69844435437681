"""A claim that somebody asks about: what is refused is said in the words it was asked in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from warehouse.claims.asked import asked_as, asked_in_options
from warehouse.reference.claims import CLAIM_COLUMNS, ClaimsError, check_claim


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"base_year": "2030"},
         "--base-year: a level does not use it; leave it empty; --base-year: 2030 is not between "
         "1951, the first year of the dataset of refugees_stock, and 2026, the year the document "
         "was published."),
        ({"kind": "range", "at_most": "4", "at_least": "50", "value": None, "year": "2020-2024"},
         "--at-most: 4 is below --at-least, 50."),
        ({"kind": "range", "at_most": "4", "at_least": "3", "value": None},
         "--year: a range is about several years, not 2024 alone."),
        ({"from_year": 2020}, "--from-year: a level is about one year, not 2020 to 2024."),
        ({"kind": "share_of", "value": "3 %"}, "--share-of: a share_of needs it."),
        ({"unit": "cases"}, "--unit: refugees_stock is only counted in persons."),
    ],
)  # fmt: skip
def test_a_claim_that_is_asked_for_is_refused_in_the_words_it_was_asked_in(
    changed: dict[str, Any], said: str
) -> None:
    options = {"year": "2024", "kind": "level", "unit": "persons", "measure": "refugees_stock"}
    options |= {"value": "1", **changed}
    cells = asked_in_options(options, [], "a test")
    text = {name: str(cells.get(name) or "") for name in CLAIM_COLUMNS}
    called = {column: f"--{name.replace('_', '-')}" for column, name in asked_as(options).items()}
    with pytest.raises(ClaimsError) as refused:
        check_claim(text, date(2026, 2, 1), None, called)
    assert str(refused.value) == f"This claim cannot be evaluated: {said}"
