"""What may read what, how it is named and described: the rules of the project, read from dbt."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pytest

from warehouse.build import dbt
from warehouse.published.read import open_published
from warehouse.settings import Settings

Node = dict[str, Any]

NAMES = {
    "staging/unhcr": r"stg_unhcr__[a-z_]+",
    "staging/world_bank": r"stg_world_bank__[a-z_]+",
    "intermediate": r"int_[a-z_]+_(in_force|at_vintages|resolved|combined)",
    "intermediate/in_force": r"int_[a-z_]+_in_force",
    "intermediate/yearly": r"int_(years|measures)_of_[a-z]+"
    r"_(combined|compared|history|ranked|unpivoted)|int_flow_reporters_missing",
    "intermediate/outlook": r"int_year_end_[a-z_]+_(resolved|combined)",
    "intermediate/breaks": r"int_(breaks|figures|categories|pairs|years|reporters|reporting_breaks"
    r"|unknown_origins|first_applications|units)_[a-z_]+",
    "marts/core": r"dim_[a-z_]+",
    "marts/yearly": r"(fct_[a-z_]+|mart_[a-z]+|mart_country_group)_yearly(_history)?",
    "marts/destination": r"mart_(destination_[a-z]+|region_yearly)(_history)?"
    r"|mart_claims_compared_with_applications",
    "marts/era": r"mart_era_[a-z]+|mart_origin_records(_history)?",
    "intermediate/revision": r"int_[a-z_]+_(changed|revised|compared)",
    "intermediate/claims": r"int_claims?_[a-z_]+",
    "intermediate/claims/answered": r"int_claims?_[a-z_]*answered",
    "marts/claims": r"mart_claim_[a-z]+(_history)?",
    "marts/claims/functions": r"mart_claim_[a-z]+_of",
    "marts/revision": r"mart_[a-z_]+",
    "marts/breaks": r"mart_reporting_break(s|_origins)(_history)?|mart_unknown_origin_backtest",
    "marts/notes": r"mart_[a-z]+(_history)?",
}
# By the first part of a model's name: what it may read. "ref" is a seed. A newest table is of its
# history, and of nothing else.
MAY_READ = {
    "stg": {"source"},
    "int": {"stg", "int", "ref"},
    "dim": {"stg", "int", "ref", "dim"},
    "fct": {"int"},
    "mart": {"fct", "dim", "ref"},
}
# Names of models that those of a folder may read besides. Histories are made of what stood at each
# vintage. Marts about releases are about what stood before, and who counts revisions reads the mart
# that lists them. A claim is about what was held on a day, and what was carried forward in it; its
# verdict about its figures. Eras are made of records; new destinations of the destinations as they
# are shown. Breaks of reporting are found at each vintage, and a figure says which bear on it.
MAY_READ_BESIDES = {
    # What a code of the flow workbook adds to is a row of a list.
    "staging/unhcr": r"flow_codes",
    "marts/revision": r"int_[a-z_]+|mart_revisions",
    "marts/claims": r"int_claims?_[a-z_]+|mart_claim_[a-z_]+",
    # A claim that rests on no figure has the lineage of what answers.
    "marts/claims/functions": r"int_coverage_in_force",
    "marts/yearly": r"int_years_of_countries_(history|combined)",
    "marts/notes": r"int_[a-z]+_in_force",
    "marts/destination": r"int_years_of_pairs_(combined|ranked)"
    r"|int_asylum_decisions(_totals)?_in_force"
    r"|int_vintages_resolved|mart_destination_yearly|mart_revisions|int_breaks_of_(pairs|regions)"
    r"|int_years_followed|int_unknown_origins_left_(of_hosts|by_measure)",
    "marts/era": r"int_breaks_of_years|int_unknown_origins_left|int_measures_of_origins_unpivoted"
    r"|mart_origin_records|mart_era_comparison",
    # What the functions answer about the claims of the seeds.
    "intermediate/claims/answered": r"mart_claim_(inputs|audit)_of",
    # Steps of a claim's audit become part of functions of the published file, and read its tables.
    "intermediate/claims": r"dim_(country|country_group|release)|fct_[a-z_]+_history"
    r"|fct_inhabitants_yearly|mart_carried_forward|mart_reporting_break(s|_origins)(_history)?"
    # Who may be missing in a figure stands beside it: whether it is complete, and the estimate.
    r"|mart_(origin|destination)_yearly_history",
    # What changed between two days, or may change until the year's end, is told from histories.
    "intermediate/revision": r"fct_[a-z_]+_history",
    "intermediate/outlook": r"fct_population_yearly_history",
    # What is carried forward of a country is that of its pairs.
    "intermediate/yearly": r"mart_destination_yearly_history|mart_revisions",
    "marts/breaks": r"int_[a-z_]+|mart_reporting_breaks_history",
    # An estimate has its range from the backtest.
    "intermediate/breaks": r"mart_unknown_origin_backtest",
}
# Of several years at once: no year of their own.
OF_SPANS = {"mart_era_comparison", "mart_era_pairs"}
# What is counted in persons, and what in cases, has columns of its own.
WITH_UNITS_IN_NAMES = {"mart_claims_compared_with_applications"}
# About what UNHCR writes, not about the figures of a year.
OF_RELEASES = {"mart_definition_changes"}
# About how the figures of a year were reported, not about what stood on a date.
OF_REPORTING = {
    *("mart_reporting_breaks", "mart_reporting_breaks_history", "mart_unknown_origin_backtest"),
    *("mart_reporting_break_origins", "mart_reporting_break_origins_history"),
}
# What tables leave out of those that they are described like; histories leave out nothing.
DISTRIBUTED = {
    f"{measure}_{column}"
    for measure in ("asylum_seekers_stock", "new_asylum_claims")
    for column in (
        *("unknown_origin_beside", "if_distributed_as_before"),
        *("if_distributed_as_before_low", "if_distributed_as_before_high"),
    )
}
LEFT_OUT = {
    "mart_asylum_yearly": {
        *("origin_unhcr_code", "origin_iso3", "origin_code", "origin_name"),
        *DISTRIBUTED,
    },
    "mart_world_yearly": {
        *DISTRIBUTED,
        *("origin_unhcr_code", "origin_iso3", "origin_code", "origin_name"),
        *("asylum_seekers_carried_forward_stock", "asylum_seekers_revision_count"),
        *("refugees_stock_world_share", "asylum_seekers_stock_world_share"),
        *("oip_stock_world_share", "displaced_abroad_stock_world_share"),
        *("applications_new_world_share", "new_asylum_claims_world_share"),
    },
}
# Not UNHCR's: of no release.
OF_NO_RELEASE = {"fct_inhabitants_yearly", "fct_inhabitants_yearly_history"}
HISTORY = "_history"
# Columns that a history has besides: when a row stood, by which answer, and since when a figure in
# it is known.
OF_INTERVALS = re.compile(
    r"valid_(from|to)|coverage_id|last_([a-z]+_)?release_id|[a-z_]+_known_from"
)
ROOMS = {"stg": "staging", "int": "intermediate", "dim": "marts", "fct": "marts", "mart": "marts"}


def kind(name: str) -> str:
    return name.split("_", maxsplit=1)[0]


def described_like(model: Node) -> str | None:
    """The table that has the texts of this one's columns, where it has not all of them itself."""
    like: str | None = model["config"]["meta"].get("described_like")
    return like


def columns_of(con: duckdb.DuckDBPyConnection, model: Node) -> dict[str, str]:
    """The columns that a model has in the build, with their types."""
    found = con.execute(f"describe {model['schema']}.{model['alias']}").fetchall()
    return {name: data_type for name, data_type, *_ in found}


@pytest.fixture(scope="module")
def models(project: Any) -> list[Node]:
    return project.models


@pytest.fixture(scope="module")
def tables(models: list[Node]) -> list[Node]:
    """Without the table functions, which have the columns of the mart of their name, and without
    the steps that are a part of them.
    """
    return [m for m in models if m["config"]["materialized"] not in {"table_function", "ephemeral"}]


@pytest.fixture(scope="module")
def marts(tables: list[Node]) -> list[Node]:
    return [model for model in tables if model["schema"] == "marts"]


@pytest.fixture(scope="module")
def histories(marts: list[Node]) -> list[Node]:
    found = [model for model in marts if model["name"].endswith(HISTORY)]
    assert len(found) >= 20
    return found


@pytest.fixture(scope="module")
def newest(histories: list[Node]) -> set[str]:
    """Names of the tables that have the newest rows of a history."""
    return {model["name"].removesuffix(HISTORY) for model in histories}


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
            if name == model["name"] + HISTORY:
                continue
            if not any(re.fullmatch(names, name) for names in besides):
                kinds.add({"source": "source", "seed": "ref"}.get(resource) or kind(name))
        return kinds

    broken = {
        model["name"]: forbidden
        for model in models
        if (forbidden := read_by(model) - MAY_READ[kind(model["name"])])
    }
    assert not broken


def test_every_history_has_its_newest_table_which_reads_it_alone(
    models: list[Node], newest: set[str]
) -> None:
    read = {
        model["name"]: [parent.split(".")[-1] for parent in model["depends_on"]["nodes"]]
        for model in models
        if model["name"] in newest
    }
    assert read == {name: [name + HISTORY] for name in newest}


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
    """Or is described like another, and has the columns of that: see the test of these."""
    loose = {m["name"] for m in marts if not m["config"]["contract"]["enforced"]}
    assert loose == {m["name"] for m in marts if described_like(m)}
    untyped = [
        f"{mart['name']}.{column['name']}"
        for mart in marts
        for column in mart["columns"].values()
        if not column["data_type"] and not described_like(mart)
    ]
    assert untyped == []


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
    """Of steps on the way, and of tables described like another, some may be without a text."""
    differing = {}
    for node in [*tables, *project.seeds]:
        found = columns_of(starter, node).keys() ^ node["columns"].keys()
        if node["schema"] == "intermediate" or described_like(node):
            found &= node["columns"].keys()
        if found:
            differing[node["name"]] = found
    assert differing == {}


def test_a_table_described_like_another_has_its_columns_in_its_order(
    marts: list[Node], starter: duckdb.DuckDBPyConnection
) -> None:
    by_name = {mart["name"]: mart for mart in marts}
    alike = {name: by_name[of] for name, mart in by_name.items() if (of := described_like(mart))}
    assert LEFT_OUT.keys() < alike.keys()
    for name, like in alike.items():
        columns, of_like = columns_of(starter, by_name[name]), columns_of(starter, like)
        left_out = LEFT_OUT.get(name, set())
        assert [c for c in columns.items() if c[0] in of_like] == [
            c for c in of_like.items() if c[0] not in left_out
        ], name
        added = columns.keys() - of_like.keys()
        if name.endswith(HISTORY):
            assert like["name"] == name.removesuffix(HISTORY)
            of_releases = set() if name in OF_NO_RELEASE else {"last_release_id"}
            assert {"valid_from", "valid_to"} | of_releases <= added, name
            assert [column for column in added if not OF_INTERVALS.fullmatch(column)] == [], name
            bases = {re.sub(r"^last_|_known_from$", "", column) for column in added}
            assert bases - added <= of_like.keys(), name
        else:
            assert added <= by_name[name]["columns"].keys(), name


def test_descriptions_reach_the_tables_as_comments(
    marts: list[Node], starter: duckdb.DuckDBPyConnection
) -> None:
    bare = {
        (table, column)
        for table, column in starter.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and coalesce(comment, '') = ''"
        ).fetchall()
    }
    without_text = {
        (mart["alias"], column)
        for mart in marts
        if described_like(mart)
        for column in columns_of(starter, mart).keys() - mart["columns"].keys()
    }
    assert bare == without_text


def test_no_table_or_column_of_the_published_file_is_without_a_comment(
    marts: list[Node], published_starter: Settings
) -> None:
    with open_published(published_starter) as con:
        columns = con.execute(
            "select table_name, column_name, comment from duckdb_columns() "
            "where database_name = 'asylum'"
        ).fetchall()
        tables = con.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'asylum' and coalesce(comment, '') = ''"
        ).fetchall()
    assert {mart["alias"] for mart in marts} <= {table for table, *_ in columns}
    assert [(table, column) for table, column, comment in columns if not comment] == []
    assert tables == []


def test_every_model_has_a_data_test_or_is_read_by_one_that_has_it(
    tables: list[Node], data_tests: dict[str, list[Node]]
) -> None:
    by_name = {model["name"]: model for model in tables}
    untested = {
        model["unique_id"]: model["config"]["meta"].get("tested_in")
        for model in tables
        if model["unique_id"] not in data_tests
    }
    for unique_id, tested_in in untested.items():
        assert tested_in, f"{unique_id} has no data test"
        assert unique_id in by_name[tested_in]["depends_on"]["nodes"]
        assert by_name[tested_in]["unique_id"] in data_tests


def test_every_history_is_asked_as_of_a_day_by_its_name(
    histories: list[Node], manifest: dict[str, Any]
) -> None:
    """What it answers: test_published.py here."""
    functions = dbt.as_of_functions(manifest)
    assert sorted(functions.values()) == sorted(model["alias"] for model in histories)
    for name, table in functions.items():
        subject = table.removesuffix(HISTORY)
        if kind(subject) == "fct":
            subject = subject.removesuffix("_yearly")
        assert name == subject.split("_", maxsplit=1)[1] + "_as_of"


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
        table = function["name"].removesuffix("_of")
        columns = starter.execute(f"describe marts.{table}").fetchall()
        parameters = ", ".join(given[name] for name in function["config"]["parameters"])
        found = starter.execute(f"describe from marts.{function['alias']}({parameters})").fetchall()
        assert [row[:2] for row in found] == [row[:2] for row in columns]


def test_what_a_table_is_divided_by_is_built_before_it(manifest: dict[str, Any]) -> None:
    """Its parts are counted in tables that its SQL need not name."""
    parted = {
        unique_id: node["config"]["parts"]
        for unique_id, node in manifest["nodes"].items()
        if node["config"].get("parts")
    }
    assert parted
    for unique_id, parts in parted.items():
        above: set[str] = set()
        found = [unique_id]
        while found:
            new = set(manifest["parent_map"].get(found.pop(), ())) - above
            above |= new
            found += new
        counted = {parts["of"], parts.get("each", parts["of"])}
        assert counted <= {one.rsplit(".", 1)[-1] for one in above}, unique_id


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
    marts: list[Node], data_tests: dict[str, list[Node]], starter: duckdb.DuckDBPyConnection
) -> None:
    for model in marts:
        columns = columns_of(starter, model)
        counted = any(c.startswith(("applications", "decisions")) for c in columns)
        if not counted or model["name"] in WITH_UNITS_IN_NAMES:
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


def test_a_newest_table_is_its_history_without_what_is_of_intervals(
    newest: set[str], project: Any
) -> None:
    shape = re.compile(
        r"with history as \( select \* from [^ ]+ where valid_to is null \), "
        r"final as \( select \* exclude \(([a-z_, ]+)\)( rename \(([a-z_, ]+)\))? from history \) "
        r"select \* from final order by [a-z_0-9, ]+"
    )
    for name in newest:
        found = shape.fullmatch(" ".join(project.sql[name].split()))
        assert found is not None, name
        left_out = set(found[1].replace(" ", "").split(","))
        assert bool(found[2]) is (name not in OF_NO_RELEASE), name
        renamed = [part.split(" as ") for part in found[3].strip().split(", ")] if found[2] else []
        # The release that brought a row gives way to the newest that still has it.
        assert all(last == f"last_{release_id}" for last, release_id in renamed), name
        of_releases = {release_id for _, release_id in renamed}
        assert of_releases <= left_out, name
        others = left_out - of_releases
        assert [c for c in others if not OF_INTERVALS.fullmatch(c)] == [], name


def test_the_columns_of_a_mart_are_written_out(
    models: list[Node], newest: set[str], project: Any
) -> None:
    starred = []
    for model in models:
        if model["name"] in {"mart_claim_audit_history", "mart_claim_inputs_history"} | newest:
            continue  # they have the columns of the function of their name, or of their history
        if kind(model["name"]) in {"mart", "dim", "fct"}:
            # The last: steps that are a part of a function have a `final` of their own before it.
            final = project.sql[model["name"]].split("final as (")[-1]
            final = final.split("select * from final")[0]
            if re.search(r"(select\s+|\.)\*", final):
                starred.append(model["name"])
    assert starred == []


def test_columns_are_in_the_order_keys_names_time_measures_flags_lineage(
    marts: list[Node], starter: duckdb.DuckDBPyConnection
) -> None:
    """Only what is plain from a name: keys first, then the year, then stocks; lineage last."""
    for mart in marts:
        if kind(mart["name"]) == "dim" or mart["name"] in OF_RELEASES | OF_REPORTING:
            continue
        columns = list(columns_of(starter, mart))
        of_span = mart["name"] in OF_SPANS
        assert ("reference_year" in columns) != of_span, mart["name"]
        year = next(
            i
            for i, c in enumerate(columns)
            if c.endswith("year_counted" if of_span else "reference_year")
        )
        stocks = [i for i, name in enumerate(columns) if name.endswith("_stock")]
        wanted = ("release_id", "snapshot_id", "retrieved_at")
        wanted = wanted[1:] if mart["name"] in OF_NO_RELEASE else wanted
        lineage = [columns.index(name) for name in wanted]
        assert of_span or columns.index("reference_date") == year + 1, mart["name"]
        assert all(i > year for i in stocks), mart["name"]
        assert lineage == sorted(lineage), mart["name"]
        assert columns[-1] == "retrieved_at", mart["name"]


def test_no_name_of_a_generated_column_or_test_is_cut(manifest: dict[str, Any]) -> None:
    """dbt cuts long names of data tests and hangs a hash on them; ours are given names."""
    names = [n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    assert [name for name in names if re.search(r"_[0-9a-f]{32}$|_[0-9a-f]{10}$", name)] == []
    assert len(names) == len(set(names))
