"""MetricFlow (`mf`) on the published file: metrics as the dbt project defines them.

`mf` wants a dbt project with its semantic manifest under `target/`, and a database in which the
models stand under the names the manifest gives them. Both are made here in a folder of their own,
for the time of one command: the database holds nothing but views on the published file, so nothing
opens the build's, and what is counted has passed every data test.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb

from warehouse.build import dbt
from warehouse.core.database import identifier, literal
from warehouse.core.wording import listed
from warehouse.published.read import open_published
from warehouse.settings import Settings

SEMANTIC_MANIFEST = "semantic_manifest.json"
# Metrics add up origins and pairs. All of them is one part without borders in what is covered,
# from a year on that is not after the first of any measure of the dataset.
_PARTLY_LOADED = """
    select endpoint
    from coverage_in_force
    where
        valid_to is null
        and endpoint in (select endpoint from measures where first_year is not null)
    group by endpoint
    having
        not coalesce(
            bool_or(
                slice = 'pairs' and origin_cell = '*' and asylum_cell = '*' and from_year <= (
                    select min(first_year) from measures
                    where measures.endpoint = coverage_in_force.endpoint
                )
            ),
            false
        )
    order by endpoint
"""
_PROJECT_FILES = ("dbt_project.yml", "profiles.yml")
# What the published file is called in the database of views; its own name may be any.
_PUBLISHED = "published"


class MetricsError(Exception):
    """MetricFlow is not installed, or a table that metrics need is not published."""


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `mf` with these arguments in this terminal; returns its exit code.

    Raises MetricsError when `mf` is not installed or there is no metric of a name that is asked
    for, PublishedMissingError when nothing is published.
    """
    mf = Path(sys.executable).with_name("mf")
    if not mf.exists():
        raise MetricsError(
            f"{mf} is missing: metrics need MetricFlow, the extra `metrics` of this project "
            f"(pip install 'asylum-warehouse[metrics]')."
        )
    words = checked(arguments, dbt.load_manifest(settings)["metrics"].values())
    with project_folder(settings) as folder:
        variables = os.environ | _variables(settings, folder)
        done = subprocess.run([mf, *words], env=variables, check=False)
    return done.returncode


def partly_loaded(settings: Settings) -> str | None:
    """That sums are of what is loaded, with the datasets of which that is not all origins,
    countries of asylum and years; None where it is. Raises PublishedMissingError.
    """
    with open_published(settings) as con:
        found = con.execute(_PARTLY_LOADED).fetchall()
    if not found:
        return None
    names = listed([endpoint for (endpoint,) in found], "and")
    return (
        f"a sum is of what is loaded, which of {names} is not all origins, countries of asylum and "
        f"years: without a filter it is not the world's. `asylum run --source api` fetches the "
        f"rest."
    )


def checked(arguments: Sequence[str], metrics: Iterable[Mapping[str, Any]]) -> list[str]:
    """The arguments for `mf`: of a query, with rows in the order of what they are grouped by,
    unless another is asked for. Raises MetricsError for a metric that is not among `metrics`.
    """
    wanted, groups = _given(arguments, "--metrics"), _given(arguments, "--group-by")
    known = sorted(metric["name"] for metric in metrics)
    for name in wanted.split(",") if wanted else ():
        if name.strip().lower() not in known:
            near = difflib.get_close_matches(name.strip().lower(), known, 3, 0.5)
            hint = f" Near to it: {', '.join(near)}." if near else ""
            raise MetricsError(
                f"There is no metric {name.strip()!r}.{hint}\n"
                f"There are: {', '.join(known)}.\n"
                f"By what each can be grouped: asylum metrics list metrics"
            )
    if arguments[:1] == ["query"] and groups and _given(arguments, "--order") is None:
        return [*arguments, "--order", groups]
    return list(arguments)


def _given(arguments: Sequence[str], option: str) -> str | None:
    """What an option is given, as `--option value` or `--option=value`; the last one counts."""
    found = None
    for word, after in zip_longest(arguments, arguments[1:], fillvalue=""):
        if word == option:
            found = after
        elif word.startswith(f"{option}="):
            found = word.removeprefix(f"{option}=")
    return found


@contextmanager
def project_folder(settings: Settings) -> Iterator[Path]:
    """A dbt project folder for `mf`, with `build.duckdb` of views; removed afterwards."""
    manifest = dbt.load_manifest(settings)
    parent = settings.data_dir / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="metrics-", dir=parent))
    try:
        for name in _PROJECT_FILES:
            shutil.copy(settings.dbt_dir / name, folder)
        (folder / "target").mkdir()
        shutil.copy(settings.dbt_target_dir / SEMANTIC_MANIFEST, folder / "target")
        with open_published(settings):  # says what to do where nothing is published
            make_views(settings, folder / settings.build_db.name, manifest)
        yield folder
    finally:
        shutil.rmtree(folder)


def make_views(settings: Settings, database: Path, manifest: Mapping[str, Any]) -> None:
    """Make `database`: for each model the metrics read a view, under its schema and name.

    Raises MetricsError for a model that is neither published nor a view of constants.
    """
    with duckdb.connect(str(database)) as con:
        con.execute(f"attach {literal(str(settings.published_db))} as {_PUBLISHED} (read_only)")
        published = {
            name
            for (name,) in con.execute(
                f"select table_name from duckdb_tables() where database_name = '{_PUBLISHED}'"
            ).fetchall()
        }
        for node in models_of_metrics(manifest):
            schema, name = node["schema"], node["alias"]
            con.execute(f"create schema if not exists {identifier(schema)}")
            if name in published:
                sql = f"select * from {_PUBLISHED}.{identifier(name)}"
            elif not node["depends_on"]["nodes"]:  # the time spine
                sql = node["raw_code"]
            else:
                raise MetricsError(
                    f"metrics read {schema}.{name}, which is not in {settings.published_db}. "
                    f"Publish the project as it is now: `asylum run`."
                )
            con.execute(f"create view {identifier(schema)}.{identifier(name)} as {sql}")


def models_of_metrics(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The models that semantic models read, and the time spine."""
    read = {
        unique_id
        for model in manifest["semantic_models"].values()
        for unique_id in model["depends_on"]["nodes"]
    }
    return [
        node
        for unique_id, node in sorted(manifest["nodes"].items())
        if unique_id in read or node.get("time_spine")
    ]


def _variables(settings: Settings, folder: Path) -> dict[str, str]:
    # What else the profile asks for is asked for by a hook that `mf` never runs.
    return dbt.profile_variables(settings, folder / settings.build_db.name, folder) | {
        "DBT_PROJECT_DIR": str(folder),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_PUBLISHED_DB": str(settings.published_db),
        "DBT_PROFILE_TARGET": "metrics",
    }
