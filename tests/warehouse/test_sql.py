"""No word from outside becomes SQL text: what quotes does so right, and nothing else makes SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse.core.database import (
    connect,
    identifier,
    identifiers,
    literal,
    literals,
    with_our_settings,
)
from warehouse.settings import PROJECT_ROOT, Settings

HOSTILE = (
    "it's", "''", "'", '"', '""', "a\\", "\\'", "--", "/*", "; drop table t", "$$", "\0", "\n",
    "e'", "x' || chr(34) || '", '"]); copy (select 1) to \'file\'; --',
    "{", "{{ x }}", "%s", "?", "$1",
)  # fmt: skip
TEXTS = st.text() | st.sampled_from(HOSTILE) | st.tuples(
    st.sampled_from(HOSTILE), st.text(), st.sampled_from(HOSTILE)
).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@given(texts=st.lists(TEXTS))
@example(texts=[*HOSTILE])
def test_a_text_is_the_same_text_to_duckdb_whatever_is_in_it(
    con: duckdb.DuckDBPyConnection, texts: list[str]
) -> None:
    assert con.execute(f"select [{literals(texts)}]::varchar[]").fetchall() == [(texts,)]


@given(name=TEXTS.filter(bool))
def test_a_name_is_the_same_name_to_duckdb_whatever_is_in_it(
    con: duckdb.DuckDBPyConnection, name: str
) -> None:
    con.execute(f"create temp table {identifier(name)} ({identifier(name)} integer)")
    found = con.execute(f"select {identifiers([name], of=name)} from {identifier(name)}")
    assert found.description[0][0] == name
    assert con.execute("select table_name from duckdb_tables()").fetchall() == [(name,)]
    con.execute(f"drop table {identifier(name)}")


@pytest.mark.parametrize("quote", [literal, identifier])
def test_half_a_surrogate_pair_is_refused_with_what_it_is(quote: object) -> None:
    with pytest.raises(ValueError, match="half a surrogate pair"):
        quote("a\ud800")  # type: ignore[operator]


def test_a_name_is_not_empty() -> None:
    with pytest.raises(ValueError, match="no name"):
        identifier("")


# ---- what a connection may do

ESCAPES = {
    "a file elsewhere is not read": "from read_text('{outside}/secret')",
    "a file elsewhere is not written": "copy (select 1) to '{outside}/x.csv'",
    "no way leads up": "copy (select 1) to '{inside}/../outside/x.csv'",
    "a link does not lead out": "copy (select 1) to '{inside}/link/x.csv'",
    "no database elsewhere is opened": "attach '{outside}/x.duckdb'",
    "nothing is exported elsewhere": "export database '{outside}/x'",
    "no network is asked": "from read_csv('http://127.0.0.1:9/x.csv')",
    "no extension is installed": "install httpfs",
    "no extension is loaded": "load httpfs",
    "no setting is changed": "set memory_limit = '1GB'",
    "the lock is not taken off": "set lock_configuration = false",
    "no folder more is allowed": "set allowed_directories = ['/']",
}


@pytest.mark.parametrize("statement", ESCAPES.values(), ids=list(ESCAPES))
def test_from_a_connection(tmp_path: Path, statement: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
    (outside / "secret").write_text("x")
    (inside / "link").symlink_to(outside)
    settings = Settings(data_dir=inside)
    with connect(settings.build_db, settings) as con:
        con.execute(f"copy (select 1 as one) to '{inside}/here.csv'")
        assert con.execute(f"from '{inside}/here.csv'").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match=r"disabled|locked"):
            con.execute(statement.format(inside=inside, outside=outside))
    assert [path.name for path in outside.iterdir()] == ["secret"]


def test_a_locked_connection_still_spills_to_its_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, memory_limit="50MB", threads=1)
    with connect(settings.build_db, settings) as con:
        found = con.execute(
            "select count(*) from (select distinct md5(n::varchar) || repeat('x', 50) "
            "from range(1000000) as numbers (n))"
        ).fetchall()
    assert found == [(1_000_000,)]


def test_memory_that_ran_out_is_said_with_the_setting_that_gives_more(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, memory_limit="20MB", threads=1)
    with connect(settings.build_db, settings) as con, pytest.raises(duckdb.Error) as error:
        con.execute("select list(n::varchar || repeat('x', 99)) from range(1000000) as numbers (n)")
    assert "SET memory_limit" in str(error.value)
    said = with_our_settings(str(error.value))
    assert said.startswith("Out of Memory Error: ") and "ASYLUM_MEMORY_LIMIT" in said
    assert not {"SET", "duckdb.org"} & set(re.findall(r"[\w.]+", said))
    one_line = " ".join(str(error.value).split())
    assert " ".join(said.split()) == with_our_settings(one_line)
    assert with_our_settings("another error") == "another error"


# ---- nothing else makes SQL

QUOTING = {"identifier", "identifiers", "literal", "literals", "int", "len"}
SINKS = {"execute", "executemany", "sql", "query", "SQL"}
# What the tracing below cannot see through, each with the reason why it holds no word from outside.
KNOWN: dict[tuple[str, str], str] = {
    ("warehouse.exports.loaded", "side"): "the two names of a side",
    ("warehouse.exports.workbook", "sheet.where"): "made by _of_origin, which is traced",
    ("warehouse.serve.metrics", "sorted(manifest['nodes'].items())"): "SQL of our own dbt project",
    ("warehouse.published.postgresql", "statements"): "Composed: each SQL in it is traced",
    ("warehouse.published.postgresql_tables", "column.type"): "one of the types in postgres_type",
    ("warehouse.published.postgresql_tables", "column.name"): "in the message, not in the query",
    ("warehouse.releases.profiles", "zip(('origin', 'asylum'), reach.sides if reach else (), "
     "strict=False)"): "the two names of a side",
    ("warehouse.releases.profiles", "endpoint.codes"): "names of columns of our own list",
    ("warehouse.releases.profiles", "endpoint.counts"): "names of columns of our own list",
    ("warehouse.reference.flow_codes", "measure_of().items()"): "of our own list, and quoted",
    ("warehouse.releases.profiles", "enumerate(columns)"): "numbers; the columns are quoted",
    ("warehouse.releases.profiles", "enumerate((before_id, now_id))"): "numbers; ids are quoted",
    ("warehouse.exports.site.data", "{f'{name}_about{end}': estimate('history', column, end) for "
     "name, column in (('stock', 'asylum_seekers_stock'), ('claims', 'new_asylum_claims')) for end "
     "in ('', '_low', '_high')}"): "names of our own columns",
    ("warehouse.releases.profiles", "range(len(columns))"): "numbers of columns",
    ("warehouse.releases.profiles", "range(0, len(found), 3)"): "numbers of columns",
    ("warehouse.published.functions", "table"): "quoted by who asks for the query",
    ("warehouse.published.functions", "day"): "an expression of our own, here and for PostgreSQL",
    ("warehouse.sources.unhcr_api.controls", "coverage.asylums"): "compared with a constant",
    ("warehouse.sources.unhcr_api.controls", "coverage.origins"): "compared with a constant",
    ("warehouse.published.write", "c.type"): "a type of DuckDB, of a table that dbt made",
    ("warehouse.published.functions", "function.query"): "SQL of our own dbt project",
    ("warehouse.published.about", "columns.items()"): "the columns of tables about the file",
    ("warehouse.build.data_tests", "test.query"): "SQL of our own dbt project",
    ("warehouse.build.data_tests", "test.count"): "SQL of our own dbt project",
    ("warehouse.build.data_tests", "test.warn_if"): "SQL of our own dbt project",
    ("warehouse.build.data_tests", "test.error_if"): "SQL of our own dbt project",
    ("warehouse.build.raw", "columns(endpoint).items()"): "its types; the names are quoted",
    ("warehouse.build.raw", "_MANIFEST_COLUMNS.items()"): "types of our own list; names are quoted",
    ("warehouse.exports.completeness", "rows"): "the name that a query of ours gives a table",
    ("warehouse.exports.site.data", "marks.items()"): "the dicts of expressions of this module",
    ("warehouse.exports.site.data", "keys.items()"): "the dicts of expressions of this module",
    ("warehouse.exports.site.data", "figures.items()"): "the dicts of expressions of this module",
    ("warehouse.exports.site.data", "{name: column for name, column in _YEAR_FIGURES.items() "
     "if name != 'carried'}"): "expressions of this module",
    ("warehouse.exports.site.data", "side"): "origin or asylum",
    ("warehouse.exports.site.hosts", "side"): "origin or asylum",
}  # fmt: skip
# Made elsewhere than where they are used: traced from here.
TRACED = [("warehouse.exports.workbook", "_of_origin")]


@dataclass(frozen=True)
class Place:
    """An expression where it stands: its module, and the functions around it, innermost last."""

    module: str
    around: tuple[ast.FunctionDef, ...]
    node: ast.expr

    def at(self, node: ast.expr) -> Place:
        return Place(self.module, self.around, node)


@cache
def modules() -> dict[str, ast.Module]:
    files = [*PROJECT_ROOT.glob("warehouse/**/*.py"), *PROJECT_ROOT.glob("orchestration/**/*.py")]
    return {
        ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts).removesuffix(
            ".__init__"
        ): ast.parse(path.read_text("utf-8"))
        for path in files
        if "data" not in path.relative_to(PROJECT_ROOT).parts[1:2]
    }


@cache
def functions(module: str) -> dict[str, ast.FunctionDef]:
    found = (n for n in ast.walk(modules()[module]) if isinstance(n, ast.FunctionDef))
    return {function.name: function for function in found}


@cache
def properties(module: str) -> dict[str, list[Place]]:
    """What the properties of a name give back, of the classes here and where this imports from."""
    out: dict[str, list[Place]] = {}
    for near in {module, *(other for other, _ in imports(module).values())}:
        for node in ast.walk(modules()[near]):
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(one) == "property" for one in node.decorator_list
            ):
                out.setdefault(node.name, []).extend(_returns(near, node))
    return out


@cache
def calls(module: str) -> list[Place]:
    """All calls of a module, each with the functions around it."""
    return list(_calls(module, modules()[module], ()))


def _calls(module: str, node: ast.AST, around: tuple[ast.FunctionDef, ...]) -> Iterator[Place]:
    if isinstance(node, ast.FunctionDef):
        around = (*around, node)
    if isinstance(node, ast.Call):
        yield Place(module, around, node)
    for child in ast.iter_child_nodes(node):
        yield from _calls(module, child, around)


@cache
def imports(module: str) -> dict[str, tuple[str, str]]:
    """The names a module takes from another of ours: that module, and the name there."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.ImportFrom) and node.module in modules()
        for alias in node.names
    }


@cache
def assigned(node: ast.AST) -> dict[str, list[ast.expr]]:
    """What each name in a function or module is set to, in whatever way."""
    out: dict[str, list[ast.expr]] = {}
    for one in ast.walk(node):
        match one:
            case ast.Assign(targets=targets, value=value):
                pass
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
            ):
                targets = [target]
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                targets = [target]
            case _:
                continue
        for name in {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}:
            out.setdefault(name, []).append(value)
    return out


def statements() -> Iterator[Place]:
    """What is handed to DuckDB, or to psycopg as SQL."""
    for module in modules():
        for place in calls(module):
            call = place.node
            assert isinstance(call, ast.Call)
            if isinstance(call.func, ast.Attribute) and call.func.attr in SINKS and call.args:
                yield place.at(call.args[-1 if call.func.attr == "query" else 0])
    for module, name in TRACED:
        yield from _returned(module, name) or []


def words(place: Place, seen: set[int]) -> Iterator[Place]:
    """The parts of an expression that may be words from outside: what is neither constant nor
    quoted, followed through names, functions and joins.
    """
    if id(place.node) in seen:
        return
    seen.add(id(place.node))
    inner = _parts(place.node)
    followed = _followed(place) if inner is None else [place.at(one) for one in inner]
    if followed is None:
        yield place
    for one in followed or ():
        yield from words(one, seen)


def _parts(node: ast.expr) -> list[ast.expr] | None:  # noqa: PLR0911, PLR0912
    """The expressions that make the text of this one; None for one that is not composed."""
    match node:
        case ast.Constant() | ast.Compare():
            return []
        case ast.Call(func=ast.Name(id=name)) if name in QUOTING:
            return []
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Call(func=made))) if (
            ast.unparse(made) == "sql.SQL"  # looked at by itself, and takes nothing unquoted
        ):
            return []
        case ast.JoinedStr(values=parts):
            return [p.value for p in parts if isinstance(p, ast.FormattedValue)]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            return values
        case ast.Dict(values=values):
            return values
        case ast.Starred(value=value) | ast.Subscript(value=value):
            return [value]
        case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
            return [elt]
        case ast.Call(func=ast.Attribute(attr="join"), args=[joined]):
            return [joined]
        case ast.Call(func=ast.Name(id="cast"), args=[_, value]):
            return [value]
        case ast.Call(func=ast.Attribute(value=value, attr="get" | "replace"), args=[_, *other]):
            return [value, *other]
        case _:
            return None


def _followed(place: Place) -> list[Place] | None:
    """Where the value of a name, of a call of ours or of a property of ours comes from."""
    match place.node:
        case ast.Name(id=name):
            return _named(place, name)
        case ast.Call(func=ast.Name(id=name)):
            return _returned(place.module, name)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return _returned(place.module, name)
        case ast.Attribute(attr=name):
            return properties(place.module).get(name)
        case _:
            return None


def _named(place: Place, name: str) -> list[Place] | None:
    for depth in range(len(place.around), 0, -1):
        function, around = place.around[depth - 1], place.around[:depth]
        if name in assigned(function):
            return [Place(place.module, around, value) for value in assigned(function)[name]]
        parameters = [a.arg for a in (*function.args.args, *function.args.kwonlyargs)]
        if name in parameters:
            return _arguments(place.module, function, parameters.index(name), name)
    at_top = [
        value
        for node in modules()[place.module].body
        if not isinstance(node, ast.FunctionDef | ast.ClassDef)
        for value in assigned(node).get(name, ())
    ]
    if at_top:
        return [Place(place.module, (), value) for value in at_top]
    if name in imports(place.module):
        module, there = imports(place.module)[name]
        return _named(Place(module, (), place.node), there)
    return None


def _returned(module: str, name: str) -> list[Place] | None:
    """What a function of ours gives back."""
    if name in functions(module):
        return _returns(module, functions(module)[name])
    if name in imports(module):
        return _returned(*imports(module)[name])
    return None


def _returns(module: str, function: ast.FunctionDef) -> list[Place]:
    return [
        Place(module, (function,), one.value)
        for one in ast.walk(function)
        if isinstance(one, ast.Return | ast.Yield) and one.value is not None
    ]


def _arguments(
    module: str, function: ast.FunctionDef, position: int, name: str
) -> list[Place] | None:
    """What a private function of ours is called with, in its own module."""
    if not function.name.startswith("_"):
        return None
    out: list[Place] = []
    for called in calls(module):
        call = called.node
        assert isinstance(call, ast.Call)
        is_method = isinstance(call.func, ast.Attribute)
        if getattr(call.func, "attr" if is_method else "id", "") != function.name:
            continue
        keywords = [k.value for k in call.keywords if k.arg == name]
        at = position - is_method
        if keywords:
            out.append(called.at(keywords[0]))
        elif any(isinstance(a, ast.Starred) for a in call.args):
            out += [called.at(a) for a in call.args]
        elif at < len(call.args):
            out.append(called.at(call.args[at]))
    return out


def found_in(places: Iterator[Place]) -> dict[tuple[str, str], Place]:
    seen: set[int] = set()
    return {
        (word.module, ast.unparse(word.node)): word for one in places for word in words(one, seen)
    }


def test_all_sql_is_made_of_constants_and_of_what_is_quoted() -> None:
    found = found_in(statements())
    unknown = [
        f"{module}:{found[module, text].node.lineno}: {text}"
        for module, text in found.keys() - KNOWN.keys()
    ]
    assert not unknown, "neither constant nor quoted:\n" + "\n".join(sorted(unknown))
    assert not sorted(KNOWN.keys() - found.keys()), "no longer there: remove it from KNOWN"


@pytest.mark.parametrize(
    "code",
    [
        "def f(con, name): con.execute(f'drop table {name}')",
        "def f(con, rows):\n for row in rows:\n  con.execute('select ' + row)",
        "def f(con, row): con.execute(', '.join(c for c in row))",
        "def f(con, row): con.execute(_made(row))\ndef _made(row): return f'select {row.name}'",
        "def f(con, row): _do(con, f'select {row[0]}')\ndef _do(con, text): con.execute(text)",
        "def f(con, row): con.execute('select {}'.format(row))",
    ],
)
def test_a_word_that_is_not_quoted_is_found(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = ast.parse(code)
    monkeypatch.setitem(modules(), "made_up", tree)
    try:
        ours = (p for p in statements() if p.module == "made_up")
        assert found_in(ours)
    finally:
        for cached in (functions, properties, calls, imports):
            cached.cache_clear()
