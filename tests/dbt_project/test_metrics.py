"""Metrics give the marts' numbers: MetricFlow's SQL on the starter build and on made-up rows."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from warehouse.build import dbt
from warehouse.serve import metrics
from warehouse.settings import PROJECT_ROOT, Settings

Ask = Callable[..., list[tuple[Any, ...]]]
BY_YEAR = "metric_time__year"
STOCKS = {"asylum_seekers_at_reference_date", "asylum_seekers_carried_forward"}
ASKED_FOR = {
    "asylum_seekers_stock",
    "new_applications",
    "refugee_recognition_rate",
    "total_protection_rate",
    "carried_forward_share",
}


@pytest.fixture(scope="module")
def semantic_manifest(starter_build: Settings) -> dict[str, Any]:
    dbt.ensure_manifest(starter_build)
    path = starter_build.dbt_target_dir / metrics.SEMANTIC_MANIFEST
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


@pytest.fixture(scope="module")
def compile_query(starter_build: Settings, semantic_manifest: dict[str, Any]) -> Callable[..., str]:
    """MetricFlow's SQL for a query, without a process and without a database."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import (
        parse_manifest_from_dbt_generated_manifest,
    )
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    text = (starter_build.dbt_target_dir / metrics.SEMANTIC_MANIFEST).read_text("utf-8")
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(text))
    client: Any = SimpleNamespace(
        sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer()
    )
    engine = MetricFlowEngine(semantic_manifest_lookup=lookup, sql_client=client)

    def compiled(names: Sequence[str], by: Sequence[str], where: Sequence[str] = ()) -> str:
        request = MetricFlowQueryRequest.create(
            metric_names=list(names), group_by_names=list(by), where_constraints=list(where)
        )
        return engine.explain(request).sql_statement.without_descriptions.sql

    return compiled


def asking(con: duckdb.DuckDBPyConnection, compiled: Callable[..., str]) -> Ask:
    """Answers as tuples in the order asked for (group-bys, then metrics), sorted."""

    def ask(names: Sequence[str], by: Sequence[str], where: Sequence[str] = ()) -> list[Any]:
        columns = ", ".join([*by, *names])
        sql = f"select {columns} from ({compiled(names, by, where)}) order by all"
        return con.execute(sql).fetchall()

    return ask


@pytest.fixture(scope="module")
def ask(published_starter: Settings, compile_query: Callable[..., str]) -> Iterator[Ask]:
    """Ask the published starter, through the database of views that `mf` has."""
    with (
        metrics.project_folder(published_starter) as folder,
        duckdb.connect() as con,
    ):
        con.execute(f"attach '{published_starter.published_db}' as published (read_only)")
        con.execute(f"attach '{folder / 'build.duckdb'}' as build (read_only)")
        yield asking(con, compile_query)


COUNTRIES = [("CHI", "CHN", "Asia"), ("USA", "USA", "Americas"), ("GFR", "DEU", "Europe")]
COUNTRIES += [("FRA", "FRA", "Europe"), ("SYR", "SYR", "Asia")]
# origin, asylum, unit, year, stock, carried forward, applications
DESTINATIONS: list[tuple[Any, ...]] = [
    ("CHI", "USA", "persons", 2023, 100, 0, 7),
    ("CHI", "USA", "persons", 2024, 100, 100, 11),
    ("CHI", "GFR", "persons", 2024, 30, 0, 3),
    ("CHI", "FRA", "persons", 2024, None, None, 2),
    ("CHI", "USA", "cases", 2024, None, None, 1000),
    ("CHI", None, "persons", 2024, 5, None, None),
    ("SYR", "GFR", "persons", 2023, 800, 0, 50),
    ("SYR", "FRA", "persons", 2022, 9000, 0, None),
]
# origin, asylum, unit, year, recognised, complementary, rejected
DECISIONS: list[tuple[Any, ...]] = [
    ("CHI", "USA", "persons", 2024, 10, 0, 0),
    ("CHI", "GFR", "persons", 2024, 10, 20, 60),
    ("CHI", "GFR", "cases", 2024, 5000, 0, 0),
    ("SYR", "GFR", "persons", 2024, 0, 0, 0),
]


@pytest.fixture(scope="module")
def ask_made_up(starter: duckdb.DuckDBPyConnection, compile_query: Callable[..., str]) -> Any:
    """Ask made-up rows in tables of the marts' columns."""
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as build")
        con.execute("use build")
        con.execute("create schema marts")
        con.execute("create schema intermediate")
        for table in ("mart_destination_yearly", "mart_destination_decisions", "dim_country"):
            columns = starter.execute(f"describe marts.{table}").fetchall()
            con.execute(
                f"create table marts.{table} ({', '.join(f'{c[0]} {c[1]}' for c in columns)})"
            )
        con.execute(
            "create view intermediate.int_days_combined as select date '2024-01-01' as date_day"
        )
        keys = "origin_unhcr_code, asylum_unhcr_code, counting_unit, reference_year"
        con.executemany(
            "insert into marts.dim_country (unhcr_code, iso3, un_region) values (?, ?, ?)",
            COUNTRIES,
        )
        con.executemany(
            f"insert into marts.mart_destination_yearly ({keys}, asylum_seekers_stock, "
            "asylum_seekers_carried_forward_stock, applications_new) values (?, ?, ?, ?, ?, ?, ?)",
            DESTINATIONS,
        )
        con.executemany(
            f"insert into marts.mart_destination_decisions ({keys}, decisions_recognized, "
            "decisions_complementary, decisions_rejected) values (?, ?, ?, ?, ?, ?, ?)",
            DECISIONS,
        )
        yield asking(con, compile_query)


@pytest.mark.parametrize(
    ("metric", "mart"),
    [
        ("asylum_seekers_stock", "asylum_seekers_stock"),
        ("new_applications", "applications_new"),
        ("refugee_recognition_rate", "refugee_recognition_rate"),
        ("total_protection_rate", "total_protection_rate"),
        (
            "carried_forward_share",
            "asylum_seekers_carried_forward_stock / nullif(asylum_seekers_stock, 0)",
        ),
    ],
)
def test_a_metric_by_origin_and_year_is_the_figure_of_the_mart(
    metric: str, mart: str, ask: Ask, starter: duckdb.DuckDBPyConnection
) -> None:
    expected = starter.execute(
        f"select year(make_date(reference_year, 1, 1)), origin_iso3, {mart} "
        f"from marts.mart_origin_yearly where counting_unit = 'persons' and {mart} is not null "
        f"order by all"
    ).fetchall()
    # People without an origin have no ISO3; in the starter extract their total is not known.
    found = [
        (y.year, *rest)
        for y, *rest in ask([metric], [BY_YEAR, "origin__iso3"])
        if rest[0] is not None
    ]
    expected = [row for row in expected if row[1] is not None]
    assert [row for row in found if row[-1] is not None] == [
        (*keys, pytest.approx(value, rel=1e-12)) for *keys, value in expected
    ]
    assert len(expected) >= 9


def test_a_stock_by_asylum_is_the_figure_of_the_destinations(
    ask: Ask, starter: duckdb.DuckDBPyConnection
) -> None:
    expected = starter.execute(
        "select asylum_iso3, sum(asylum_seekers_stock) from marts.mart_destination_yearly "
        "where reference_year = 2025 and counting_unit = 'persons' group by all order by all"
    ).fetchall()
    where = ["{{ TimeDimension('metric_time', 'year') }} = '2025-01-01'"]
    assert ask(["asylum_seekers_stock"], ["asylum__iso3"], where) == expected
    assert len(expected) > 10


def test_a_stock_is_not_added_up_over_years(ask_made_up: Ask) -> None:
    # 2024, the newest year of all; not 100 + 135 of China's two years, nor Syria's of 2023 on top.
    assert ask_made_up(["asylum_seekers_stock"], []) == [(135,)]
    years = ["{{ TimeDimension('metric_time', 'year') }} <= '2023-01-01'"]
    assert ask_made_up(["asylum_seekers_stock"], [], years) == [(900,)]


def test_a_flow_is_added_up_over_years_and_holds_no_cases(ask_made_up: Ask) -> None:
    assert ask_made_up(["new_applications"], []) == [(7 + 11 + 3 + 2 + 50,)]


def test_metrics_go_by_the_region_of_both_sides(ask_made_up: Ask) -> None:
    year = ["{{ TimeDimension('metric_time', 'year') }} = '2024-01-01'"]
    by = ["origin__un_region", "asylum__un_region"]
    assert ask_made_up(["asylum_seekers_stock", "new_applications"], by, year) == [
        ("Asia", "Americas", 100, 11),
        ("Asia", "Europe", 30, 5),
        ("Asia", None, 5, None),
    ]


def test_a_rate_is_of_summed_counts_of_persons(ask_made_up: Ask) -> None:
    # Recognised 20 of 100; an average of 10/10 and 10/90 would be 0.56, and cases would swamp both.
    both = ["refugee_recognition_rate", "total_protection_rate"]
    assert ask_made_up(both, ["origin__iso3"]) == [("CHN", 0.2, 0.4), ("SYR", None, None)]
    assert ask_made_up(both, ["asylum__iso3"]) == [
        ("DEU", pytest.approx(1 / 9), pytest.approx(1 / 3)),
        ("USA", 1.0, 1.0),
    ]


def test_the_share_carried_forward_is_of_summed_stocks(ask_made_up: Ask) -> None:
    assert ask_made_up(["carried_forward_share"], [BY_YEAR, "origin__iso3"])[-1][1:] == (
        "CHN",
        pytest.approx(100 / 135),
    )


def test_every_stock_says_that_it_is_not_additive_over_years(
    semantic_manifest: dict[str, Any],
) -> None:
    measures = {
        measure["name"]: measure.get("non_additive_dimension")
        for model in semantic_manifest["semantic_models"]
        for measure in model["measures"]
    }
    not_additive = {name: limit for name, limit in measures.items() if limit}
    assert set(not_additive) == STOCKS
    assert {(x["name"], x["window_choice"]) for x in not_additive.values()} == {
        ("reference_year", "max")
    }
    found = {metric["name"]: metric for metric in semantic_manifest["metrics"]}
    assert set(found) >= ASKED_FOR
    for metric in found.values():
        measure = metric["type_params"].get("measure")
        if measure and measure["name"] in STOCKS:
            assert "not additive over years" in metric["description"], metric["name"]


def test_metrics_are_of_persons_and_read_marts_alone(
    semantic_manifest: dict[str, Any], manifest: dict[str, Any]
) -> None:
    simple = [m for m in semantic_manifest["metrics"] if m["type"] == "simple"]
    assert simple
    unfiltered = [
        metric["name"]
        for metric in simple
        if "counting_unit') }} = 'persons'" not in str(metric.get("filter"))
    ]
    assert unfiltered == []
    read = {m["node_relation"]["schema_name"] for m in semantic_manifest["semantic_models"]}
    assert read == {"marts"}
    described = [*manifest["semantic_models"].values(), *manifest["metrics"].values()]
    assert [node["name"] for node in described if not node["description"]] == []


def test_a_query_is_in_the_order_of_its_groups_unless_another_is_asked_for(
    manifest: dict[str, Any],
) -> None:
    def words(text: str) -> list[str]:
        return metrics.checked(text.split(), manifest["metrics"].values())

    query = "query --metrics asylum_seekers_stock,new_asylum_claims"
    grouped = f"{query} --group-by=metric_time__year,origin__iso3"
    assert words(grouped) == [*grouped.split(), "--order", "metric_time__year,origin__iso3"]
    for unchanged in (query, f"{grouped} --order -metric_time__year", "list metrics", "", "--help"):
        assert words(unchanged) == unchanged.split()


@pytest.mark.parametrize(
    "how", ["--metrics {}", "--metrics={}", "--metrics asylum_seekers_stock,{}"]
)
def test_a_metric_that_is_not_there_is_refused_with_all_that_are(
    manifest: dict[str, Any], how: str
) -> None:
    words = f"query {how} --group-by metric_time__year".format("new_claims").split()
    with pytest.raises(
        metrics.MetricsError, match=r"no metric 'new_claims'.*new_asylum_claims"
    ) as e:
        metrics.checked(words, manifest["metrics"].values())
    assert all(name["name"] in str(e.value) for name in manifest["metrics"].values())


def test_a_sum_of_part_of_the_world_is_told_with_the_datasets_that_are_not_whole(
    published_starter: Settings, tmp_path: Path
) -> None:
    datasets = ("asylum-applications", "asylum-decisions", "displacement-flows", "population")
    said = metrics.partly_loaded(published_starter)
    assert said is not None
    assert all(dataset in said for dataset in datasets)
    settings = Settings(data_dir=tmp_path, threads=2)
    shutil.copy(published_starter.published_db, settings.published_db)
    whole = (
        "update coverage_in_force set slice = 'pairs', origin_cell = '*', asylum_cell = '*', "
        "from_year = {} where endpoint in (select endpoint from measures) and endpoint {}"
    )
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute(whole.format(0, "<> 'population'"))
        con.execute(whole.format(2012, "= 'population'"))
    said = metrics.partly_loaded(settings)
    assert said is not None
    assert "which of population is not all" in said, "of all pairs, but not of all years"
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute(whole.format(1951, "= 'population'"))
    assert metrics.partly_loaded(settings) is None


def test_mf_itself_answers_from_the_published_file(published_starter: Settings) -> None:
    """The command, in a process of its own: what a user types."""
    target = published_starter.data_dir / "metrics.csv"
    folders = set((published_starter.data_dir / "tmp").glob("metrics-*"))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "warehouse.cli.app", "metrics", "query"),
            *("--metrics", "asylum_seekers_stock,refugee_recognition_rate"),
            *("--group-by", "metric_time__year", "--order", "-metric_time__year"),
            *("--where", "{{ Entity('origin') }} = 'CHI'"),
            *("--limit", "1", "--csv", str(target)),
        ],
        env={
            "ASYLUM_DATA_DIR": str(published_starter.data_dir),
            "PYTHONPATH": str(PROJECT_ROOT),
            "PATH": "/usr/bin:/bin",
            "HOME": str(published_starter.data_dir),
            "PYTHONIOENCODING": "ascii",  # which has not all that MetricFlow says
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "asylum: a sum is of what is loaded" in done.stderr
    [row] = csv.DictReader(io.StringIO(target.read_text("utf-8")))
    assert row["metric_time__year"].startswith("2025")
    assert float(row["asylum_seekers_stock"]) == 99716
    assert round(float(row["refugee_recognition_rate"]), 3) == 0.410
    assert set((published_starter.data_dir / "tmp").glob("metrics-*")) == folders
