"""A release that lost data, from landing to the dimensions: quarantined alone, accepted, used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from tests.dbt_project.made_up import MadeUp, Row, api_row
from warehouse.build import raw
from warehouse.landing import decision
from warehouse.landing.snapshots import manifests
from warehouse.releases.assign import assign

MODELS = {
    *("stg_unhcr__snapshots", "stg_unhcr__snapshot_releases"),
    *("int_releases_resolved", "int_snapshots_resolved", "dim_release", "dim_snapshot"),
}


def demographics(*years: int) -> list[Row]:
    return [
        api_row("demographics", year, "SYR", "TUR", pop_type="REF", total=2_000_000 + year)
        for year in years
    ]


def population(newest: int) -> list[Row]:
    return [
        api_row("population", 2024, "SYR", "TUR", refugees=2_900_000),
        api_row("population", 2025, "SYR", "TUR", refugees=newest),
    ]


def ask(world: MadeUp, *queries: str) -> list[list[Any]]:
    """Load what is landed, make the models about snapshots and releases, and ask them."""
    raw.load(world.settings)
    assign(world.settings)
    with duckdb.connect(str(world.settings.build_db)) as con:
        seeds = [f"{seed['schema']}.{seed['alias']}" for seed in world.project.seeds]
        world.project.like_starter(con, seeds, rows=True)
        world.project.make(con, MODELS)
        return [con.execute(query).fetchall() for query in queries]


SNAPSHOTS = (
    "select endpoint, release_id, is_quarantined, accepted_why from marts.dim_snapshot "
    "order by endpoint, in_force_from"
)
RELEASES = (
    "select release_id, datasets, quarantined_endpoints, superseded_by, is_newest_held "
    "from marts.dim_release where is_held order by in_force_from"
)


def test_the_real_case_demographics_of_one_year_are_kept_out_and_population_is_taken(
    new_made_up: Callable[[], MadeUp],
) -> None:
    world = new_made_up()
    years = {"years": (1951, 2025)}
    # The later release first: the order of landing plays no part.
    world.land("demographics", {"pairs": demographics(2025)}, release_id="2025-12.1", **years)
    world.land("population", {"pairs": population(2_400_000)}, release_id="2025-12.1", **years)
    whole = demographics(*range(2001, 2026))
    world.land("demographics", {"pairs": whole}, release_id="2025-12.0", **years)
    world.land("population", {"pairs": population(2_400_005)}, release_id="2025-12.0", **years)

    snapshots, releases, findings = ask(
        world,
        SNAPSHOTS,
        RELEASES,
        "select findings from marts.dim_snapshot where is_quarantined",
    )
    assert snapshots == [
        ("demographics", "2025-12.0", False, None),
        ("demographics", "2025-12.1", True, None),
        ("population", "2025-12.0", False, None),
        ("population", "2025-12.1", False, None),
    ]
    assert releases == [
        ("2025-12.0", "demographics, population", None, "2025-12.1", False),
        ("2025-12.1", "population", "demographics", None, True),
    ]
    [(said,)] = findings
    assert said.startswith("24 of 25 years are missing: 2001-2024, 24 rows; ")

    [lost] = [
        folder
        for folder, manifest in manifests(world.settings, "demographics")
        if manifest.release_id == "2025-12.1"
    ]
    decision.write(lost, "accepted", "UNHCR withdrew the years before", world.settings.data_dir)
    snapshots, releases = ask(world, SNAPSHOTS, RELEASES)
    assert ("demographics", "2025-12.1", False, "UNHCR withdrew the years before") in snapshots
    assert releases[-1] == ("2025-12.1", "demographics, population", None, None, True)


def test_by_a_file_of_the_archive_that_lost_data_no_crawl_is_misjudged(
    new_made_up: Callable[[], MadeUp],
) -> None:
    """The API has what the file lacks: its crawl is the release all the same, and is used."""
    world = new_made_up()
    years = {"years": (1951, 2025)}
    before, whole = demographics(*range(2001, 2025)), demographics(*range(2001, 2026))
    world.land("demographics", {"pairs": before}, release_id="2025-06", **years)
    world.land("demographics", {"pairs": demographics(2025)}, release_id="2025-12.0", **years)
    world.land("population", {"pairs": population(2_400_000)}, release_id="2025-12.0", **years)
    world.land("population", {"pairs": population(2_400_000)}, at="2026-11-22T12:00:00Z")
    world.land("demographics", {"pairs": whole}, at="2026-11-22T12:00:00Z")
    [found] = ask(
        world,
        "select endpoint, source_kind, release_id, is_quarantined from marts.dim_snapshot "
        "where release_id <> '2025-06' order by endpoint, source_kind",
    )
    assert found == [
        ("demographics", "api", "2025-12.0", False),
        ("demographics", "starter", "2025-12.0", True),
        ("population", "api", "2025-12.0", False),
        ("population", "starter", "2025-12.0", False),
    ]


def test_an_unnamed_release_says_what_it_differs_in_from_the_newest_named_one(
    new_made_up: Callable[[], MadeUp],
) -> None:
    world = new_made_up()
    years = {"years": (1951, 2025)}
    world.land("population", {"pairs": population(2_400_000)}, release_id="2025-12.1", **years)
    world.land("population", {"pairs": population(2_390_000)}, at="2026-11-22T12:00:00Z")
    world.land("solutions", {"pairs": []}, at="2026-11-22T12:00:00Z")
    world.land_countries(at="2026-11-22T12:00:00Z")
    [unnamed] = ask(
        world,
        "select release_id, differs_in, in_force_from::varchar, endpoints, is_newest_held "
        "from marts.dim_release where not is_named",
    )
    assert unnamed == [
        (
            "api-2026-11-22",
            "population: 2025 (1 origin); solutions: no snapshot of a named release to "
            "compare with",
            "2026-11-22",
            "countries, population, regions, solutions",
            True,
        )
    ]
