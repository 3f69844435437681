"""Landing -> raw: nothing lost, nothing interpreted, nothing twice."""

import gzip
import hashlib
import json
import shutil
import signal
import threading
import time

import duckdb
import pytest

from tests import killed
from tests.fake_api import rows_of_body
from tests.other_processes import begin, end_of, held_by_another
from warehouse.build import raw, repair
from warehouse.core.database import DatabaseBusyError, connect
from warehouse.landing import set_aside, snapshots
from warehouse.releases.assign import assign
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS


@pytest.fixture
def landed(loaded):
    """The same without a database."""
    loaded.build_db.unlink()
    return loaded


@pytest.fixture(scope="module")
def whole(loaded_model):
    """What a database has in which all was loaded at once."""
    return everything(loaded_model)


def rows(settings, sql):
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        return con.execute(sql).fetchall()


def everything(settings):
    tables = [endpoint.table for endpoint in ENDPOINTS.values()]
    tables += ["snapshots", "snapshot_coverage", "loads"]
    tables += ["snapshot_profiles", "snapshot_codes"]
    return {table: rows(settings, f"select * from raw.{table} order by all") for table in tables}


def test_every_row_of_every_landed_page_arrives_once_and_as_it_was_written(loaded_model):
    for folder, manifest in snapshots.manifests(loaded_model):
        endpoint = ENDPOINTS[manifest.endpoint]
        written = []
        for part in manifest.slices:
            for page in part.pages:
                items = rows_of_body(gzip.decompress((folder / page.file).read_bytes()))
                start = (page.page - 1) * part.page_size
                for position, item in enumerate(items, start=start + 1):
                    values = [
                        json.dumps(item[c], separators=(",", ":"))
                        if c in endpoint.objects
                        else item[c]
                        for c in endpoint.columns
                    ]
                    written.append(
                        (part.slice, position, *(v if v is None else str(v) for v in values))
                    )
        names = ", ".join(f'"{c}"' for c in endpoint.columns)
        arrived = rows(
            loaded_model,
            f"select _slice, _row_number, {names} from raw.{endpoint.table} "
            f"where _snapshot_id = '{manifest.snapshot_id}'",
        )
        assert sorted(arrived, key=repr) == sorted(written, key=repr)


def test_loading_twice_changes_nothing(landed, whole):
    first = raw.load(landed)
    second = raw.load(landed)
    assert first.loaded
    assert not second.loaded
    assert not second.removed
    assert second.rows == first.rows
    assert everything(landed) == whole


def test_a_fresh_database_gives_the_same_tables_as_a_grown_one(landed, whole):
    """The build is a function of landing, not of the order in which snapshots came."""
    kept = landed.data_dir / "kept"
    late = landed.landing_dir / "population"
    shutil.move(late, kept)
    raw.load(landed)
    shutil.move(kept, late)
    raw.load(landed)
    assert everything(landed) == whole


def test_a_snapshot_taken_out_of_landing_leaves_the_database_with_its_profile(loaded):
    folder, manifest = snapshots.manifests(loaded, "population")[0]
    shutil.rmtree(folder)
    result = raw.load(loaded)
    assert result.removed == [("population", manifest.snapshot_id)]
    assert not rows(
        loaded, f"select 1 from raw.population where _snapshot_id = '{manifest.snapshot_id}'"
    )
    assert len(rows(loaded, "select 1 from raw.snapshots where endpoint = 'population'")) == 3
    assign(loaded)
    for table in ("raw.snapshot_profiles", "releases.snapshot_releases"):
        found = rows(loaded, f"select distinct endpoint, snapshot_id from {table}")
        assert found
        assert (manifest.endpoint, manifest.snapshot_id) not in found


def without_its_last_row(body):
    envelope = json.loads(body)
    envelope["items"].pop()
    return gzip.compress(json.dumps(envelope).encode())


@pytest.mark.parametrize(
    "spoil",
    [
        without_its_last_row,
        lambda body: gzip.compress(body)[:-10],
        lambda body: b"no archive",
        lambda body: gzip.compress(body.replace(b'"page"', b'"page":1,"page"')),
        lambda body: None,
    ],
    ids=["a row less", "cut", "another kind of file", "a key twice", "gone"],
)
def test_a_snapshot_that_cannot_be_loaded_is_set_aside_and_the_rest_is_loaded(landed, spoil):
    folder, manifest = snapshots.manifests(landed, "population")[0]
    page = folder / manifest.slices[0].pages[0].file
    body = gzip.decompress(page.read_bytes())
    page.unlink()
    if spoil(body) is not None:
        page.write_bytes(spoil(body))
    result = raw.load(landed)
    [aside] = result.set_aside
    assert (aside.endpoint, aside.snapshot_id) == ("population", manifest.snapshot_id)
    assert f"{page.name} is missing or was changed after landing" in aside.sentence
    assert "Fetch it again" in aside.sentence
    assert rows(landed, "select count(distinct _snapshot_id) from raw.population") == [(3,)]
    assign(landed)
    for table in ("raw.loads", "raw.snapshots", "releases.snapshot_releases"):
        found = rows(landed, f"select endpoint, snapshot_id from {table}")
        # What is not UNHCR's is of no release.
        inhabitants = table == "releases.snapshot_releases"
        assert len(found) == len(snapshots.manifests(landed)) - inhabitants
        assert ("population", manifest.snapshot_id) not in found


def test_a_snapshot_set_aside_is_not_tried_again_until_its_note_is_removed(landed):
    folder, manifest = snapshots.manifests(landed, "population")[0]
    page = folder / manifest.slices[0].pages[0].file
    sound = page.read_bytes()
    page.write_bytes(b"no archive")
    first = raw.load(landed)
    page.write_bytes(sound)
    second = raw.load(landed)
    assert (second.loaded, second.set_aside) == ([], first.set_aside)
    (folder / set_aside.FILE_NAME).unlink()
    third = raw.load(landed)
    assert (third.loaded, third.set_aside) == ([("population", manifest.snapshot_id)], [])


def test_the_content_of_a_snapshot_set_aside_is_landed_again_when_it_is_fetched_again(landed):
    folder, _ = snapshots.manifests(landed, "population")[0]
    for page in folder.glob("*.json.gz"):
        page.unlink()
    assert len(raw.load(landed).set_aside) == 1
    [again] = [one for one in snapshots.land_starter(landed) if one.is_new]
    assert again.endpoint == "population"
    assert raw.load(landed).loaded == [("population", again.snapshot_id)]


def test_a_full_disk_sets_no_snapshot_aside(landed, monkeypatch):
    def full(*_):
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(raw, "_load_snapshot", full)
    with pytest.raises(duckdb.IOException):
        raw.load(landed)
    assert snapshots.all_set_aside(landed) == []


def test_an_error_in_one_thread_ends_all_and_leaves_whole_snapshots(landed, whole, monkeypatch):
    load_snapshot, begun, in_another = raw._load_snapshot, [], threading.Event()

    def load_or_fail(con, folder, manifest):
        begun.append(manifest.endpoint)
        if manifest.endpoint == "population":
            assert in_another.wait(10)
            time.sleep(0.2)
            raise duckdb.IOException("No space left on device")
        if in_another.is_set():
            time.sleep(0.2)
        else:
            load_snapshot(con, folder, manifest)
            in_another.set()
            con.execute("select count(*) from range(1_000_000_000_000)")
            pytest.fail("nobody interrupted it")

    monkeypatch.setattr(raw, "_load_snapshot", load_or_fail)
    with pytest.raises(duckdb.IOException, match="No space left"):
        raw.load(landed)
    assert len(begun) == 2  # one in each thread
    loaded = rows(landed, "select endpoint, snapshot_id from raw.loads order by all")
    assert len(loaded) == 1
    assert loaded == sorted(
        (endpoint.name, snapshot)
        for endpoint in ENDPOINTS.values()
        for (snapshot,) in rows(landed, f"select distinct _snapshot_id from raw.{endpoint.table}")
    )
    monkeypatch.undo()
    raw.load(landed)
    assert everything(landed) == whole


def test_each_table_has_its_rows_in_one_order_whatever_the_threads(landed):
    def in_order(threads):
        landed.build_db.unlink(missing_ok=True)
        raw.load(landed.model_copy(update={"threads": threads}))
        return {one.table: rows(landed, f"from raw.{one.table}") for one in ENDPOINTS.values()}

    assert in_order(1) == in_order(4)


def test_an_added_column_is_kept_for_the_snapshots_that_have_it(loaded):
    folder, manifest = snapshots.manifests(loaded, "regions")[0]
    target = folder.parent / "later"
    shutil.copytree(folder, target)
    part = manifest.slices[0]
    page = target / part.pages[0].file
    body = json.loads(gzip.decompress(page.read_bytes()))
    for item in body["items"]:
        item['colour "of" region'] = "blue"
    changed = json.dumps(body).encode()
    page.write_bytes(gzip.compress(changed))
    described = manifest.model_copy(deep=True, update={"snapshot_id": "later"})
    described.slices[0].pages[0].sha256 = hashlib.sha256(changed).hexdigest()
    described.slices[0].added_columns = ['colour "of" region']
    (target / "manifest.json").write_text(described.model_dump_json())
    raw.load(loaded)
    kept = rows(
        loaded,
        "select _snapshot_id = 'later' as is_later, _added, count(*) "
        "from raw.regions group by all order by 1",
    )
    assert kept == [(False, None, 6), (True, '{"colour \\"of\\" region":"blue"}', 6)]


def test_a_table_of_an_earlier_version_is_filled_anew(loaded, whole):
    with connect(loaded.build_db, loaded) as con:
        con.execute("alter table raw.regions drop column _added")
        con.execute("alter table raw.regions add column colour varchar")
    assert {endpoint for endpoint, _ in raw.load(loaded).loaded} == {"regions"}
    assert everything(loaded) == whole


def test_text_of_the_source_that_looks_like_sql_is_only_text(loaded):
    folder, manifest = snapshots.manifests(loaded, "regions")[0]
    hostile = "it's'; drop table raw.regions; --"
    target = folder.parent / hostile
    shutil.copytree(folder, target)
    described = manifest.model_copy(update={"snapshot_id": hostile})
    (target / "manifest.json").write_text(described.model_dump_json())
    raw.load(loaded)
    assert rows(loaded, "select count(*) from raw.regions") == [(12,)]


def test_what_runs_out_of_memory_beside_others_is_loaded_alone_and_nothing_twice(
    landed, whole, monkeypatch
):
    load_snapshot, here, failed, alone = raw._load_snapshot, threading.current_thread(), set(), []

    def load_or_run_out(con, folder, manifest):
        is_here = threading.current_thread() is here
        load_snapshot(con, folder, manifest)
        if is_here:
            alone.append(manifest.snapshot_id)
        # The second of an endpoint: the first is loaded by then.
        earlier = con.execute(
            "select count(*) from raw.loads where endpoint = ?", [manifest.endpoint]
        ).fetchall()
        if not is_here and earlier == [(2,)]:
            failed.add(manifest.snapshot_id)
            raw._remove(con, manifest.endpoint, manifest.snapshot_id)
            raise duckdb.OutOfMemoryException("failed to allocate data")

    monkeypatch.setattr(raw, "_load_snapshot", load_or_run_out)
    done = []
    raw.load(landed, lambda _, number, of: done.append((number, of)))
    assert failed and failed <= set(alone)
    assert everything(landed) == whole
    assert done[-1][0] == done[-1][1]
    assert max(number for number, _ in done[:-1]) < done[-1][1]


def test_a_held_database_is_a_clear_error(loaded):
    with (
        held_by_another(loaded.build_db),
        pytest.raises(DatabaseBusyError, match="in use by another process"),
        connect(loaded.build_db, loaded),
    ):
        pass


def load_as_a_run_does(settings):
    repair.repaired(settings, lambda: raw.load(settings), lambda _: None)


def test_a_load_killed_at_any_moment_is_made_whole_by_the_next_one(landed, whole):
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2):
        for file in landed.data_dir.glob("build.duckdb*"):
            file.unlink()
        assert end_of(begin(killed.load, landed, delay)) in {0, -signal.SIGKILL}
        load_as_a_run_does(landed)
        assert everything(landed) == whole


@pytest.mark.parametrize("written", [0, 1, 4095, 4096, 8192, 12287])
def test_a_database_that_was_being_created_is_made_whole_by_the_next_load(landed, whole, written):
    """A new file is 12,288 bytes."""
    with duckdb.connect(str(landed.build_db)):
        pass
    begun = landed.build_db.read_bytes()
    assert len(begun) == 12_288
    landed.build_db.write_bytes(begun[:written])
    load_as_a_run_does(landed)
    assert everything(landed) == whole


def test_snapshots_with_profiles_of_another_version_get_new_ones(loaded, whole):
    with connect(loaded.build_db, loaded) as con:
        con.execute("delete from raw.snapshot_profiles; delete from raw.snapshot_codes")
        con.execute("update raw.loads set profile_version = profile_version - 1")
    raw.load(loaded)
    assert everything(loaded) == whole
