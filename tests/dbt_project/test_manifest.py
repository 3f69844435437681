"""What may read what, how it is named and described: the rules of the project, read from dbt."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pytest

Node = dict[str, Any]

NAMES = {
    "staging/unhcr": r"stg_unhcr__[a-z_]+",
    "intermediate": r"int_[a-z_]+_(in_force|resolved|combined|placed)",
    "intermediate/history": r"int_[a-z_]+_history",
    "intermediate/outlook": r"int_year_end_[a-z_]+_(resolved|combined)",
    "marts/core": r"dim_[a-z_]+",
    "marts/yearly": r"fct_[a-z_]+_yearly|mart_[a-z]+_yearly",
    "marts/destination": r"mart_destination_[a-z_]+|mart_region_yearly",
    "marts/era": r"mart_era_[a-z]+|mart_origin_records",
    "intermediate/revision": r"int_[a-z_]+_(revised|compared)",
    "intermediate/claims": r"int_claims?_[a-z_]+",
    "marts/claims": r"mart_claim_[a-z]+",
    "marts/claims/functions": r"mart_claim_[a-z]+_of",
    "marts/revision": r"mart_[a-z_]+",
}
# By the first part of a model's name: what it may read. "ref" is a seed.
MAY_READ = {
    "stg": {"source"},
    "int": {"stg", "int", "ref"},
    "dim": {"stg", "int", "ref", "dim"},
    # A fact as of a day has names from dim_country.
    "fct": {"stg", "int", "ref", "dim"},
    "mart": {"fct", "dim", "ref"},
}
# Names of models that those of a folder may read besides. Marts about releases are about what stood
# before, and a fact is what stands; who counts revisions reads the mart that lists them. A claim is
# about what was held on a day, and what was carried forward in it; its verdict about its figures.
# Eras are made of years; new destinations and regions of the destinations as they are shown.
MAY_READ_BESIDES = {
    "marts/revision": r"int_[a-z_]+",
    "marts": r"mart_revisions",
    "marts/claims": r"int_claims?_[a-z_]+|mart_claim_[a-z_]+",
    # Steps of a claim's audit become part of functions of the published file, and read its tables.
    "intermediate/claims": r"dim_(country|release)|fct_[a-z_]+_history|mart_carried_forward",
    "marts/era": r"mart_origin_records|mart_era_comparison",
    "marts/destination": r"mart_(destination|origin)_yearly",
}
# Of several years at once: no year of their own.
OF_SPANS = {"mart_era_comparison", "mart_era_pairs"}
ROOMS = {"stg": "staging", "int": "intermediate", "dim": "marts", "fct": "marts", "mart": "marts"}


def kind(name: str) -> str:
    return name.split("_", maxsplit=1)[0]


@pytest.fixture(scope="module")
def models(project: Any) -> list[Node]:
    return project.models


@pytest.fixture(scope="module")
def tables(models: list[Node]) -> list[Node]:
    """Without the table functions, which have the columns of the fact or mart of their name, and
    without the steps that are a part of them.
    """
    return [m for m in models if m["config"]["materialized"] not in {"table_function", "ephemeral"}]


@pytest.fixture(scope="module")
def marts(tables: list[Node]) -> list[Node]:
    return [model for model in tables if model["schema"] == "marts"]


@pytest.fixture(scope="module")
def data_tests(manifest: dict[str, Any]) -> dict[str, list[Node]]:
    """Data tests by the model they hang on."""
    found: dict[str, list[Node]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test":
            on = node.get("attached_node")  # a singular test hangs on all that it reads
            for model in [on] if on else node["depends_on"]["nodes"]:
                found.setdefault(model, []).append(node)
    return found


def test_a_model_reads_only_what_its_kind_may(models: list[Node]) -> None:
    def read_by(model: Node) -> set[str]:
        besides = [
            names
            for folder, names in MAY_READ_BESIDES.items()
            if model["original_file_path"].startswith(f"models/{folder}/")
        ]
        kinds = set()
        for parent in model["depends_on"]["nodes"]:
            resource, *_, name = parent.split(".")
            if not any(re.fullmatch(names, name) for names in besides):
                kinds.add({"source": "source", "seed": "ref"}.get(resource) or kind(name))
        return kinds

    broken = {
        model["name"]: forbidden
        for model in models
        if (forbidden := read_by(model) - MAY_READ[kind(model["name"])])
    }
    assert not broken


def test_every_source_is_read_by_a_model_of_staging(
    manifest: dict[str, Any], models: list[Node]
) -> None:
    read = {parent for model in models for parent in model["depends_on"]["nodes"]}
    assert set(manifest["sources"]) <= read


def test_every_model_is_in_its_folder_under_its_kind_of_name(models: list[Node]) -> None:
    def fits(model: Node) -> bool:
        folder, _, file = model["original_file_path"].removeprefix("models/").rpartition("/")
        return bool(re.fullmatch(NAMES.get(folder, ""), file.removesuffix(".sql")))

    assert [model["original_file_path"] for model in models if not fits(model)] == []


def test_the_schema_of_a_model_is_its_room(models: list[Node], project: Any) -> None:
    assert {m["name"]: m["schema"] for m in models} == {
        m["name"]: ROOMS[kind(m["name"])] for m in models
    }
    assert {seed["schema"] for seed in project.seeds} == {"reference"}


def test_every_mart_has_an_enforced_contract_with_a_type_for_each_column(
    marts: list[Node],
) -> None:
    assert [m["name"] for m in marts if not m["config"]["contract"]["enforced"]] == []
    untyped = [
        f"{mart['name']}.{column['name']}"
        for mart in marts
        for column in mart["columns"].values()
        if not column["data_type"]
    ]
    assert untyped == []


def test_every_model_seed_and_source_is_described(
    models: list[Node], project: Any, manifest: dict[str, Any]
) -> None:
    nodes = [*models, *project.seeds, *manifest["sources"].values()]
    assert [node["name"] for node in nodes if not node["description"].strip()] == []


def test_every_column_of_models_and_seeds_is_described(models: list[Node], project: Any) -> None:
    silent = [
        f"{node['name']}.{column['name']}"
        for node in [*models, *project.seeds]
        for column in node["columns"].values()
        if not column["description"].strip()
    ]
    assert silent == []


def test_a_mart_says_what_a_row_is_and_what_null_means(marts: list[Node]) -> None:
    tables = [mart for mart in marts if kind(mart["name"]) != "dim"]
    unclear = [
        mart["name"]
        for mart in tables
        if not re.search(r"\ba row\b", mart["description"], re.I)
        or "NULL" not in mart["description"]
    ]
    assert unclear == []


def test_the_database_has_the_columns_that_are_described_and_no_others(
    tables: list[Node], project: Any, starter: duckdb.DuckDBPyConnection
) -> None:
    differing = {}
    for node in [*tables, *project.seeds]:
        built = starter.execute(f"describe {node['schema']}.{node['alias']}").fetchall()
        columns = {row[0] for row in built}
        if columns != set(node["columns"]):
            differing[node["name"]] = columns ^ set(node["columns"])
    assert differing == {}


def test_descriptions_reach_the_tables_as_comments(
    marts: list[Node], starter: duckdb.DuckDBPyConnection
) -> None:
    bare = starter.execute(
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'marts' and coalesce(comment, '') = ''"
    ).fetchall()
    assert bare == []


def test_every_model_has_a_data_test(tables: list[Node], data_tests: dict[str, list[Node]]) -> None:
    assert [model["name"] for model in tables if model["unique_id"] not in data_tests] == []


def test_every_function_has_the_grain_and_columns_of_its_table(
    models: list[Node], starter: duckdb.DuckDBPyConnection
) -> None:
    functions = [m for m in models if m["config"]["materialized"] == "table_function"]
    assert len(functions) == 2
    given = {
        "as_of_day": "date '2026-02-01'",
        "published_documents": "'reference.published_documents'",
        "published_claims": "'reference.published_claims'",
    }
    for function in functions:
        table = re.sub(r"(_as)?_of$", "", function["name"])
        columns = starter.execute(f"describe marts.{table}").fetchall()
        parameters = ", ".join(given[name] for name in function["config"]["parameters"])
        as_of = f"marts.{function['alias']}({parameters})"
        found = starter.execute(f"describe from {as_of}").fetchall()
        assert [row[:2] for row in found] == [row[:2] for row in columns]


def test_every_table_states_its_grain(
    models: list[Node], data_tests: dict[str, list[Node]]
) -> None:
    def states_it(model: Node) -> bool:
        return any(
            (test.get("test_metadata") or {}).get("name") == "expect_unique_grain"
            for test in data_tests.get(model["unique_id"], [])
        )

    kept = {"table", "incremental"}
    stated = [model for model in models if model["config"]["materialized"] in kept]
    assert stated
    assert [model["name"] for model in stated if not states_it(model)] == []


def test_a_grain_with_measures_in_two_units_holds_the_unit(
    marts: list[Node], data_tests: dict[str, list[Node]]
) -> None:
    for model in marts:
        counted = any(c.startswith(("applications", "decisions")) for c in model["columns"])
        if not counted:
            continue
        [grain] = [
            test["test_metadata"]["kwargs"]["columns"]
            for test in data_tests[model["unique_id"]]
            if (test.get("test_metadata") or {}).get("name") == "expect_unique_grain"
        ]
        assert "counting_unit" in grain, model["name"]


def test_every_model_ends_in_select_from_final(models: list[Node], project: Any) -> None:
    ending = re.compile(r"\n *select \* from final(\s+order by\s+[^()]+)?\s*$")
    assert [m["name"] for m in models if not ending.search(project.sql[m["name"]])] == []


def test_the_columns_of_a_mart_are_written_out(models: list[Node], project: Any) -> None:
    starred = []
    for model in models:
        if model["name"] in {"mart_claim_audit", "mart_claim_inputs"}:
            continue  # they have the columns of the function of their name
        if kind(model["name"]) in {"mart", "dim"}:
            final = (
                project.sql[model["name"]].split("final as (")[1].split("select * from final")[0]
            )
            if re.search(r"(select\s+|\.)\*", final):
                starred.append(model["name"])
    assert starred == []


def test_columns_are_in_the_order_keys_names_time_measures_flags_lineage(
    marts: list[Node], starter: duckdb.DuckDBPyConnection
) -> None:
    """Only what is plain from a name: keys first, then the year, then stocks; lineage last."""
    for mart in marts:
        if kind(mart["name"]) == "dim":
            continue
        columns = [row[0] for row in starter.execute(f"describe marts.{mart['name']}").fetchall()]
        of_span = mart["name"] in OF_SPANS
        assert ("reference_year" in columns) != of_span, mart["name"]
        year = next(
            i
            for i, c in enumerate(columns)
            if c.endswith("year_counted" if of_span else "reference_year")
        )
        stocks = [i for i, name in enumerate(columns) if name.endswith("_stock")]
        lineage = [columns.index(name) for name in ("release_id", "snapshot_id", "retrieved_at")]
        assert of_span or columns.index("reference_date") == year + 1, mart["name"]
        assert all(i > year for i in stocks), mart["name"]
        assert lineage == sorted(lineage), mart["name"]
        assert columns[-1] == "retrieved_at", mart["name"]


def test_no_name_of_a_generated_column_or_test_is_cut(manifest: dict[str, Any]) -> None:
    """dbt cuts long names of data tests and hangs a hash on them; ours are given names."""
    names = [n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    assert [name for name in names if re.search(r"_[0-9a-f]{32}$|_[0-9a-f]{10}$", name)] == []
    assert len(names) == len(set(names))
