"""The unit tests that stand beside the models, and the data tests on the starter extract."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from dbt import compilation
from dbt.adapters.duckdb.impl import DuckDBAdapter
from sqlparse.engine import FilterStack

from warehouse.build import dbt
from warehouse.settings import Settings

# Casts and names alone, nothing that could be computed wrongly. What stands of each dataset, its
# sums and their histories are made by the macros that make those of population, which are tested.
WITHOUT_FORMULA = {
    *(f"fct_{what}_totals_yearly_history" for what in ("asylum_applications", "asylum_decisions")),
    *(
        f"fct_{what}{of}_yearly_history"
        for what in (
            *("displacement_flows", "solutions", "internal_displacement", "palestine_refugees"),
        )
        for of in ("", "_totals")
    ),
    *(
        f"int_{what}_in_force"
        for what in ("asylum_applications", "asylum_decisions", "demographics")
    ),
    *(
        f"int_{what}{of}_in_force"
        for what in ("displacement_flows", "solutions", "idmc", "unrwa")
        for of in ("", "_totals")
    ),
    *("fct_inhabitants_yearly_history", "mart_footnotes_history", "mart_nowcasts_history"),
    "int_days_combined",
    "stg_unhcr__regions",
}
# They ask functions, or read what only a function is given, for which a unit test of dbt cannot
# stand in: see test_claims.py here.
ASKING_FUNCTIONS = {
    *("int_claim_inputs_answered", "int_claims_answered", "int_claims_combined"),
    "int_claims_validated",
}


def look_up_once(patch: pytest.MonkeyPatch) -> None:
    """A fifth of the time of the unit tests: dbt asks for the columns of each input anew, and has
    sqlparse group the words of a statement, of which it needs the first alone.
    """
    ask, known = DuckDBAdapter.get_columns_in_relation, {}

    def columns(adapter: DuckDBAdapter, relation: Any) -> Any:
        if "__dbt_tmp" in relation.identifier:  # another table in each test
            return ask(adapter, relation)
        if str(relation) not in known:
            known[str(relation)] = ask(adapter, relation)
        return known[str(relation)]

    patch.setattr(DuckDBAdapter, "get_columns_in_relation", columns)
    patch.setattr(compilation.sqlparse, "parse", lambda sql: tuple(FilterStack().run(sql)))


@pytest.fixture(scope="module")
def unit_results(starter_outcome: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Results of all unit tests, run on a copy of the starter build."""
    copy: Path = tmp_path_factory.mktemp("unit") / "data"
    shutil.copytree(starter_outcome.settings.data_dir, copy)
    with pytest.MonkeyPatch.context() as patch:
        look_up_once(patch)
        return list(dbt.unit_test(Settings(data_dir=copy, threads=2)).nodes)


def test_every_unit_test_passes(unit_results: list[Any]) -> None:
    assert unit_results
    assert not [f"{one.name}: {one.message}" for one in unit_results if one.status != "pass"]


def test_every_unit_test_was_run(unit_results: list[Any], manifest: dict[str, Any]) -> None:
    assert {one.unique_id for one in unit_results} == set(manifest["unit_tests"])


def test_every_model_with_a_formula_has_a_unit_test(manifest: dict[str, Any]) -> None:
    models = {
        node["name"]
        for node in manifest["nodes"].values()
        # A table function has the SQL of the fact or mart of its name.
        if node["resource_type"] == "model" and node["config"]["materialized"] != "table_function"
    }
    # One of the newest tables stands for all: test_manifest.py here tests that they are alike.
    models -= {model.removesuffix("_history") for model in models if model.endswith("_history")}
    tested = {one["model"] for one in manifest["unit_tests"].values()}
    assert models - tested == WITHOUT_FORMULA | ASKING_FUNCTIONS


def test_every_data_test_passes_on_the_starter_extract(starter_outcome: Any) -> None:
    tests = [one for one in starter_outcome.result.tests if one.resource_type == "test"]
    assert tests
    assert {one.status for one in tests} == {"pass"}, starter_outcome.result.failure_text()
