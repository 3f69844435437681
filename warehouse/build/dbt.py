"""dbt in this process: parse the project, build it, and report the result of each node.

dbt reads its profile from variables of the environment; they are set here, from the settings, for
the time of a call. The build database is closed when a call returns.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NamedTuple

import duckdb
from filelock import FileLock
from pydantic import BaseModel, ValidationError

from warehouse.build import data_tests, fingerprint
from warehouse.build.lineage import SCHEMAS, Lineage, SnapshotUsed
from warehouse.core import files
from warehouse.core.database import connect, with_our_settings
from warehouse.reference import claims
from warehouse.settings import Settings

# (label, done, total)
OnEvent = Callable[[str, int, int | None], None]
OnNodes = Callable[[Sequence["NodeResult"]], None]

# Every warning of dbt itself is an error. A data test of severity `warn` is an event too, the only
# one that is a statement about the data and not about the project.
_WARNINGS_ARE_ERRORS: dict[str, Any] = {"error": "all", "warn": ["LogTestResult"]}
_NOTHING_TO_DO = ["NothingToDo", "NoNodesForSelectionCriteria"]
_MANIFEST = "manifest.json"
_MANIFEST_HASH = "manifest.sha256"
_CATALOG = "catalog.json"
_COMPILED_TESTS = "compiled_tests.json"
_LOG_BYTES = 2_000_000
_LOGS_KEPT = 5
_TOLD_AT_ONCE = 20
_FAILED = {"error", "fail", "runtime error", "partial success"}
_DONE = {"success", "no-op"}
_TABLES = {"model", "seed", "snapshot"}
_TESTS = {"test", "unit_test"}
# A function of DuckDB that answers with a table.
_FUNCTION = "table_function"
# The generic test that states the grain of a model.
_GRAIN_TEST = "expect_unique_grain"


class DbtError(Exception):
    """dbt stopped, or a node failed; the message names the node."""


@dataclass(frozen=True)
class NodeResult:
    """What one node of the project came to.

    `status` is dbt's: success, error, skipped, pass, fail, warn, no-op. `failures` is the number
    of rows a test found. `rows` is what a table holds afterwards (None for views and tests),
    `types` its columns in the database: (name, type).
    `schema` and `relation` say where a table is.
    """

    unique_id: str
    name: str
    resource_type: str
    status: str
    message: str
    failures: int | None
    seconds: float
    schema: str
    relation: str
    rows: int | None = None
    types: tuple[tuple[str, str], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the node itself failed; one skipped for another's sake did not."""
        return self.status in _FAILED


class _CompiledTests(BaseModel):
    """The queries of all data tests, and the `fingerprint.code_hash` they were compiled under."""

    code: str
    queries: dict[str, str]


class Parsed(NamedTuple):
    """dbt's own manifest, and the `fingerprint.code_hash` before it was parsed. One build can use
    it.
    """

    code: str
    manifest: Any


class PublishedTable(NamedTuple):
    """A table for readers, and the columns that tell its rows apart (empty if no test says)."""

    schema: str
    name: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class BuildResult:
    """All nodes of one build in the order they ended, and how long it took."""

    nodes: tuple[NodeResult, ...]
    seconds: float

    @property
    def failed(self) -> tuple[NodeResult, ...]:
        """The nodes that failed."""
        return tuple(node for node in self.nodes if node.failed)

    @property
    def models(self) -> tuple[NodeResult, ...]:
        """Models, seeds and snapshots that were built."""
        return tuple(n for n in self.nodes if n.resource_type in _TABLES and n.status in _DONE)

    @property
    def tests(self) -> tuple[NodeResult, ...]:
        """Data tests and unit tests."""
        return tuple(node for node in self.nodes if node.resource_type in _TESTS)

    def failure_text(self) -> str:
        """What failed: models with what dbt says of them, tests by name. Empty if nothing did."""
        models = [node for node in self.failed if node.resource_type not in _TESTS]
        tests = [node.name for node in self.failed if node.resource_type in _TESTS]
        skipped = sum(node.status == "skipped" for node in self.nodes)
        lines = [
            f"{n.resource_type} {n.name}: {' '.join(with_our_settings(n.message).split())}"
            for n in models
        ]
        if tests:
            lines.append(f"Failed tests ({len(tests)}): {', '.join(tests)}.")
        if lines and skipped:
            lines.append(f"Skipped, because they depend on these: {skipped}.")
        return "\n".join(lines)


def ensure_manifest(settings: Settings) -> Path:
    """The manifest of the dbt project as it is now; parsed again only if a file changed.

    Needs neither the database nor a network. Raises DbtError when the project does not parse.
    """
    return _ensured(settings)[0]


def parse(settings: Settings) -> Parsed:
    """The project as it is now, for `build`. Raises DbtError when it does not parse."""
    code = fingerprint.code_hash(settings)
    _, manifest = _ensured(settings)
    return Parsed(code, _parse(settings) if manifest is None else manifest)


def compile_tests(settings: Settings, parsed: Parsed) -> None:
    """Compile the data tests for the next build, if they have to be: the build database, which
    others may hold meanwhile, is left alone. What cannot be compiled, the build says.
    """
    scratch = settings.data_dir / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder, _frozen():
        _queries(settings, *parsed, database=Path(folder) / settings.build_db.name)


def _ensured(settings: Settings) -> tuple[Path, Any]:
    """The manifest of the project as it is now: its file and, if it was made, what is in it."""
    folder = settings.dbt_target_dir
    folder.mkdir(parents=True, exist_ok=True)
    manifest, noted = folder / _MANIFEST, folder / _MANIFEST_HASH
    with FileLock(folder / ".manifest.lock"):
        current = fingerprint.project_hash(settings)
        if manifest.exists() and noted.exists() and noted.read_bytes().strip() == current.encode():
            return manifest, None
        noted.unlink(missing_ok=True)
        parsed = _parse(settings, write_json=True)
        files.write_text(noted, current + "\n")
    return manifest, parsed


def load_manifest(settings: Settings) -> dict[str, Any]:
    """The content of `ensure_manifest`'s file."""
    content: dict[str, Any] = json.loads(ensure_manifest(settings).read_bytes())
    return content


def published_tables(manifest: Mapping[str, Any]) -> list[PublishedTable]:
    """The tables that belong in the published file, by name, as the project is now."""
    keys = {
        test["attached_node"]: test["test_metadata"]["kwargs"]["columns"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and (test.get("test_metadata") or {}).get("name") == _GRAIN_TEST
    }
    return sorted(
        PublishedTable(node["schema"], node["alias"], tuple(keys.get(unique_id, ())))
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in _TABLES
        and (node["schema"] in SCHEMAS or node["config"]["meta"].get("published"))
        and node["config"]["materialized"] not in {"view", "ephemeral", _FUNCTION}
    )


def published_functions(manifest: Mapping[str, Any]) -> list[str]:
    """The table functions that belong in the published file, by name."""
    return sorted(
        node["alias"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in _TABLES and node["config"]["materialized"] == _FUNCTION
    )


def as_of_functions(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The functions as of a day that belong in the published file, as history by name."""
    return {
        node["config"]["meta"]["as_of"]: node["alias"]
        for node in manifest["nodes"].values()
        if node["config"].get("meta", {}).get("as_of")
    }


def described_like(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Tables whose columns mean what they mean in another: that one by name."""
    return {
        node["alias"]: node["config"]["meta"]["described_like"]
        for node in manifest["nodes"].values()
        if node["config"].get("meta", {}).get("described_like")
    }


def build(
    settings: Settings,
    on_event: OnEvent | None = None,
    *,
    select: Sequence[str] = (),
    parsed: Parsed | None = None,
    on_nodes: OnNodes | None = None,
) -> BuildResult:
    """Build the project, or the nodes that `select` names, then test the data in them.

    `parsed` is used if the project is still as it was. `on_nodes` is told what became of models,
    some at a time, and of tests; of the last models and of what failed the result alone tells.

    A test is left out where a table that it stands on could not be built. Unit tests try formulas
    on made-up rows: they test the project, not the data, and have a function of their own
    (`unit_test`).

    A failed node is in the result and raises nothing. After a whole build without a failure the
    database counts as tested (`fingerprint.read_tested`); during and after any other it does not.

    Raises DbtError when dbt itself stops, as for a project that does not parse; DatabaseBusyError
    when another process holds the database; ClaimsError for published claims that cannot be
    evaluated. Nobody holds the database afterwards.
    """
    started = time.perf_counter()
    claims.check_register()
    fingerprint.forget_tested(settings)
    (settings.data_dir / "tmp").mkdir(parents=True, exist_ok=True)
    with connect(settings.build_db, settings):
        pass  # dbt's own words for a database that another process holds say too little
    if parsed is None or parsed.code != fingerprint.code_hash(settings):
        parsed = parse(settings)
    code, manifest = parsed
    with _frozen(), _log(settings) as log:
        queries, not_compiled = _queries(settings, code, manifest, select)
        progress = _Progress(on_event, len(queries))
        follower = _Follower(manifest, queries, log, progress, on_nodes)
        built = _invoke(
            settings,
            "build",
            [
                *_all_but("test", "unit_test", "exposure"),
                *(["--select", *select] if select else []),
            ],
            manifest=manifest,
            progress=progress,
            on_built=follower.built,
            may_be_empty=bool(select),
        )
        nodes = _nodes(built.results)
        missing = {node.unique_id for node in nodes if node.status not in _DONE}
        with connect(settings.build_db, settings) as con:
            follower.test_the_rest(con, missing)
            nodes = _looked_up(con, nodes)
    result = BuildResult((*nodes, *not_compiled, *follower.tested), 0.0)
    if not select and not result.failed:
        fingerprint.keep_tested(settings, _tested(settings, code, result))
    return replace(result, seconds=time.perf_counter() - started)


def unit_test(settings: Settings) -> BuildResult:
    """Run the unit tests of a project that was built: formulas tried on made-up rows.

    Raises DbtError when dbt itself stops. Nobody holds the database afterwards.
    """
    started = time.perf_counter()
    with _garbage_kept():
        outcome = _invoke(settings, "test", ["--select", "test_type:unit"])
    return BuildResult(_nodes(outcome.results), time.perf_counter() - started)


def document(settings: Settings) -> tuple[Path, Path, Path]:
    """Have dbt document the project: paths of its page, the manifest and the catalogue.

    Raises DbtError when dbt stops, or where nothing was built yet. Nobody holds the database
    afterwards.
    """
    if not settings.build_db.exists():
        raise DbtError(f"{settings.build_db} is missing: build first with `asylum run`.")
    manifest = ensure_manifest(settings)
    # Without --no-compile dbt renders each model's SQL again, which the page does not need.
    _invoke(settings, "docs generate", ["--no-compile"], write_json=True)
    return settings.dbt_target_dir / "index.html", manifest, settings.dbt_target_dir / _CATALOG


def _parse(settings: Settings, *, write_json: bool = False) -> Any:
    """dbt's own manifest, in memory. Only what has changed is parsed again."""
    with _garbage_kept():
        return _invoke(settings, "parse", [], write_json=write_json)


def _queries(
    settings: Settings,
    code: str,
    manifest: Any,
    select: Sequence[str] = (),
    *,
    database: Path | None = None,
) -> tuple[dict[str, str], tuple[NodeResult, ...]]:
    """The queries of the data tests that are to run, and the tests that dbt cannot compile.

    Those of the whole project are compiled again only if its `fingerprint.code_hash` is another.
    """
    kept = settings.dbt_target_dir / _COMPILED_TESTS
    if not select:
        try:
            before = _CompiledTests.model_validate_json(kept.read_bytes())
        except (FileNotFoundError, ValidationError):
            before = None
        if before is not None and before.code == code:
            return before.queries, ()
    compiled = _invoke(
        settings,
        "compile",
        ["--select", *([f"{name},test_type:data" for name in select] or ["test_type:data"])],
        manifest=manifest,
        may_be_empty=True,
        database=database,
    )
    queries = {
        one.node.unique_id: one.node.compiled_code
        for one in compiled.results
        if one.node.compiled_code
    }
    not_compiled = tuple(_node(one) for one in compiled.results if not one.node.compiled_code)
    if not (select or not_compiled):
        files.write_text(kept, _CompiledTests(code=code, queries=queries).model_dump_json() + "\n")
    return queries, not_compiled


def _data_test(node: Any, query: str) -> data_tests.DataTest:
    return data_tests.DataTest(
        node.unique_id,
        of=getattr(node, "attached_node", None) or node.path,
        query=query,
        count=node.config.fail_calc,
        warn_if=node.config.warn_if,
        error_if=node.config.error_if,
        severity=str(node.config.severity),
    )


def _all_but(*resource_types: str) -> list[str]:
    return [word for kind in resource_types for word in ("--exclude-resource-type", kind)]


def _invoke(
    settings: Settings,
    command: str,
    arguments: Sequence[str],
    *,
    manifest: Any = None,
    write_json: bool = False,
    progress: _Progress | None = None,
    on_built: Callable[[str, float], None] | None = None,
    may_be_empty: bool = False,
    database: Path | None = None,
) -> Any:
    """Run one command of dbt; returns what it returns, with the database closed.

    `manifest` is one of `_parse`; without it dbt parses the project. `on_built` is told of each
    node that was built, and the seconds it took. With `may_be_empty` the command may have nothing
    to do. `database` is another than the build database.
    """
    # dbt takes two seconds to import: only who runs it waits for it.
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    warnings = _WARNINGS_ARE_ERRORS
    if may_be_empty:
        warnings = warnings | {"warn": [*warnings["warn"], *_NOTHING_TO_DO]}
    with _profile(settings, database or settings.build_db), _log(settings) as log:
        runner = dbtRunner(manifest=manifest, callbacks=[_Listener(log, progress, on_built)])
        try:
            # dbt's own log file and the artifacts of a build cost a fifth of its time.
            outcome = runner.invoke(
                [
                    *("--log-level", "none", "--log-level-file", "none", "--no-use-colors"),
                    *("--log-path", str(settings.dbt_target_dir / "logs")),
                    *("--warn-error-options", json.dumps(warnings)),
                    *("--no-send-anonymous-usage-stats", "--no-version-check"),
                    *("--static-parser", "--partial-parse"),
                    "--write-json" if write_json else "--no-write-json",
                    *command.split(),
                    *("--project-dir", str(settings.dbt_dir)),
                    *("--profiles-dir", str(settings.dbt_dir)),
                    *("--target-path", str(settings.dbt_target_dir)),
                    *arguments,
                ]
            )
        finally:
            _close_database()
    error = outcome.exception
    if error is None:
        return outcome.result
    if not isinstance(error, Exception):
        raise error  # the user stopped it
    raise DbtError(
        f"dbt {command} stopped: {str(error).strip() or type(error).__name__}. "
        f"More in {settings.dbt_target_dir / 'logs' / 'dbt.log'}."
    ) from error


def profile_variables(settings: Settings, database: Path, temporary: Path) -> dict[str, str]:
    """The variables that dbt_project/profiles.yml asks for; DuckDB spills to `temporary`."""
    return {
        "DBT_BUILD_DB": str(database),
        "DBT_MEMORY_LIMIT": settings.memory_limit,
        "DBT_TEMP_DIR": str(temporary),
        "DBT_DATA_DIR": str(settings.data_dir),
        "DBT_SEEDS_DIR": str(settings.dbt_dir.parent / "seeds" / "reference"),
        "DBT_THREADS": str(settings.threads),
    }


@contextmanager
def _profile(settings: Settings, database: Path) -> Iterator[None]:
    """Those variables, set for the time of a call."""
    wanted = profile_variables(settings, database, settings.data_dir / "tmp")
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """No garbage collection meanwhile: what parsing makes is kept."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _frozen() -> Iterator[None]:
    """What is there now is not looked through for garbage meanwhile: a parsed project is large, and
    looking through it again takes a sixth of the CPU of a build.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _log(settings: Settings) -> Iterator[logging.Logger]:
    """What was run, a line a node, in `dbt/logs/dbt.log` of the data folder."""
    folder = settings.dbt_target_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "dbt.log", maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
    logger = logging.Logger("warehouse.build.dbt", logging.INFO)  # of this call alone
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        handler.close()


class _Listener:
    """Hears every event of dbt, from all of its threads; keeps the few that matter."""

    _LEVELS: Mapping[str, int] = {
        "info": logging.INFO,
        "warn": logging.WARNING,
        "error": logging.ERROR,
    }

    def __init__(
        self,
        log: logging.Logger,
        progress: _Progress | None,
        on_built: Callable[[str, float], None] | None,
    ) -> None:
        self._log = log
        self._progress = progress
        self._on_built = on_built
        self._lock = Lock()

    def __call__(self, event: Any) -> None:
        level = self._LEVELS.get(event.info.level)
        if level is not None and event.info.msg.strip():
            self._log.log(level, "%s", event.info.msg.strip())
        name = event.info.name
        if self._progress is not None:
            if name in {"LogStartLine", "LogTestResult", "LogModelResult"}:
                self._progress.expect(
                    getattr(event.data, "total", 0) or getattr(event.data, "num_models", 0)
                )
            elif name == "NodeFinished":
                self._progress.step(event.data.node_info.node_name)
        if (
            name == "NodeFinished"
            and self._on_built is not None
            and event.data.node_info.node_status in _DONE
        ):
            with self._lock:
                self._on_built(event.data.node_info.unique_id, event.data.run_result.execution_time)


class _Progress:
    """Counts the steps of a build for who watches it: nodes, of which dbt says how many there are,
    and `others`.
    """

    def __init__(self, on_event: OnEvent | None, others: int = 0) -> None:
        self._on_event = on_event
        self._others = others
        self._nodes = 0
        self._done = 0
        self._lock = Lock()

    def expect(self, nodes: int) -> None:
        """There are so many nodes."""
        self._nodes = nodes

    def step(self, label: str) -> None:
        """One more is done."""
        if self._on_event is None:
            return
        with self._lock:
            self._done += 1
            total = max(self._nodes + self._others, self._done) if self._nodes else None
            self._on_event(label, self._done, total)


class _Follower:
    """Follows a build: tells of what was built, and tests a table once all is built that its tests
    stand on, so that who is told has something to do meanwhile.

    It does so between two nodes, not beside them: both would want the memory of the database.
    """

    def __init__(
        self,
        manifest: Any,
        queries: Mapping[str, str],
        log: logging.Logger,
        progress: _Progress,
        on_nodes: OnNodes | None,
    ) -> None:
        """`queries` are those of the tests to run, by their unique ids."""
        self.tested: list[NodeResult] = []
        self._manifest = manifest
        self._log = log
        self._progress = progress
        self._on_nodes = on_nodes
        self._built: set[str] = set()
        self._untold: list[NodeResult] = []
        # The tests of each table, and the nodes that each test stands on.
        self._tests: dict[str, list[data_tests.DataTest]] = {}
        self._stands_on: dict[str, set[str]] = {}
        for unique_id, query in queries.items():
            test = _data_test(manifest.nodes[unique_id], query)
            self._tests.setdefault(test.of, []).append(test)
            self._stands_on[unique_id] = _built_below(manifest, unique_id)

    def built(self, unique_id: str, seconds: float) -> None:
        """dbt has built a node."""
        node = self._manifest.nodes.get(unique_id)
        if node is None or str(node.resource_type) not in _TABLES:
            return
        self._untold.append(
            _result(node, status="success", message="", failures=None, seconds=seconds)
        )
        self._built.add(unique_id)
        ready = [
            of
            for of, tests in self._tests.items()
            if all(self._stands_on[test.unique_id] <= self._built for test in tests)
        ]
        # One look into the catalogue tells of all that is not told of yet.
        if not ready and len(self._untold) < _TOLD_AT_ONCE:
            return
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

        environment: Any = DuckDBConnectionManager.env()
        with environment.conn.cursor() as con:
            if len(self._untold) >= _TOLD_AT_ONCE:
                if self._on_nodes is not None:
                    self._on_nodes(_looked_up(con, self._untold))
                self._untold.clear()
            for of in ready:
                self._test(con, self._tests.pop(of))

    def test_the_rest(self, con: duckdb.DuckDBPyConnection, missing: Set[str]) -> None:
        """dbt has ended. What it was not asked to build is there; a test that stands on what is
        `missing` is left out.
        """
        for tests in self._tests.values():
            self._test(
                con, [test for test in tests if not self._stands_on[test.unique_id] & missing]
            )

    def _test(self, con: duckdb.DuckDBPyConnection, tests: Sequence[data_tests.DataTest]) -> None:
        for outcome in data_tests.run(con, tests):
            result = _result(
                self._manifest.nodes[outcome.unique_id],
                status=outcome.status,
                message=outcome.message,
                failures=outcome.failures,
                seconds=outcome.seconds,
            )
            if outcome.status != "pass":
                self._log.warning("%s %s: %s", outcome.status, result.name, outcome.message)
            self.tested.append(result)
            self._progress.step(result.name)
            if self._on_nodes is not None:
                self._on_nodes([result])


def _built_below(manifest: Any, unique_id: str) -> set[str]:
    """The nodes that dbt builds and that a node reads, itself or by what is no table of its own."""
    found = set()
    for below in manifest.nodes[unique_id].depends_on.nodes:
        node = manifest.nodes.get(below)  # a source is no node
        if node is None:
            continue
        if node.config.materialized == "ephemeral":
            found |= _built_below(manifest, below)
        else:
            found.add(below)
    return found


def _close_database() -> None:
    """dbt-duckdb keeps the database open for the life of the process; others want it now."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    environment: Any = DuckDBConnectionManager._ENV
    DuckDBConnectionManager.close_all_connections()
    if environment is not None:
        environment.close()


def _nodes(results: Any) -> tuple[NodeResult, ...]:
    """Of hooks, which dbt lists too, only one that failed."""
    found = (_node(one) for one in results)
    return tuple(node for node in found if node.resource_type != "operation" or node.failed)


def _node(found: Any) -> NodeResult:
    return _result(
        found.node,
        status=str(found.status),
        message=found.message or "",
        failures=found.failures,
        seconds=found.execution_time,
    )


def _result(
    node: Any, *, status: str, message: str, failures: int | None, seconds: float
) -> NodeResult:
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        resource_type=str(node.resource_type),
        status=status,
        message=message,
        failures=failures,
        seconds=seconds,
        schema=node.schema,
        relation=getattr(node, "alias", node.name),
    )


def _looked_up(
    con: duckdb.DuckDBPyConnection, nodes: Iterable[NodeResult]
) -> tuple[NodeResult, ...]:
    found = con.execute(
        "select schema_name, table_name, estimated_size from duckdb_tables() "
        "where database_name = current_database() and not temporary"
    ).fetchall()
    columns = con.execute(
        "select schema_name, table_name, column_name, lower(data_type) from duckdb_columns() "
        "where database_name = current_database() order by column_index"
    ).fetchall()
    # dbt rebuilds each table and deletes nothing from it, so the estimate is exact.
    rows = {(schema, table): size for schema, table, size in found}
    types: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, data_type in columns:
        types.setdefault((schema, table), []).append((column, data_type))
    return tuple(
        replace(
            node,
            rows=rows.get((node.schema, node.relation)),
            types=tuple(types.get((node.schema, node.relation), ())),
        )
        if node.resource_type in _TABLES
        else node
        for node in nodes
    )


def _tested(settings: Settings, code: str, result: BuildResult) -> fingerprint.TestedBuild:
    """The note of a build that passed: read from what is really in the database."""
    with connect(settings.build_db, settings) as con:
        loaded = con.execute(
            "select endpoint, snapshot_id, content_sha256, decision_sha256 "
            "from raw.loads left join releases.snapshot_releases using (endpoint, snapshot_id)"
        ).fetchall()
        snapshots = con.execute(
            "select endpoint, snapshot_id, found.release_id, source, "
            "strftime(finished_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'), row_count "
            "from raw.snapshots left join releases.snapshot_releases as found "
            "using (endpoint, snapshot_id) order by all"
        ).fetchall()
        held_back = con.execute(
            "select held_back from releases.snapshot_releases where held_back is not null "
            "order by all"
        ).fetchall()
        newest = con.execute(
            "select release_id from marts.dim_release where is_newest_held "
            "order by release_id desc limit 1"
        ).fetchall()
    if not newest:
        raise DbtError(
            f"{settings.build_db}: marts.dim_release has no newest release that is loaded, so "
            f"nothing is landed. Land something first: `asylum run`."
        )
    fields = ("endpoint", "snapshot_id", "release_id", "source", "retrieved_at", "rows")
    return fingerprint.TestedBuild(
        finished_at=datetime.now(UTC),
        lineage=Lineage(
            release=newest[0][0],
            held_back=[line for (line,) in held_back],
            build_fingerprint=fingerprint.combined(
                (
                    (endpoint, snapshot_id, fingerprint.content_of(content, decided))
                    for endpoint, snapshot_id, content, decided in loaded
                ),
                code,
            ),
            snapshots=[
                SnapshotUsed.model_validate(dict(zip(fields, row, strict=True)))
                for row in snapshots
            ],
        ),
        rows={
            node.relation: node.rows
            for node in result.models
            if node.schema in SCHEMAS and node.rows is not None
        },
    )
