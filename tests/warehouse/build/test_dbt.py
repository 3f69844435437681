"""dbt in this process: what it leaves behind, what it refuses, what it says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests import killed
from tests.orchestration.small_project import (
    FAILING_TEST,
    WARNING_TEST,
    SmallSettings,
    small_project,
    write,
)
from tests.other_processes import begin, end_of, held_by_another
from warehouse.build import dbt, fingerprint
from warehouse.build.raw import load
from warehouse.core.database import DatabaseBusyError, connect, literal

MART = "dbt_project/models/marts/mart_extra.sql"


@pytest.fixture
def project(tmp_path: Path) -> SmallSettings:
    return small_project(tmp_path)


def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def names(settings: SmallSettings) -> set[str]:
    return {node["name"] for node in dbt.load_manifest(settings)["nodes"].values()}


def other_process(settings: SmallSettings, sql: str) -> str:
    """What another process reads in the build database."""
    code = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); "
        "print(con.execute(sys.argv[2]).fetchall())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(settings.build_db), sql],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_manifest_needs_neither_database_nor_network(
    project: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_network(monkeypatch)
    assert dbt.ensure_manifest(project).exists()
    assert not project.build_db.exists()


def test_an_unchanged_project_is_not_parsed_again(
    project: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    dbt.ensure_manifest(project)
    monkeypatch.setattr(dbt, "_invoke", lambda *_, **__: pytest.fail("parsed again"))
    dbt.ensure_manifest(project)


def test_models_added_changed_and_deleted_are_so_in_the_manifest(project: SmallSettings) -> None:
    before = names(project)
    path = write(project, MART, "select 1 as a")
    assert names(project) == before | {"mart_extra"}
    path.write_text("select 2 as a")
    model = dbt.load_manifest(project)["nodes"]["model.asylum.mart_extra"]
    assert model["raw_code"] == "select 2 as a"
    path.unlink()
    assert names(project) == before


def test_a_seed_that_changes_makes_the_manifest_stale(project: SmallSettings) -> None:
    before = fingerprint.project_hash(project)
    write(project, "seeds/reference/eras.csv", "leader,from_year\nA,2004\n")
    assert fingerprint.project_hash(project) != before


def test_a_manifest_whose_parse_was_cut_short_is_parsed_again(project: SmallSettings) -> None:
    path = dbt.ensure_manifest(project)
    write(project, MART, "select 1 as a")
    write(project, "dbt_project/models/marts/broken.sql", "select {{ nothing( }}")
    with pytest.raises(dbt.DbtError, match="broken"):
        dbt.ensure_manifest(project)
    (project.dbt_dir / "models/marts/broken.sql").unlink()
    assert "mart_extra" in names(project)
    assert json.loads(path.read_bytes())["nodes"]


def test_a_warning_of_dbt_itself_is_an_error(project: SmallSettings) -> None:
    write(project, "dbt_project/models/marts/more.yml", "models:\n  - name: no_such_model\n")
    with pytest.raises(dbt.DbtError, match="no_such_model"):
        dbt.ensure_manifest(project)


def test_a_project_is_built_in_a_folder_of_any_name(tmp_path: Path, model: SmallSettings) -> None:
    folder = tmp_path / 'Anna\'s files; né (1) "x"'
    shutil.copytree(model.data_dir.parent, folder)
    there = SmallSettings(data_dir=folder / "data", threads=2)
    result = dbt.build(there)
    assert not result.failed, result.failure_text()
    with connect(there.build_db, there) as con:
        assert con.execute("select count(*) from reference.eras").fetchall() == [(2,)]


def test_a_build_says_of_each_node_what_became_of_it(loaded: SmallSettings) -> None:
    heard: list[tuple[str, int, int | None]] = []
    result = dbt.build(loaded, lambda *event: heard.append(event))
    assert not result.failed
    assert {node.name for node in result.models} == {
        *("stg_unhcr__population", "int_snapshots_resolved", "dim_release"),
        *("mart_origin_yearly", "eras"),
    }
    rows = {node.name: node.rows for node in result.models}
    assert rows["eras"] == 2
    assert rows["stg_unhcr__population"] is None
    counted = other_process(loaded, "select count(*) from marts.mart_origin_yearly")
    assert counted == f"[({rows['mart_origin_yearly']},)]"
    assert [done for _, done, _ in heard] == list(range(1, len(result.nodes) + 1))
    assert heard[-1][1] == heard[-1][2]


def test_an_exposure_is_no_step_of_a_build(loaded: SmallSettings) -> None:
    write(
        loaded,
        "dbt_project/models/exposures.yml",
        "exposures:\n  - {name: shown, type: analysis, owner: {name: A}, "
        "depends_on: [ref('mart_origin_yearly')]}\n",
    )
    heard: list[tuple[str, int, int | None]] = []
    result = dbt.build(loaded, lambda *event: heard.append(event))
    assert not result.failed
    assert "shown" not in {node.name for node in result.nodes}
    assert [done for _, done, _ in heard] == list(range(1, len(result.nodes) + 1))
    assert heard[-1][1] == heard[-1][2]


def test_the_environment_is_left_as_it_was(loaded: SmallSettings) -> None:
    before = dict(os.environ)
    dbt.build(loaded)
    assert dict(os.environ) == before


def test_nothing_is_printed(loaded: SmallSettings, capfd: pytest.CaptureFixture[str]) -> None:
    write(loaded, "dbt_project/tests/assert_warned.sql", WARNING_TEST)
    dbt.build(loaded)
    assert capfd.readouterr() == ("", "")
    assert "assert_warned" in (loaded.dbt_target_dir / "logs" / "dbt.log").read_text()


def test_another_process_opens_the_database_after_a_build_that_failed(
    loaded: SmallSettings,
) -> None:
    write(loaded, "dbt_project/models/marts/broken.sql", "select no_such_column from range(3)")
    write(loaded, "dbt_project/tests/assert_nothing.sql", FAILING_TEST)
    result = dbt.build(loaded)
    assert {node.name for node in result.failed} == {"broken", "assert_nothing"}
    assert other_process(loaded, "select 1") == "[(1,)]"


def test_what_failed_is_named_with_its_reason(loaded: SmallSettings) -> None:
    write(loaded, "dbt_project/models/marts/broken.sql", "select no_such_column from range(3)")
    write(loaded, "dbt_project/models/marts/mart_after.sql", "select * from {{ ref('broken') }}")
    text = dbt.build(loaded).failure_text()
    assert "model broken" in text
    assert "no_such_column" in text
    assert "Skipped, because they depend on these: 1." in text


def test_data_tests_run_where_their_table_was_built_and_nowhere_else(
    loaded: SmallSettings,
) -> None:
    broken = loaded.dbt_dir / "models/marts/mart_origin_yearly.sql"
    broken.write_text("select no_such_column from {{ ref('stg_unhcr__population') }}")
    result = dbt.build(loaded)
    tested = {node.unique_id.split(".")[2] for node in result.tests}
    assert not any("mart_origin_yearly" in name for name in tested)
    assert any("population_year" in name for name in tested)
    assert [node.name for node in result.failed] == ["mart_origin_yearly"]


def test_what_was_a_table_becomes_a_view_and_a_table_again(loaded: SmallSettings) -> None:
    for number, kept in enumerate(["table", "view", "view", "table", "table"]):
        write(
            loaded,
            "dbt_project/models/marts/mart_kept.sql",
            f"{{{{ config(materialized='{kept}') }}}} select {number} as number",
        )
        assert not dbt.build(loaded, select=["mart_kept"]).failure_text()
        with duckdb.connect(str(loaded.build_db), read_only=True) as con:
            assert con.execute("select number from marts.mart_kept").fetchall() == [(number,)]
            found = con.execute(
                "select 'view' from duckdb_views() where view_name = 'mart_kept' union all "
                "select 'table' from duckdb_tables() where table_name = 'mart_kept'"
            ).fetchall()
        assert found == [(kept,)]


def test_a_table_that_cannot_be_made_leaves_the_one_before(loaded: SmallSettings) -> None:
    model = "dbt_project/models/marts/mart_kept.sql"
    for kept in ("table", "view"):
        config = f"{{{{ config(materialized='{kept}') }}}} "
        write(loaded, model, f"{config} select 1 as number")
        assert not dbt.build(loaded, select=["mart_kept"]).failure_text()
        write(loaded, model, f"{config} select no_such_column")
        assert "no_such_column" in dbt.build(loaded, select=["mart_kept"]).failure_text()
        with duckdb.connect(str(loaded.build_db), read_only=True) as con:
            assert con.execute("select number from marts.mart_kept").fetchall() == [(1,)]


def test_a_table_is_tested_once_all_is_built_that_its_tests_read_and_not_after_all(
    loaded: SmallSettings,
) -> None:
    """A test of two tables waits for both, also where it stands with the first."""
    write(loaded, "dbt_project/models/marts/mart_z_last.sql", "select 1 as a -- {{ ref('eras') }}")
    both = "select 1 from {{ ref('eras') }} join {{ ref('mart_z_last') }} on false"
    write(loaded, "dbt_project/tests/assert_both.sql", both)
    heard: list[str] = []
    result = dbt.build(loaded, lambda label, *_: heard.append(label))
    assert not result.failed
    place = {label: number for number, label in enumerate(heard)}
    manifest = dbt.load_manifest(loaded)["nodes"]
    built = {node.unique_id: place[node.name] for node in result.models}
    for test in result.tests:
        for below in manifest[test.unique_id]["depends_on"]["nodes"]:
            assert place[test.name] > built.get(below, -1)
    assert min(place[test.name] for test in result.tests) < max(built.values())
    assert place["assert_both"] > built["model.asylum.mart_z_last"]


IN_PARTS = "{{ config(parts={'of': 'int_keys', 'by': 'key'}) }}\n"
OF_A_PART = """
select *, coalesce(getvariable('part_first'), '') as part from {{ ref('int_keys_seen') }}
"""
KEYS = ["", "A", "A", "A", "A", "B", "C'c", "C'c", "D$text$", "É", "É", "Z"]


@pytest.mark.parametrize("rows_of_a_part", [1, 2, 5, 100])
def test_a_table_made_in_parts_has_each_row_once_and_all_of_a_key_in_one_part(
    loaded: SmallSettings, rows_of_a_part: int
) -> None:
    rows = " union all ".join(
        f"select {literal(key)} as key, {n} as n" for n, key in enumerate(KEYS)
    )
    models = "dbt_project/models"
    write(loaded, f"{models}/intermediate/int_keys.sql", rows)
    write(
        loaded,
        f"{models}/staging/int_keys_seen.sql",
        "select * from {{ ref('int_keys') }} where {{ in_part('key') }}",
    )
    write(loaded, f"{models}/marts/mart_in_parts.sql", IN_PARTS + OF_A_PART)
    write(loaded, f"{models}/marts/mart_after.sql", f"{OF_A_PART}-- {{{{ ref('mart_in_parts') }}}}")
    project = loaded.dbt_dir / "dbt_project.yml"
    project.write_text(f"{project.read_text()}vars: {{part_rows: {rows_of_a_part}}}\n")
    assert not dbt.build(loaded).failure_text()
    with duckdb.connect(str(loaded.build_db), read_only=True) as con:
        parted = con.execute("select n, key, part from marts.mart_in_parts order by n").fetchall()
        after = con.execute("select n, part from marts.mart_after order by n").fetchall()
    assert [(n, key) for n, key, _ in parted] == list(enumerate(KEYS))
    assert after == [(n, "") for n in range(len(KEYS))]
    part_of = dict({(key, part) for _, key, part in parted})
    assert all(part_of[key] == part for _, key, part in parted)
    sizes = Counter(part for _, _, part in parted)
    assert max(sizes.values()) < rows_of_a_part + max(Counter(KEYS).values())


@pytest.mark.parametrize(("read_for_each", "keys_of_a_part"), [(0, 7), (1, 6), (3, 2), (100, 1)])
def test_what_is_read_for_each_key_bounds_how_many_make_a_part(
    loaded: SmallSettings, read_for_each: int, keys_of_a_part: int
) -> None:
    models = "dbt_project/models"
    keys = " union all ".join(f"select {literal(key)} as key" for key in dict.fromkeys(KEYS))
    write(loaded, f"{models}/intermediate/int_keys.sql", keys)
    write(
        loaded,
        f"{models}/intermediate/int_read.sql",
        f"select * from range({read_for_each}) -- {{{{ ref('int_keys') }}}}",
    )
    parts = "{'of': 'int_keys', 'by': 'key', 'each': 'int_read', 'rows': 7}"
    write(
        loaded,
        f"{models}/marts/mart_in_parts.sql",
        f"{{{{ config(parts={parts}) }}}} "
        "select key, coalesce(getvariable('part_first'), '') as part from {{ ref('int_keys') }} "
        "where {{ in_part('key') }} -- {{ ref('int_read') }}",
    )
    assert not dbt.build(loaded).failure_text()
    with duckdb.connect(str(loaded.build_db), read_only=True) as con:
        made = con.execute("select key, part from marts.mart_in_parts order by key").fetchall()
    assert [key for key, _ in made] == sorted(set(KEYS))
    sizes = Counter(part for _, part in made)
    assert max(sizes.values()) == keys_of_a_part


def test_data_tests_are_compiled_once_and_again_where_anything_changed(
    loaded: SmallSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, invoke = [], dbt._invoke

    def heard(settings: SmallSettings, command: str, *args: Any, **named: Any) -> Any:
        compiled.extend(["compile"] if command == "compile" else [])
        return invoke(settings, command, *args, **named)

    monkeypatch.setattr(dbt, "_invoke", heard)

    def outcomes() -> dict[str, str]:
        return {test.name: test.status for test in dbt.build(loaded).tests}

    first = outcomes()
    assert first
    assert outcomes() == first
    assert len(compiled) == 1

    write(loaded, "dbt_project/tests/assert_nothing.sql", "select 1 where {{ so() }}")
    for number, (so, status) in enumerate([("true", "fail"), ("false", "pass")], start=2):
        write(loaded, "dbt_project/macros/so.sql", f"{{% macro so() %}}{so}{{% endmacro %}}")
        assert outcomes() == first | {"assert_nothing": status}
        assert len(compiled) == number
        assert outcomes() == first | {"assert_nothing": status}
        assert len(compiled) == number

    noted = loaded.dbt_target_dir / "compiled_tests.json"
    noted.write_text(noted.read_text()[:100])
    assert outcomes() == first | {"assert_nothing": "pass"}
    assert len(compiled) == 4


def test_a_data_test_alone_can_be_asked_for(loaded: SmallSettings) -> None:
    assert not dbt.build(loaded).failed
    write(loaded, "dbt_project/tests/assert_nothing.sql", FAILING_TEST)
    result = dbt.build(loaded, select=["assert_nothing"])
    assert [(node.name, node.status) for node in result.nodes] == [("assert_nothing", "fail")]


def test_a_test_of_severity_warn_warns(loaded: SmallSettings) -> None:
    write(loaded, "dbt_project/tests/assert_warned.sql", WARNING_TEST)
    result = dbt.build(loaded)
    assert [n.status for n in result.tests if n.name == "assert_warned"] == ["warn"]
    assert not result.failed


def test_only_a_whole_build_without_failure_counts_as_tested(loaded: SmallSettings) -> None:
    dbt.build(loaded)
    tested = fingerprint.read_tested(loaded)
    assert tested is not None
    assert tested.lineage.build_fingerprint == fingerprint.expected(loaded)
    assert tested.lineage.release == "2025-12.1"
    assert set(tested.rows) == {"mart_origin_yearly", "dim_release", "eras"}

    dbt.build(loaded, select=["dim_release"])
    assert fingerprint.read_tested(loaded) is None

    dbt.build(loaded)
    assert fingerprint.read_tested(loaded) is not None
    path = write(loaded, "dbt_project/tests/assert_nothing.sql", FAILING_TEST)
    dbt.build(loaded)
    assert fingerprint.read_tested(loaded) is None
    path.unlink()


@pytest.mark.parametrize(
    "statement",
    ["copy (select 1) to '{}'", "set memory_limit = '1GB'"],
)
def test_sql_of_a_model_reaches_no_file_elsewhere_no_network_and_no_setting(
    loaded: SmallSettings, tmp_path: Path, statement: str
) -> None:
    outside = tmp_path / "outside.csv"
    hook = statement.format(outside)
    path = loaded.dbt_dir / "models/marts/dim_release.sql"
    path.write_text(f'{{{{ config(pre_hook="{hook}") }}}}\n{path.read_text()}')
    [failed] = dbt.build(loaded, select=["dim_release"]).failed
    assert any(word in failed.message for word in ("disabled", "locked"))
    assert not outside.exists()


def test_unit_tests_run_when_they_are_asked_for_and_not_with_the_data(
    loaded: SmallSettings,
) -> None:
    whole = dbt.build(loaded)
    assert "unit_test" not in {node.resource_type for node in whole.nodes}
    asked = dbt.unit_test(loaded)
    assert [n.name for n in asked.tests] == ["stocks_of_a_year_are_added_up"]


def test_a_unit_test_that_fails_is_said_to_fail(loaded: SmallSettings) -> None:
    path = loaded.dbt_dir / "models/marts/mart_origin_yearly.sql"
    path.write_text(path.read_text().replace("sum(", "max("))
    dbt.build(loaded)
    result = dbt.unit_test(loaded)
    assert [node.name for node in result.failed] == ["stocks_of_a_year_are_added_up"]


def test_a_database_that_another_process_holds_is_said_to_be_held(loaded: SmallSettings) -> None:
    with (
        held_by_another(loaded.build_db),
        pytest.raises(DatabaseBusyError, match="in use by another process"),
    ):
        dbt.build(loaded)
    assert not dbt.build(loaded).failed


def test_a_build_that_was_killed_is_repaired_by_the_next(loaded: SmallSettings) -> None:
    dbt.build(loaded)
    assert end_of(begin(killed.build, loaded, 4)) == -signal.SIGKILL
    assert fingerprint.read_tested(loaded) is None
    assert not dbt.build(loaded).failed
    assert fingerprint.read_tested(loaded) is not None


def test_the_fingerprint_tells_content_and_code_apart_from_their_order(
    loaded: SmallSettings,
) -> None:
    some = [("population", "a", "1"), ("solutions", "b", "2")]
    assert fingerprint.combined(some, "c") == fingerprint.combined(reversed(some), "c")
    assert fingerprint.combined(some, "c") != fingerprint.combined(some, "d")
    assert fingerprint.combined(some, "c") != fingerprint.combined(some[:1], "c")
    before = fingerprint.expected(loaded)
    write(loaded, MART, "select 1 as a")
    assert fingerprint.expected(loaded) != before


def test_tables_are_published_with_the_key_their_grain_test_states(project: SmallSettings) -> None:
    tables = dbt.published_tables(dbt.load_manifest(project))
    assert tables == [
        ("marts", "dim_release", ()),
        ("marts", "mart_origin_yearly", ("origin_iso3", "reference_year")),
        ("reference", "eras", ()),
    ]


def test_what_dbt_left_open_does_not_keep_an_old_database_alive(loaded: SmallSettings) -> None:
    dbt.build(loaded)
    loaded.build_db.unlink()
    load(loaded)
    with duckdb.connect(str(loaded.build_db)) as con:
        assert con.execute(
            "select count(*) from duckdb_tables() where schema_name = 'marts'"
        ).fetchall() == [(0,)]
