"""Raw -> releases: each loaded snapshot is assigned a release, and said whether it is accepted."""

from datetime import UTC, datetime, timedelta

import duckdb

from tests.fake_api import FakeApi, fast_settings, sample_data
from warehouse.build import raw
from warehouse.core.database import connect
from warehouse.landing import snapshots
from warehouse.releases.assign import assign
from warehouse.settings import Settings
from warehouse.sources.unhcr_api import crawl


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


def test_a_hold_ends_though_the_api_goes_on_serving_the_same(tmp_path, monkeypatch):
    """Then no snapshot of that dataset is made by which it could be confirmed."""
    day = [0]

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 7, 1, 10, tzinfo=UTC) + timedelta(days=day[0])

    for module in (snapshots, crawl):
        monkeypatch.setattr(module, "datetime", Clock)

    def world(bump, since, until=2024):
        data = sample_data(range(2005, until + 1), bump)
        idmc = sample_data(range(since, 2025))["idmc"]
        return data | {"idmc": idmc}

    held = []
    with FakeApi(world(0, 2005)) as api:
        settings = fast_settings(tmp_path / "data", api.url, page_size=1000)
        for day[0], told, origins in (
            (0, (0, 2005), []),
            (120, (7, 2015), []),
            (121, (7, 2015), ["SYR"]),
            (122, (8, 2015), []),
            (360, (14, 2015, 2025), []),
        ):
            api.publish(world(*told))
            snapshots.crawl(settings, endpoints=["population", "idmc"], origins=origins)
            raw.load(settings)
            held.append([one.endpoint for one in assign(settings).quarantined])
    assert held == [[], ["idmc"], ["idmc", "idmc"], ["idmc", "idmc"], []]
