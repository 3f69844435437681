"""Conventions by dbt-bouncer; by dbt-coverage a text and a test for each column of the marts."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import dbt_coverage
import duckdb
import pytest

from warehouse.settings import PROJECT_ROOT

CONFIG = PROJECT_ROOT / "dbt_project" / "dbt-bouncer.yml"


def bounced(manifest: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """dbt-bouncer on a manifest, as the project's configuration tells it."""
    (folder / "target").mkdir()
    (folder / "target" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    shutil.copy(CONFIG, folder)
    return subprocess.run(
        [
            *(Path(sys.executable).with_name("dbt-bouncer"), "run", "--show-all-failures"),
            *("--config-file", folder / CONFIG.name),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_project_keeps_its_conventions(manifest: dict[str, Any], tmp_path: Path) -> None:
    done = bounced(manifest, tmp_path)
    assert done.returncode == 0, done.stdout
    found = re.search(r"SUCCESS=(\d+) WARN=0 ERROR=0", done.stdout)
    assert found and int(found[1]) > 1000, done.stdout


def test_a_project_that_breaks_them_is_told_where(manifest: dict[str, Any], tmp_path: Path) -> None:
    broken = copy.deepcopy(manifest)
    mart = broken["nodes"]["model.asylum.mart_origin_yearly"]
    mart["description"] = ""
    mart["columns"]["is_provisional"]["data_type"] = "varchar"
    broken["nodes"]["model.asylum.int_pairs_followed"]["depends_on"]["nodes"] = [
        "model.asylum.stg_unhcr__population"
    ]
    done = bounced(broken, tmp_path)
    assert done.returncode == 1
    shown = re.sub(r"\s|│", "", done.stdout)
    for check in (
        "check_model_description_populated",
        "check_model_column_name_complies_to_column_type",
        "check_lineage_permitted_upstream_models",
    ):
        assert check in shown, done.stdout


def with_columns_named(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with a test for each column that a test of ours names.

    dbt-coverage counts a test for a column where it hangs on that column alone. Ours take several
    (`columns`, `parts`, `statement`): each column of the model that they name is one of theirs.
    """
    spread = copy.deepcopy(manifest)
    for unique_id, test in manifest["nodes"].items():
        model = spread["nodes"].get(test.get("attached_node") or "")
        if test["resource_type"] != "test" or model is None or test.get("column_name"):
            continue
        given = {k: v for k, v in test["test_metadata"]["kwargs"].items() if k != "where"}
        named = set(re.findall(r"\w+", json.dumps(given)))
        for column in named & set(model["columns"]):
            one = copy.deepcopy(test)
            one["column_name"] = column
            one["depends_on"]["nodes"] = [model["unique_id"]]
            spread["nodes"][f"{unique_id}.{column}"] = one
    return spread


@pytest.fixture(scope="module")
def artifacts(
    manifest: dict[str, Any],
    starter: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Manifest, and a catalogue with the columns that the marts really have; without tables that
    are described like another, whose columns test_manifest.py here holds against that one's.
    """
    folder = tmp_path_factory.mktemp("coverage")
    marts = {
        unique_id: {
            "unique_id": unique_id,
            "columns": {
                name: {"name": name}
                for name, *_ in starter.execute(
                    f"describe {node['schema']}.{node['alias']}"
                ).fetchall()
            },
        }
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["schema"] == "marts"
        and node["config"]["materialized"] != "table_function"
        and not node["config"]["meta"].get("described_like")
    }
    assert len(marts) >= 29
    catalog = {"nodes": marts, "sources": {}}
    (folder / "catalog.json").write_text(json.dumps(catalog), "utf-8")
    (folder / "manifest.json").write_text(json.dumps(with_columns_named(manifest)), "utf-8")
    return folder


@pytest.mark.parametrize("kind", ["doc", "test"])
def test_every_column_of_the_marts_is_covered(kind: str, artifacts: Path, tmp_path: Path) -> None:
    report = dbt_coverage.do_compute(
        project_dir=PROJECT_ROOT / "dbt_project",
        run_artifacts_dir=artifacts,
        cov_report=tmp_path / "coverage.json",
        cov_type=dbt_coverage.CoverageType(kind),
    )
    missed = sorted(f"{column.table_name}.{column.column_name}" for column in report.misses)
    assert missed == []
    assert report.coverage == 1.0
    assert len(report.total) > 700
