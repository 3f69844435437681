"""Raw -> releases: each loaded snapshot is assigned a release, and said whether it is accepted."""

import duckdb

from warehouse.build import raw
from warehouse.core.database import connect
from warehouse.releases.assign import assign
from warehouse.settings import Settings


def rows(settings, sql):
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_the_starter_extract_is_of_the_releases_it_states_and_all_accepted(loaded):
    found = assign(loaded)
    assert found.quarantined == []
    assert set(found.releases.values()) == {"2024-06", "2024-12", "2025-06", "2025-12.1"}
    population = rows(
        loaded,
        "select release_id, is_named, differs_in, compared_with from releases.snapshot_releases "
        "where endpoint = 'population' order by in_force_from",
    )
    assert [row[:3] for row in population] == [
        (release, True, None) for release in ("2024-06", "2024-12", "2025-06", "2025-12.1")
    ]
    # The last one was asked for countries of asylum that those before were not.
    assert [bool(row[3]) for row in population] == [False, True, True, False]


def test_every_loaded_snapshot_has_one_release_however_often_it_is_assigned(loaded):
    table = "select * from releases.snapshot_releases order by all"
    first, before = assign(loaded), rows(loaded, table)
    assert {row[:2] for row in before} == set(
        rows(
            loaded,
            "select endpoint, snapshot_id from raw.loads where endpoint <> 'inhabitants'",
        )
    )
    assert (assign(loaded), rows(loaded, table)) == (first, before)


def test_what_is_landed_and_not_loaded_is_assigned_nothing(loaded):
    with connect(loaded.build_db, loaded) as con:
        con.execute("delete from raw.loads where endpoint = 'regions'")
    assert not [key for key in assign(loaded).releases if key[0] == "regions"]


def test_nothing_landed_has_no_release_and_no_findings(tmp_path):
    settings = Settings(data_dir=tmp_path / "data", threads=2)
    raw.load(settings)
    found = assign(settings)
    assert (found.releases, found.quarantined) == ({}, [])
    assert rows(settings, "select * from releases.snapshot_releases") == []
