"""What programs read of the site: whose day stands in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from warehouse.exports.site import machines

ABOUT = {
    "release": "2025-12.1",
    "source_sentence": "Source: UNHCR.",
    "how_to_cite": "UNHCR, release 2025-12.1. Retrieved 2026-11-29.",
    "retrieved_at": "2026-11-29T00:05:43Z",
    "built_at": "2026-11-29T00:08:47Z",
}


def told(published_on: date | None) -> list[dict[str, Any]]:
    """What each of the three says, as its readers read it."""
    return [
        machines.dataset(ABOUT, published_on),
        machines.croissant(ABOUT, published_on, {"resources": []}),
        yaml.safe_load(machines.citation_cff(ABOUT, published_on)),
    ]


@pytest.mark.parametrize("published_on", [date(2026, 6, 25), None], ids=["known", "not_known"])
def test_the_day_of_the_figures_is_that_of_their_release_and_never_of_the_run(
    published_on: date | None,
) -> None:
    expected = published_on.isoformat() if published_on else None
    dataset, croissant, citation = told(published_on)
    assert dataset.get("datePublished") == croissant.get("datePublished") == expected
    assert citation.get("date-released") == expected
    for found in (dataset, croissant, citation):
        assert "2026-11-29" not in str({**found, "citeAs": ""})
