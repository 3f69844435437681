"""What Dagster knows of the warehouse: all of it, described, without a gap."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY as UNIQUE_ID

from orchestration import keys
from orchestration.automation import CODE_LOCATION
from orchestration.definitions import definitions
from tests.network import no_network
from warehouse.build.dbt import load_manifest
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

ROOMS = {
    *("sources", "landing", "raw", "releases", "reference", "staging", "intermediate", "marts"),
    *("published", "exports"),
}


@pytest.fixture(scope="module")
def settings(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The real project, parsed into a data folder that holds nothing else."""
    found = Settings(data_dir=tmp_path_factory.mktemp("nothing") / "data")
    shutil.copytree(parsed_project, found.dbt_target_dir)
    return found


@pytest.fixture(scope="module")
def known(settings: Settings) -> dg.Definitions:
    with no_network():
        found = definitions(settings)
        dg.Definitions.validate_loadable(found)
    return found


def specs(known: dg.Definitions) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in known.resolve_all_asset_specs()}


def test_it_loads_without_a_network_and_without_a_database(
    known: dg.Definitions, settings: Settings
) -> None:
    assert known.resolve_job_def("refresh")
    assert not settings.build_db.exists()
    assert not settings.published_db.exists()


def test_dagsters_process_does_without_dbt_and_finds_it_where_it_is_asked_for() -> None:
    code = (
        "import sys; import orchestration.definitions; "
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'dbt']; "
        "import dbt.version; assert dbt.version.__version__"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=True)


def test_every_asset_is_described_in_a_room_with_kinds_and_without_an_owner(
    known: dg.Definitions,
) -> None:
    for key, spec in specs(known).items():
        assert spec.description, key
        assert spec.group_name in ROOMS, key
        assert spec.kinds, key
        assert not spec.owners, key
    assert {spec.group_name for spec in specs(known).values()} == ROOMS


def test_every_endpoint_is_an_asset_in_each_of_the_first_rooms(known: dg.Definitions) -> None:
    found = specs(known)
    for endpoint in ENDPOINTS.values():
        assert keys.api_endpoint(endpoint) in found
        assert keys.landed(endpoint) in found
        assert keys.raw_table(endpoint.table) in found


def test_the_way_from_each_exported_file_leads_to_an_endpoint_without_a_gap(
    known: dg.Definitions,
) -> None:
    found = specs(known)
    exported = [key for key, spec in found.items() if spec.group_name == "exports"]
    assert keys.DATA_PACKAGE in exported
    assert len(exported) > 3
    for start in exported:
        rooms, seen, todo = set(), set(), [start]
        while todo:
            key = todo.pop()
            assert key in found, f"{key} is asked for and nowhere made"
            if key not in seen:
                seen.add(key)
                rooms.add(found[key].group_name)
                todo += [dep.asset_key for dep in found[key].deps]
        assert rooms >= {"sources", "landing", "raw", "staging", "marts", "published"}, start
        assert any(key.path[0] == "unhcr_api" for key in seen), start


def test_only_sources_reference_and_the_calendar_stand_on_nothing(known: dg.Definitions) -> None:
    calendar = keys.modelled("intermediate", "int_days_combined")
    for key, spec in specs(known).items():
        on_nothing = spec.group_name in {"sources", "reference"} or key == calendar
        assert bool(spec.deps) is not on_nothing, key


def test_every_raw_table_is_made_by_the_load(known: dg.Definitions) -> None:
    graph = known.resolve_asset_graph()
    for key, spec in specs(known).items():
        if spec.group_name == "raw":
            assert graph.get(key).is_executable, key


def test_every_data_test_of_dbt_is_an_asset_check(
    known: dg.Definitions, settings: Settings
) -> None:
    nodes = load_manifest(settings)["nodes"].values()
    tests = {node["unique_id"]: node for node in nodes if node["resource_type"] == "test"}
    shown = {
        (spec.metadata or {}).get(UNIQUE_ID)
        for definition in known.assets or []
        if isinstance(definition, dg.AssetsDefinition)
        for spec in definition.check_specs
    }
    missing = {node["name"] for unique_id, node in tests.items() if unique_id not in shown}
    assert not missing, "give these meta.dagster.ref, or Dagster does not show them"


def test_every_check_says_what_it_is_and_every_test_of_dbt_what_follows(
    known: dg.Definitions, settings: Settings
) -> None:
    nodes = load_manifest(settings)["nodes"]
    for definition in known.assets or []:
        if not isinstance(definition, dg.AssetsDefinition):
            continue
        for spec in definition.check_specs:
            assert spec.description, spec.key
            unique_id = (spec.metadata or {}).get(UNIQUE_ID)
            if unique_id:
                blocks = nodes[unique_id]["config"]["severity"].lower() == "error"
                ending = "Blocks: if it" if blocks else "Warns: a failure"
                assert ending in spec.description, spec.key
                assert not spec.description.startswith("`expect_"), "a sentence is missing for it"


def test_every_table_shows_its_columns_with_types_where_these_are_stated(
    known: dg.Definitions,
) -> None:
    for key, spec in specs(known).items():
        room, name = key.path[0], key.path[-1]
        if "table_function" in spec.kinds:  # it has arguments
            continue
        if room in {"reference", "staging", "intermediate", "marts"} or (
            room == "exports" and name.startswith(("mart_", "dim_"))
        ):
            schema = spec.metadata["dagster/column_schema"]
            assert isinstance(schema, dg.TableSchema), key
            # What stays inside is described when it is made.
            assert schema.columns or room == "intermediate", key
            if room in {"reference", "exports"}:
                assert all(column.type != "?" for column in schema.columns), key


def test_old_things_are_noticed_by_the_calendar_and_by_the_last_look(known: dg.Definitions) -> None:
    policies = {key: spec.freshness_policy for key, spec in specs(known).items()}
    assert {key for key, policy in policies.items() if policy} == {
        keys.LAST_LOOK,
        keys.PUBLISHED_FILE,
    }
    # An asset that others stand on would be made, and they with it, by each look.
    for spec in specs(known).values():
        assert keys.LAST_LOOK not in {dep.asset_key for dep in spec.deps}


def test_its_name_is_the_one_that_runs_of_the_command_line_are_put_with() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["dagster"]["code_location_name"] == CODE_LOCATION


def test_all_that_writes_goes_through_one_pool_in_one_process(known: dg.Definitions) -> None:
    job = known.resolve_job_def("refresh")
    assert {node.definition.pool for node in job.nodes} == {keys.WRITERS}
    assert job.executor_def.name == "in_process"


def test_nothing_asks_the_api_before_somebody_turns_it_on(known: dg.Definitions) -> None:
    schedules = {one.name: one.default_status for one in known.schedules or []}
    sensors = {sensor.name: sensor.default_status for sensor in known.sensors or []}
    assert schedules == {
        "weekly": dg.DefaultScheduleStatus.STOPPED,
        "tidy_up": dg.DefaultScheduleStatus.RUNNING,  # it asks nobody
    }
    assert sensors == {
        "new_figures": dg.DefaultSensorStatus.STOPPED,
        "failed_runs": dg.DefaultSensorStatus.RUNNING,
    }


def test_no_path_of_this_machine_is_in_what_is_shown(
    known: dg.Definitions, settings: Settings
) -> None:
    for spec in specs(known).values():
        assert str(Path.home()) not in (spec.description or "")
        assert str(settings.data_dir) not in (spec.description or "")
