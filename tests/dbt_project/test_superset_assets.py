"""The dashboard as code, without Superset: what it names is there, and its bundles are right."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from pydantic import SecretStr

from bi.superset import bundle
from tests.postgres_server import PostgresServer
from warehouse.published import postgresql as pg
from warehouse.published.read import open_published
from warehouse.settings import PROJECT_ROOT, Settings

ASSETS = bundle.read_assets()
DATASETS = {asset["uuid"]: asset for path, asset in ASSETS.items() if path.startswith("datasets/")}
CHARTS = {
    path.removeprefix("charts/").removesuffix(".yaml"): asset
    for path, asset in ASSETS.items()
    if path.startswith("charts/")
}
[DASHBOARD] = [asset for path, asset in ASSETS.items() if path.startswith("dashboards/")]
[DATABASE] = [asset for path, asset in ASSETS.items() if path.startswith("databases/")]


@pytest.fixture(scope="module")
def file(published_starter: Settings) -> bundle.Source:
    return bundle.published_file(published_starter)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_chart_names_columns_and_metrics_that_are_there(
    file: bundle.Source, published_starter: Settings, chart: dict[str, Any]
) -> None:
    """The chart's query, put together here from its parts, finds rows in the published file."""
    dataset = DATASETS[chart["dataset_uuid"]]
    [query] = bundle.query_context(chart["params"])["queries"]
    there = {column.name for column in bundle.dataset_columns(dataset, file)}
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    asked = set(query["columns"]) | {one["col"] for one in query["filters"]}
    asked |= {name for name, _ in query["orderby"] if name not in metrics}
    assert asked <= there
    ranking = query.get("series_limit_metric")
    wanted = [*query.get("metrics", []), *([ranking] if ranking else [])]
    assert set(wanted) <= set(metrics)
    source = f"({dataset['sql']})" if dataset["sql"] else dataset["table_name"]
    selected = [*query["columns"], *(f"{metrics[name]} as {name}" for name in wanted)]
    where = " and ".join(
        f"{one['col']} {one['op']}"
        + (
            f" {tuple(one['val'])}"
            if one["op"] == "IN"
            else f" '{one['val']}'"
            if "val" in one
            else ""
        )
        for one in query["filters"]
    )
    with open_published(published_starter) as con:
        found = con.execute(
            f"select {', '.join(selected)} from {source} where {where or 'true'} "
            + (f"group by {', '.join(query['columns'])}" if wanted else "")
        ).fetchall()
    assert found


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda one: one["table_name"])
def test_every_metric_of_a_dataset_is_described_and_can_be_asked(
    published_starter: Settings, dataset: dict[str, Any]
) -> None:
    source = f"({dataset['sql']})" if dataset["sql"] else dataset["table_name"]
    expressions = [metric["expression"] for metric in dataset["metrics"]] or ["count(*)"]
    with open_published(published_starter) as con:
        row = con.execute(f"select {', '.join(expressions)} from {source}").fetchone()
    assert row is not None
    assert all(value is not None for value in row)
    assert dataset["description"]
    assert all(metric["description"] for metric in dataset["metrics"])


def test_rates_are_the_marts_own(published_starter: Settings) -> None:
    """Over one origin, year and counting unit a metric gives what the mart has in the row."""
    [dataset] = [one for one in DATASETS.values() if one["table_name"] == "mart_origin_yearly"]
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    with open_published(published_starter) as con:
        rows = con.execute(
            f"select {metrics['refugee_recognition_rate']}, max(refugee_recognition_rate), "
            f"{metrics['total_protection_rate']}, max(total_protection_rate) "
            "from mart_origin_yearly group by origin_unhcr_code, reference_year, counting_unit"
        ).fetchall()
    assert sum(row[0] is not None for row in rows) > 10
    for recognised, of_mart, protected, protected_of_mart in rows:
        assert recognised == of_mart
        assert protected == protected_of_mart


def test_the_filter_by_release_begins_with_the_newest_and_changes_its_own_chart_alone(
    published_starter: Settings,
) -> None:
    [by_release] = [
        one
        for one in DASHBOARD["metadata"]["native_filter_configuration"]
        if one["name"] == "As published on"
    ]
    [target] = by_release["targets"]
    dataset = DATASETS[target["datasetUuid"]]
    [sorted_by] = [
        metric["expression"]
        for metric in dataset["metrics"]
        if metric["metric_name"] == by_release["sortMetric"]
    ]
    assert by_release["controlValues"]["defaultToFirstItem"]
    assert not by_release["controlValues"]["sortAscending"]
    with open_published(published_starter) as con:
        releases = con.execute(
            f"select {target['column']['name']} from ({dataset['sql']}) "
            f"group by all order by {sorted_by} desc"
        ).fetchall()
        assert (
            releases[0]
            == con.execute("select release_id from dim_release where is_newest_held").fetchone()
        )
        figures = con.execute(
            f"select as_published_on, asylum_seekers_stock from ({dataset['sql']}) "
            "where origin_name = 'China' and counting_unit = 'persons' and reference_year = 2025"
        ).fetchall()
    assert dict(figures) == {"2025-06": 178_725, "2025-12.1": 99_716}
    number = {
        place["meta"]["uuid"]: place["meta"]["chartId"]
        for place in DASHBOARD["position"].values()
        if isinstance(place, dict) and place["type"] == "CHART"
    }
    assert set(by_release["scope"]["excluded"]) == {
        number[chart["uuid"]]
        for chart in CHARTS.values()
        if chart["dataset_uuid"] != target["datasetUuid"]
    }


def test_everything_is_tied_together() -> None:
    assert all(dataset["database_uuid"] == DATABASE["uuid"] for dataset in DATASETS.values())
    placed = {
        place["meta"]["uuid"]: place["meta"]["sliceName"]
        for place in DASHBOARD["position"].values()
        if isinstance(place, dict) and place["type"] == "CHART"
    }
    assert placed == {chart["uuid"]: chart["slice_name"] for chart in CHARTS.values()}
    filtered = {}
    for one in DASHBOARD["metadata"]["native_filter_configuration"]:
        [target] = one["targets"]
        filtered[one["name"]] = DATASETS[target["datasetUuid"]]["table_name"]
    assert filtered == {
        "Country of origin": "mart_origin_yearly",
        "As published on": "origin_yearly_by_release",
    }
    for place in DASHBOARD["position"].values():
        for child in place.get("children", []) if isinstance(place, dict) else []:
            assert child in DASHBOARD["position"]
    used = {chart["dataset_uuid"] for chart in CHARTS.values()}
    assert used == set(DATASETS)


def test_repository_names_no_machine_and_no_secret() -> None:
    assert DATABASE["sqlalchemy_uri"] == bundle.URI_PLACEHOLDER
    assert "password" not in DATABASE
    for path in bundle.ASSETS.rglob("*.yaml"):
        assert not re.search(r"://|/home/|/work/|/tmp/", path.read_text("utf-8")), path


def test_bundle_of_the_file(
    file: bundle.Source, published_starter: Settings, tmp_path: Path
) -> None:
    texts = bundle.contents(file)
    assert set(texts) == set(ASSETS)
    assert bundle.URI_PLACEHOLDER not in "".join(texts.values())
    database = yaml.safe_load(texts["databases/warehouse.yaml"])
    assert database["sqlalchemy_uri"] == f"duckdb:///{published_starter.published_db}"
    assert not any(database[f"allow_{what}"] for what in ("dml", "ctas", "cvas", "csv_upload"))
    args = database["extra"]["engine_params"]["connect_args"]
    assert args["read_only"] is True
    # As DuckDB understands it, and not only as it is written.
    with duckdb.connect(
        str(published_starter.published_db), read_only=True, config=args["config"]
    ) as con:
        with pytest.raises(duckdb.Error, match="disabled"):
            con.execute("select * from read_text('/etc/hostname')")
        with pytest.raises(duckdb.Error, match="locked"):
            con.execute("set enable_external_access = true")
    for path, text in texts.items():
        if path.startswith("datasets/"):
            dataset = yaml.safe_load(text)
            assert dataset["columns"], path
            assert all(column["description"] for column in dataset["columns"]), path
        if path.startswith("charts/"):
            assert json.loads(yaml.safe_load(text)["query_context"])["queries"], path
    target = tmp_path / "dashboard.zip"
    bundle.write_zip(file, target)
    with zipfile.ZipFile(target) as packed:
        assert {name.removeprefix("asylum/") for name in packed.namelist()} == set(texts)


def test_a_renamed_table_is_said(file: bundle.Source) -> None:
    without = {name: columns for name, columns in file.columns.items() if name != "mart_revisions"}
    source = bundle.Source("duckdb", "published file", file.uri, "main", without)
    with pytest.raises(bundle.BundleError, match="needs the table mart_revisions, and the publish"):
        bundle.contents(source)


def test_a_kind_of_chart_without_a_query_is_an_error() -> None:
    with pytest.raises(bundle.BundleError, match="'pie'"):
        bundle.query_context({"viz_type": "pie", "adhoc_filters": [], "row_limit": 1})


def test_without_an_address_there_is_no_postgresql(published_starter: Settings) -> None:
    with pytest.raises(bundle.BundleError, match="ASYLUM_SUPERSET_POSTGRES_URL is not set"):
        bundle.postgresql(published_starter)


def test_bundle_of_postgresql(
    postgres: PostgresServer, published_starter: Settings, file: bundle.Source, tmp_path: Path
) -> None:
    """Only for a user who can read alone; beside the file's, under UUIDs of its own."""
    database = postgres.database()

    def as_user(address: SecretStr) -> Settings:
        return published_starter.model_copy(update={"superset_postgres_url": address})

    with pytest.raises(bundle.BundleError, match="may make schemas"):
        bundle.postgresql(as_user(database))
    postgres.user("bundle_reader")
    reader = SecretStr(database.get_secret_value().replace("//test_admin:", "//bundle_reader:"))
    with pytest.raises(bundle.BundleError, match="There is no table in schema asylum"):
        bundle.postgresql(as_user(reader))
    pg.publish(published_starter, database)
    with postgres.connect(database) as con:
        con.execute("grant asylum_reader to bundle_reader")
    source = bundle.postgresql(as_user(reader))
    assert postgres.password not in repr(source)

    texts, of_file = bundle.contents(source), bundle.contents(file)
    assert set(texts) == set(of_file)
    uuid_of = {path: set(bundle._UUID.findall(text)) for path, text in texts.items()}
    for path, text in of_file.items():
        own = set(bundle._UUID.findall(text))
        assert uuid_of[path] == {str(bundle.derived(one, "postgresql")) for one in own}
        assert not own & uuid_of[path]
    names = ("column_name", "type", "is_dttm", "description")
    for path in texts:
        if path.startswith("datasets/"):
            mine, theirs = yaml.safe_load(texts[path]), yaml.safe_load(of_file[path])
            assert mine["schema"] == "asylum"
            assert [[column[name] for name in names] for column in mine["columns"]] == [
                [column[name] for name in names] for column in theirs["columns"]
            ], path
    target = tmp_path / "dashboard.zip"
    bundle.write_zip(source, target)
    with zipfile.ZipFile(target) as packed:
        database_text = packed.read("asylum/databases/warehouse.yaml").decode()
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert "//bundle_reader:XXXXXXXXXX@127.0.0.1" in database_text
    [secret] = re.findall(r"//bundle_reader:([^@]+)@", reader.get_secret_value())
    assert secret.encode() not in everything
    slug = yaml.safe_load(texts["dashboards/people_who_fled.yaml"])["slug"]
    assert slug == "people-who-fled-postgresql"


def test_an_address_that_does_not_answer_is_not_repeated(published_starter: Settings) -> None:
    address = SecretStr("postgresql://somebody:hunter2@127.0.0.1:1/nowhere")
    settings = published_starter.model_copy(update={"superset_postgres_url": address})
    with pytest.raises(bundle.BundleError, match="does not answer") as failure:
        bundle.postgresql(settings)
    assert "hunter2" not in str(failure.value)
    assert "somebody" not in str(failure.value)


def test_exposures_name_what_the_dashboard_reads(manifest: dict[str, Any]) -> None:
    exposures = {
        exposure["name"]: {node.rpartition(".")[2] for node in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
        if exposure["name"].startswith("superset_")
    }
    models = {
        node["name"] for node in manifest["nodes"].values() if node["name"] in _text(DATASETS)
    }

    def behind(dataset: dict[str, Any]) -> set[str]:
        words = set(re.findall(r"\w+", dataset["sql"] or dataset["table_name"]))
        return words & models

    wanted = {
        f"superset_chart_{name}": behind(DATASETS[chart["dataset_uuid"]])
        for name, chart in CHARTS.items()
        if behind(DATASETS[chart["dataset_uuid"]])
    }
    assert set(CHARTS) - {name.removeprefix("superset_chart_") for name in wanted} == {"about_data"}
    wanted["superset_people_who_fled"] = set().union(*wanted.values())
    assert exposures == wanted


def _text(datasets: dict[str, Any]) -> set[str]:
    return set(re.findall(r"\w+", json.dumps(list(datasets.values()))))


def test_every_version_is_pinned_with_its_hash() -> None:
    text = (PROJECT_ROOT / "bi" / "superset" / "requirements.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    pinned = [line.partition("==")[0] for line in lines]
    asked = re.findall(
        r"(?m)^([\w-]+)", (PROJECT_ROOT / "bi" / "superset" / "requirements.in").read_text("utf-8")
    )
    assert set(asked) <= set(pinned)
    assert all(re.match(r"[\w.-]+==[\w.!+-]+ .*\\$", line) for line in lines)  # A hash follows.
    assert not re.search(r"(?m)^\s*--(index|extra-index|find-links)", text)
