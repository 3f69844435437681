"""A landing folder that is not where it was is no reason to publish less than before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.small_build import published_from, settings_in
from warehouse.published.landed import LandingLostError, lost_snapshots, refuse_lost_landing
from warehouse.settings import Settings

ARCHIVE = ("population", "archive-2024-06-aaaaaaaa", "archive")
API = ("population", "20261130T190201Z-bbbbbbbb", "api")
STARTER = ("population", "starter-2024-06-cccccccc", "starter")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "data")


def test_landing_without_any_of_what_was_published_is_refused_with_what_to_do(
    settings: Settings,
) -> None:
    published_from(settings, ARCHIVE, API, STARTER)
    assert len(lost_snapshots(settings)[0]) == 3
    with pytest.raises(LandingLostError) as caught:
        refuse_lost_landing(settings)
    said = str(caught.value)
    assert "has none of the 3\N{NO-BREAK SPACE}snapshots that asylum.duckdb was built from" in said
    assert f"remove {settings.published_db}" in said


def test_a_link_to_a_disk_that_is_not_mounted_is_refused_too(settings: Settings) -> None:
    published_from(settings, API)
    settings.landing_dir.symlink_to("/no/such/disk")
    with pytest.raises(LandingLostError):
        refuse_lost_landing(settings)


def test_what_was_removed_on_purpose_and_what_any_run_lands_again_is_not_refused(
    settings: Settings,
) -> None:
    refuse_lost_landing(settings)  # nothing is published yet
    published_from(settings, STARTER)
    refuse_lost_landing(settings)
    published_from(settings, ARCHIVE, API, STARTER)
    (settings.landing_dir / API[0] / API[1]).mkdir(parents=True)
    refuse_lost_landing(settings)
    assert lost_snapshots(settings) == (
        ["population/archive-2024-06-aaaaaaaa", "population/starter-2024-06-cccccccc"],
        3,
    )


def test_a_file_that_says_nothing_of_it_is_left_to_the_run(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.published_db.write_bytes(b"no database")
    refuse_lost_landing(settings)
    assert lost_snapshots(settings) == ([], 0)
