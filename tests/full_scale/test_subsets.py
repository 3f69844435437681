"""Fewer than all releases: who began later, or took only some, builds them as well as all ten.

Each subset is built with the memory that is the default: what joins are made with differs from one
to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.full_scale.conftest import RELEASES, land_release, missing
from warehouse.build import dbt, raw
from warehouse.landing.snapshots import land_starter
from warehouse.releases.assign import Assigned, assign
from warehouse.settings import Settings

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

ALL = [one.name for one in sorted(RELEASES.iterdir())] if RELEASES.is_dir() else []
HELD = {("solutions", "2024-06"), ("displacement-flows", "2025-12.0")}
# With these the default memory was too little once.
IN_CI = {"the first 6"}
SUBSETS = {
    **{f"the first {many}": ALL[:many] for many in range(2, 10)},
    **{f"{release} alone": [release] for release in ALL},
}


def built(
    folder: Path, releases: Sequence[str], *, with_starter: bool = False
) -> tuple[Settings, Assigned, dbt.BuildResult]:
    settings = Settings(data_dir=folder, threads=2)
    for release in releases:
        land_release(settings, release)
    if with_starter:
        land_starter(settings)
    raw.load(settings)
    return settings, assign(settings), dbt.build(settings)


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
    _, assigned, result = built(tmp_path, SUBSETS[subset])
    assert result.failure_text() == ""
    assert {(one.endpoint, one.release_id) for one in assigned.quarantined} <= HELD


@pytest.fixture(scope="module")
def beside(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Settings, Assigned, dbt.BuildResult]:
    """Nine releases of the archive, and the starter extract, of which the newest is the tenth."""
    return built(tmp_path_factory.mktemp("beside"), ALL[:9], with_starter=True)


def values(settings: Settings, sql: str) -> list[Any]:
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.full_scale
def test_older_releases_beside_the_starter_extract_pass_every_data_test(
    beside: tuple[Settings, Assigned, dbt.BuildResult],
) -> None:
    _, assigned, result = beside
    assert result.failure_text() == ""
    assert {(one.endpoint, one.release_id) for one in assigned.quarantined} == HELD
    [note] = [one.held_back for one in assigned.quarantined if one.held_back]
    assert note.startswith("displacement-flows: figures of 2025-06.1; 2025-12.0 is held back")


@pytest.mark.full_scale
def test_the_newest_figure_is_the_starter_extracts_and_its_silence_is_no_revision(
    beside: tuple[Settings, Assigned, dbt.BuildResult],
) -> None:
    settings, _, _ = beside
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
