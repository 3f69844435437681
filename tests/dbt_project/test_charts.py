"""Charts of the starter extract: all are drawn, from the tables that the project says."""

from __future__ import annotations

from typing import Any

from warehouse.exports import charts
from warehouse.exports.origins import find_origin
from warehouse.published.read import open_published
from warehouse.settings import Settings


def test_the_starter_extract_gives_all_drawings_with_its_figures(
    published_starter: Settings,
) -> None:
    with open_published(published_starter) as con:
        drawn = {drawing.name: drawing for drawing in charts.drawings(con, find_origin(con, "CHN"))}
        assert charts.drawings(con, find_origin(con, "SYR")) == []
    told = {name: drawing.description for name, drawing in drawn.items()}
    assert list(told) == [
        *("yearly", "releases", "flows", "destinations", "heatmap", "rank", "carried_forward"),
    ]
    assert (
        "most, as reported, in 2024: 180,960. Newest year 2025: 99,716 (at least: not all was "
        "reported)" in told["yearly"]
    )
    assert "Hu Jintao, 2003–2012; Xi Jinping, since 2013" in told["yearly"]
    first, now = "first 178,725 (2025-06, provisional)", "now 99,716 (2025-12.1, at least: "
    assert f"{first}, {now}not all was reported)" in told["releases"]
    assert "Refugee Recognition Rate was 41.0 %" in told["flows"]
    # The United States gave no origins of 1,437,190 people.
    assert "America ≥\u00a068,691 (68.9 %, 68,794 in 2019)" in told["destinations"]
    assert "United States of America 68,691 (at least: not all was reported)" in told["heatmap"]
    assert "Not itemised by country 1,553" in told["destinations"]
    assert "Italy 4 (rank 14 in 2012)" in told["rank"]
    assert (
        "82.8 % carried forward, of 178,725 persons: United States of America 147,909"
        in (told["carried_forward"])
    )
    # The starter extract holds neither the world nor all countries of asylum.
    assert "Among countries of origin" not in told["rank"]
    assert "Not every country of asylum" in str(drawn["rank"].spec())


def test_the_exposure_depends_on_what_the_charts_read(manifest: dict[str, Any]) -> None:
    exposure = manifest["exposures"]["exposure.asylum.charts"]
    tables = {node.rsplit(".", 1)[1] for node in exposure["depends_on"]["nodes"]}
    assert tables == charts.READS
    assert exposure["owner"].get("email") is None
