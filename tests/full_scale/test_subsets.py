"""Fewer than all releases: who began later, or took only some, builds them as well as all ten.

Each subset is built with the memory that is the default: what joins are made with differs from one
to the next.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.full_scale.conftest import ALL, HELD, Built, built, missing
from warehouse.settings import Settings

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

WITH_STARTER = " beside the starter extract"
# After the first run of all, no run passed with it.
IN_CI = {f"2023-06{WITH_STARTER}"}
SUBSETS = {
    **{f"the first {many}": ALL[:many] for many in (2, 3, 4, 5, 7, 8, 9)},
    **{f"{release} alone": [release] for release in ALL},
    **{f"{release}{WITH_STARTER}": [release] for release in ALL},
}


def held(found: Built) -> set[tuple[str, str]]:
    return {(one.endpoint, one.release_id) for one in found.assigned.quarantined}


@pytest.mark.parametrize(
    "subset",
    [
        pytest.param(
            name,
            marks=pytest.mark.full_scale if name in IN_CI else pytest.mark.every_release,
            id=name,
        )
        for name in SUBSETS
    ],
)
def test_any_first_releases_and_each_alone_pass_every_data_test(
    tmp_path: Path, subset: str
) -> None:
    releases = SUBSETS[subset]
    found = built(tmp_path, releases, with_starter=subset.endswith(WITH_STARTER))
    assert found.result.failure_text() == ""
    assert held(found) <= {one for one in HELD if one[1] in releases}
    shutil.rmtree(tmp_path)  # half a gigabyte


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The first six releases, with which the default memory was too little once."""
    return built(tmp_path_factory.mktemp("six"), ALL[:6])


@pytest.mark.full_scale
@pytest.mark.every_release
def test_the_first_six_releases_pass_every_data_test(six: Built) -> None:
    assert six.result.failure_text() == ""
    assert held(six) == {one for one in HELD if one[1] in ALL[:6]}


@pytest.fixture(scope="module")
def beside(six: Built) -> Built:
    """Three more after them, and the starter extract, whose release is the tenth."""
    return built(six.settings.data_dir, ALL[6:9], with_starter=True)


def values(settings: Settings, sql: str) -> list[Any]:
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.full_scale
def test_older_releases_beside_the_starter_extract_pass_every_data_test(
    beside: Built,
) -> None:
    assert beside.result.failure_text() == ""
    assert held(beside) == {one for one in HELD if one[1] in ALL[:9]}
    [note] = [one.held_back for one in beside.assigned.quarantined if one.held_back]
    assert note.startswith("displacement-flows: figures of 2025-06.1; 2025-12.0 is held back")


@pytest.mark.full_scale
def test_the_newest_figure_is_the_starter_extracts_and_its_silence_is_no_revision(
    beside: Built,
) -> None:
    settings = beside.settings
    newest = (
        "select asylum_seekers_stock, release_id from marts.mart_origin_yearly "
        "where reference_year = 2025 and counting_unit = 'persons' and origin_iso3 = "
    )
    assert values(settings, f"{newest} 'CHN'") == [(99_716, "2025-12.1")]
    [(_, release)] = values(settings, f"{newest} 'SYR'")
    assert release == "2025-12.0"
    silent = values(
        settings,
        "select count(*) from marts.mart_revisions where dataset = 'population' "
        "and release_id = '2025-12.1' and (value_before is null or value_after is null)",
    )
    assert silent == [(0,)]


@pytest.mark.full_scale
def test_the_starter_extract_says_nothing_of_a_release_that_is_landed_whole(beside: Built) -> None:
    """Of three it has a part; of the tenth there is nothing else."""
    told = values(
        beside.settings,
        "select distinct release_id from intermediate.coverage_in_force "
        "where starts_with(snapshot_id, 'starter')",
    )
    assert told == [("2025-12.1",)]


@pytest.mark.full_scale
def test_decisions_of_older_pairs_are_not_added_to_a_later_control_total(beside: Built) -> None:
    """The starter extract has totals of decisions alone; pairs are of older releases."""
    told = values(
        beside.settings,
        "select cast(year as integer), if(dec_pc = 'P', 'persons', 'cases'), "
        "sum(try_cast(dec_total as bigint)) from raw.asylum_decisions "
        "where _slice = 'by_origin' and starts_with(_snapshot_id, 'starter') "
        "group by all order by all",
    )
    ours = values(
        beside.settings,
        "select reference_year, counting_unit, decisions_total from marts.mart_origin_yearly "
        f"where origin_iso3 = 'CHN' and decisions_total > 0 and reference_year >= {told[0][0]} "
        "order by all",
    )
    assert ours == [row for row in told if row[2]]
    assert (2023, "cases", 18) in ours
